#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace tenon {

// decimal_text writes an integer's digits. <charconv> would cost 3 kB of wasm more, for tables and
// for one instance of each type.
inline std::string decimal_text(bool is_negative, std::uint64_t magnitude) {
  char room[20];
  char* front = room + sizeof room;
  do {
    *--front = static_cast<char>('0' + magnitude % 10);
    magnitude /= 10;
  } while (magnitude != 0);
  if (is_negative) *--front = '-';
  return std::string(front, room + sizeof room);
}

// decimal_of writes a signed integer.
inline std::string decimal_of(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  return decimal_text(value < 0, value < 0 ? 0 - bits : bits);
}

// integer_of reads "-"? digits that fit; nothing for any other text.
inline std::optional<std::int64_t> integer_of(std::string_view text) noexcept {
  constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
  const bool is_negative = text.starts_with('-');
  if (is_negative) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  // Counted downwards: the lowest integer has no positive twin.
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const int digit = c - '0';
    if (value < (lowest + digit) / 10) return std::nullopt;
    value = value * 10 - digit;
  }
  if (is_negative) return value;
  if (value == lowest) return std::nullopt;
  return -value;
}

}  // namespace tenon
