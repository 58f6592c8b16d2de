#pragma once

namespace tenon {

// hex_digit_value gives 0 to 15 for a hex digit of either case, -1 for any other character.
constexpr int hex_digit_value(char digit) noexcept {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

}  // namespace tenon
