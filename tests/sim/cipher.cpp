#include "cipher.hpp"

#include <algorithm>

#include "encoding/base64.hpp"

namespace tenon::sim {
namespace {

constexpr std::size_t iv_bytes = 12;
constexpr std::size_t tag_bytes = 16;

bool is_sealed_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
         c == '_' || c == '.';
}

}  // namespace

seal_reply cipher::seal(const seal_request& asked, std::uint32_t key_id) {
  byte_string ciphertext(asked.plaintext.size() + tag_bytes);
  for (std::uint8_t& byte : ciphertext) byte = static_cast<std::uint8_t>(chance_->next());
  byte_string iv(iv_bytes);
  for (std::uint8_t& byte : iv) byte = static_cast<std::uint8_t>(chance_->next());
  for (std::size_t at = 0; at < 4; ++at) {
    iv[iv_bytes - 4 + at] = static_cast<std::uint8_t>(items_.size() >> 8 * at);
  }
  items_.push_back({key_id, asked.aad, asked.plaintext, ciphertext});
  return {key_id, std::move(iv), std::move(ciphertext)};
}

const sealed_item* cipher::find(byte_view iv) const {
  if (iv.size() != iv_bytes) return nullptr;
  std::size_t place = 0;
  for (std::size_t at = 0; at < 4; ++at) place |= std::size_t{iv[iv_bytes - 4 + at]} << 8 * at;
  return place < items_.size() ? &items_[place] : nullptr;
}

open_reply cipher::open(const open_request& asked, const std::vector<std::uint32_t>& ring) const {
  const sealed_item* item = find(asked.iv);
  const bool held = std::find(ring.begin(), ring.end(), asked.key_id) != ring.end();
  if (item == nullptr || !held || item->key_id != asked.key_id || item->aad != asked.aad ||
      item->ciphertext != asked.ciphertext) {
    return {};
  }
  return {true, item->plaintext};
}

const sealed_item* cipher::item_of(std::string_view sealed_text) const {
  const std::size_t first = sealed_text.find('.');
  const std::size_t second =
      first == std::string_view::npos ? first : sealed_text.find('.', first + 1);
  if (second == std::string_view::npos) return nullptr;
  std::uint8_t iv[iv_bytes];
  const std::string_view iv_text = sealed_text.substr(second + 1, base64url_chars(iv_bytes));
  return decode_base64url(iv_text, iv) ? find(iv) : nullptr;
}

std::vector<std::string_view> cipher::in_text(std::string_view value) {
  std::vector<std::string_view> found;
  for (std::size_t at = value.find("\"t1."); at != std::string_view::npos;
       at = value.find("\"t1.", at)) {
    ++at;
    std::size_t end = at;
    while (end < value.size() && is_sealed_char(value[end])) ++end;
    found.push_back(value.substr(at, end - at));
    at = end;
  }
  return found;
}

}  // namespace tenon::sim
