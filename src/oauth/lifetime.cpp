#include "oauth/lifetime.hpp"

#include <algorithm>
#include <cstddef>

namespace tenon {
namespace {

constexpr std::int64_t exponent_max = 1'000'000;

bool take(std::string_view& text, char expected) noexcept {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

std::string_view take_digits(std::string_view& text) noexcept {
  const std::size_t size = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view digits = text.substr(0, size);
  text.remove_prefix(size);
  return digits;
}

std::int64_t saturated(std::string_view digits, std::int64_t highest) noexcept {
  std::int64_t value = 0;
  for (const char c : digits) value = std::min(value * 10 + (c - '0'), highest);
  return value;
}

struct decimal {
  bool is_negative = false;
  std::string_view whole;
  std::string_view fraction;
  std::int64_t exponent = 0;
};

// RFC 8259 section 6.
std::optional<decimal> scan(std::string_view text) noexcept {
  decimal number;
  number.is_negative = take(text, '-');
  number.whole = take_digits(text);
  if (number.whole.empty()) return std::nullopt;
  if (take(text, '.')) {
    number.fraction = take_digits(text);
    if (number.fraction.empty()) return std::nullopt;
  }
  if (take(text, 'e') || take(text, 'E')) {
    const bool is_negative = take(text, '-');
    if (!is_negative) take(text, '+');
    const std::string_view digits = take_digits(text);
    if (digits.empty()) return std::nullopt;
    number.exponent = saturated(digits, exponent_max) * (is_negative ? -1 : 1);
  }
  if (!text.empty()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<std::int64_t> parse_lifetime_s(std::string_view number) noexcept {
  const auto parsed = scan(number);
  if (!parsed) return std::nullopt;
  if (parsed->is_negative) return 0;
  // The exponent moves the point; the digits in front of it are the seconds.
  const auto whole = static_cast<std::int64_t>(parsed->whole.size());
  const auto fraction = static_cast<std::int64_t>(parsed->fraction.size());
  const std::int64_t point = whole + parsed->exponent;
  std::int64_t seconds = 0;
  for (std::int64_t i = 0; i < point && seconds < token_lifetime_s_max; ++i) {
    if (i >= whole + fraction && seconds == 0) return 0;
    char digit = '0';
    if (i < whole) {
      digit = parsed->whole[static_cast<std::size_t>(i)];
    } else if (i < whole + fraction) {
      digit = parsed->fraction[static_cast<std::size_t>(i - whole)];
    }
    seconds = std::min(seconds * 10 + (digit - '0'), token_lifetime_s_max);
  }
  return seconds;
}

}  // namespace tenon
