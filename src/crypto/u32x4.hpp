#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

namespace tenon {

// u32x4, u64x2 and u8x16 are the lanes of one 16-byte vector. Compiler vectors serve SIMD128 and
// SSE from one source.
using u32x4 = std::uint32_t __attribute__((vector_size(16)));
using u64x2 = std::uint64_t __attribute__((vector_size(16)));
using u8x16 = std::uint8_t __attribute__((vector_size(16)));

// swap_words and swap_long_words reverse the bytes of each 32-bit or 64-bit word. On wasm they are
// swizzles, because V8 has no short form for these two shuffles: six instructions for one.
[[gnu::always_inline]] inline u8x16 swap_words(u8x16 bytes) noexcept {
#ifdef __wasm_simd128__
  return reinterpret_cast<u8x16>(
      wasm_i8x16_swizzle(reinterpret_cast<v128_t>(bytes),
                         wasm_i8x16_const(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12)));
#else
  return __builtin_shufflevector(bytes, bytes, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13,
                                 12);
#endif
}
[[gnu::always_inline]] inline u8x16 swap_long_words(u8x16 bytes) noexcept {
#ifdef __wasm_simd128__
  return reinterpret_cast<u8x16>(
      wasm_i8x16_swizzle(reinterpret_cast<v128_t>(bytes),
                         wasm_i8x16_const(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8)));
#else
  return __builtin_shufflevector(bytes, bytes, 7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9,
                                 8);
#endif
}

// load_be and load_be64 read 16 bytes at any address as four or two big-endian words.
[[gnu::always_inline]] inline u32x4 load_be(const std::uint8_t* bytes) noexcept {
  u8x16 raw;
  std::memcpy(&raw, bytes, sizeof raw);
  return reinterpret_cast<u32x4>(swap_words(raw));
}
[[gnu::always_inline]] inline u64x2 load_be64(const std::uint8_t* bytes) noexcept {
  u8x16 raw;
  std::memcpy(&raw, bytes, sizeof raw);
  return reinterpret_cast<u64x2>(swap_long_words(raw));
}

// keep_in_memory stops the compiler from turning the scalar loads of words that were just stored
// as a vector into lane extractions, which V8 runs 7 % slower (Node 20, SHA-256).
[[gnu::always_inline]] inline void keep_in_memory(const void* words) noexcept {
  asm volatile("" : : "r"(words) : "memory");
}

// copy_lanes and clear_lanes move or zero count times 16 bytes, count > 0. The barrier keeps the
// loops what they are: at -Os clang would call memcpy and memset, which costs a short MAC 9 %. It
// also makes the clearing a wipe that no optimizer may drop.
[[gnu::always_inline]] inline void copy_lanes(void* to, const void* from,
                                              std::size_t count) noexcept {
  auto* out = static_cast<std::uint8_t*>(to);
  const auto* in = static_cast<const std::uint8_t*>(from);
  for (; count != 0; --count, in += 16, out += 16) {
    u32x4 lanes;
    std::memcpy(&lanes, in, sizeof lanes);
    std::memcpy(out, &lanes, sizeof lanes);
    keep_in_memory(out);
  }
}
[[gnu::always_inline]] inline void clear_lanes(void* memory, std::size_t count) noexcept {
  auto* out = static_cast<std::uint8_t*>(memory);
  const u32x4 zero = {0, 0, 0, 0};
  for (; count != 0; --count, out += 16) {
    std::memcpy(out, &zero, sizeof zero);
    keep_in_memory(out);
  }
}

}  // namespace tenon
