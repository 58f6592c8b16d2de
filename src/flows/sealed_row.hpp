#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "effects/effect.hpp"
#include "flows/sealing.hpp"

namespace tenon {

// sealed_member is one sealed text in a stored row, and the place it is bound to.
struct sealed_member {
  std::string text;
  std::uint32_t key_id = 0;
  seal_place place;
};

// sealed_row is a stored row with the sealed texts that stand in it. Its value is kept as text, so
// that members which this version does not know survive a change.
struct sealed_row {
  stored_entry row;
  std::optional<time_ms> expires_at;
  std::vector<sealed_member> members;
};

// sealed_prefixes begin all keys of rows that may hold sealed texts, in bytewise order.
inline constexpr std::string_view sealed_prefixes[] = {"connection/", "due/", "pending/"};

// read_sealed_row finds the sealed texts of a row of any of these kinds. Fails with
// database_error/record_unreadable for another version, and configuration_error/seal_unreadable
// for a text of another form.
result<sealed_row> read_sealed_row(stored_entry row);

}  // namespace tenon
