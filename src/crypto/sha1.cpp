#include "crypto/sha1.hpp"

#include "crypto/rotate.hpp"
#include "crypto/u32x4.hpp"

namespace tenon {
namespace {

using word = std::uint32_t;

// next_words gives the four schedule words that follow a, b, c and d (section 6.1.2). The fourth
// depends on the first, which is mended afterwards: rotation distributes over exclusive or.
[[gnu::always_inline]] inline u32x4 next_words(u32x4 a, u32x4 b, u32x4 c, u32x4 d) noexcept {
  const u32x4 zero = {0, 0, 0, 0};
  u32x4 next = a ^ c ^ __builtin_shufflevector(a, b, 2, 3, 4, 5) ^
               __builtin_shufflevector(d, zero, 1, 2, 3, 4);
  next = next << 1 | next >> 31;
  const u32x4 first = __builtin_shufflevector(zero, next, 1, 2, 3, 4);
  return next ^ (first << 1 | first >> 31);
}

struct chain {
  word a, b, c, d, e;
};

enum class mix { choose, parity, majority };

template <mix kind>
[[gnu::always_inline]] inline word mixed(word b, word c, word d) noexcept {
  if (kind == mix::choose) return d ^ (b & (c ^ d));
  if (kind == mix::parity) return b ^ c ^ d;
  return (b & c) | (d & (b | c));
}

template <mix kind>
[[gnu::always_inline]] inline void four_rounds(chain& s, const word* input) noexcept {
#pragma clang loop unroll(full)
  for (int i = 0; i < 4; ++i) {
    const word a = rotate_left(s.a, 5) + mixed<kind>(s.b, s.c, s.d) + s.e + input[i];
    s = {a, s.a, rotate_left(s.b, 30), s.c, s.d};
  }
}

struct schedule {
  u32x4 w0, w1, w2, w3;
};

// twenty_rounds runs the rounds that share one constant and one mixing function.
template <mix kind>
[[gnu::always_inline]] inline void twenty_rounds(chain& s, schedule& w, word* input,
                                                 word constant) noexcept {
  const u32x4 k = {constant, constant, constant, constant};
#pragma clang loop unroll(full)
  for (int i = 0; i < 5; ++i) {
    const u32x4 sum = w.w0 + k;
    std::memcpy(input, &sum, sizeof sum);
    keep_in_memory(input);
    w = {w.w1, w.w2, w.w3, next_words(w.w0, w.w1, w.w2, w.w3)};
    four_rounds<kind>(s, input);
  }
}

void compress(hash_state& state, const std::uint8_t* blocks, std::size_t count) noexcept {
  // At a fixed address for the reason given in sha256.cpp.
  alignas(16) static thread_local word input[4];
  word* const w = state.w32;
  chain s = {w[0], w[1], w[2], w[3], w[4]};
  for (; count != 0; --count, blocks += 64) {
    schedule words = {load_be(blocks), load_be(blocks + 16), load_be(blocks + 32),
                      load_be(blocks + 48)};
    twenty_rounds<mix::choose>(s, words, input, 0x5a827999);
    twenty_rounds<mix::parity>(s, words, input, 0x6ed9eba1);
    twenty_rounds<mix::majority>(s, words, input, 0x8f1bbcdc);
    twenty_rounds<mix::parity>(s, words, input, 0xca62c1d6);
    w[0] = s.a += w[0];
    w[1] = s.b += w[1];
    w[2] = s.c += w[2];
    w[3] = s.d += w[3];
    w[4] = s.e += w[4];
  }
  clear_lanes(input, 1);
}

}  // namespace

constinit const hash_kernel sha1_kernel = {
    compress, {{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0, 0, 0, 0}}, 64, 4, 20};

}  // namespace tenon
