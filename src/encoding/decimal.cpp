#include "encoding/decimal.hpp"

#include <cstddef>
#include <limits>

namespace tenon {
namespace {

// The magnitude of the smallest 64-bit integer is one more than the largest one's.
constexpr auto positive_max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

std::optional<std::uint64_t> decode_up_to(std::string_view text, std::uint64_t limit) noexcept {
  if (text.empty() || (text.front() == '0' && text.size() > 1)) return std::nullopt;
  std::uint64_t number = 0;
  for (const char character : text) {
    if (character < '0' || character > '9') return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(character - '0');
    if (number > (limit - digit) / 10) return std::nullopt;
    number = number * 10 + digit;
  }
  return number;
}

}  // namespace

std::string encode_unsigned_decimal(std::uint64_t number) {
  constexpr std::size_t digits_max = 20;
  char text[digits_max];
  std::size_t at = digits_max;
  do {
    text[--at] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  return std::string(text + at, digits_max - at);
}

std::string encode_decimal(std::int64_t number) {
  const auto bits = static_cast<std::uint64_t>(number);
  if (number >= 0) return encode_unsigned_decimal(bits);
  // Negated as unsigned: the smallest number has no positive counterpart.
  return '-' + encode_unsigned_decimal(0 - bits);
}

std::optional<std::uint64_t> decode_unsigned_decimal(std::string_view text) {
  return decode_up_to(text, std::numeric_limits<std::uint64_t>::max());
}

std::optional<std::int64_t> decode_decimal(std::string_view text) {
  const bool negative = text.starts_with('-');
  const auto magnitude = decode_up_to(text.substr(negative ? 1 : 0), positive_max + negative);
  if (!magnitude || (negative && *magnitude == 0)) return std::nullopt;
  return static_cast<std::int64_t>(negative ? 0 - *magnitude : *magnitude);
}

}  // namespace tenon
