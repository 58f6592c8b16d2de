#pragma once

#include <concepts>

namespace tenon {

// rotate_right and rotate_left turn word by count bits, 0 < count < width. They are always inlined;
// std::rotr of libc++ 13 stays a call at -Os, which makes a hash three times slower.
template <std::unsigned_integral word>
[[gnu::always_inline]] constexpr word rotate_right(word value, int count) noexcept {
  return static_cast<word>(value >> count | value << (static_cast<int>(8 * sizeof(word)) - count));
}
template <std::unsigned_integral word>
[[gnu::always_inline]] constexpr word rotate_left(word value, int count) noexcept {
  return rotate_right(value, static_cast<int>(8 * sizeof(word)) - count);
}

}  // namespace tenon
