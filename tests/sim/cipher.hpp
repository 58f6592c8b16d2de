#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dice.hpp"
#include "effects/effect.hpp"

namespace tenon::sim {

// sealed_item is what one seal hid, and where.
struct sealed_item {
  std::uint32_t key_id = 0;
  byte_string aad;
  byte_string plaintext;
  byte_string ciphertext;
};

// cipher does what AES-GCM promises, without being one: a text opens only as itself, under its key
// and with its AAD, and shows nothing of what it hides.
class cipher {
 public:
  explicit cipher(dice& chance) : chance_(&chance) {}

  seal_reply seal(const seal_request& asked, std::uint32_t key_id);
  // open also refuses keys that the asking isolate's ring does not hold.
  open_reply open(const open_request& asked, const std::vector<std::uint32_t>& ring) const;

  // item_of looks into a stored "t1.…" text, for the rules; nullptr for anything else.
  const sealed_item* item_of(std::string_view sealed_text) const;
  // in_text gives every sealed text that stands in a stored value.
  static std::vector<std::string_view> in_text(std::string_view value);

 private:
  const sealed_item* find(byte_view iv) const;

  dice* chance_;
  std::vector<sealed_item> items_;  // the last four bytes of an iv are the place in this list
};

}  // namespace tenon::sim
