#include "crypto/sha512.hpp"

#include "crypto/rotate.hpp"
#include "crypto/u32x4.hpp"

namespace tenon {
namespace {

using word = std::uint64_t;

constexpr word round_constants[80] = {
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
    0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
    0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
    0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
    0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
    0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
    0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
    0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
    0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
    0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
    0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
    0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
    0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
    0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
    0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
    0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
    0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
};

// Nested for the reason given in sha256.cpp.
[[gnu::always_inline]] inline word big_sigma0(word x) noexcept {
  return rotate_right(rotate_right(rotate_right(x, 5) ^ x, 6) ^ x, 28);
}
[[gnu::always_inline]] inline word big_sigma1(word x) noexcept {
  return rotate_right(rotate_right(rotate_right(x, 23) ^ x, 4) ^ x, 14);
}
[[gnu::always_inline]] inline word small_sigma0(word x) noexcept {
  return rotate_right(x, 1) ^ rotate_right(x, 8) ^ (x >> 7);
}
[[gnu::always_inline]] inline word small_sigma1(word x) noexcept {
  return rotate_right(x, 19) ^ rotate_right(x, 61) ^ (x >> 6);
}

struct chain {
  word a, b, c, d, e, f, g, h;
};

[[gnu::always_inline]] inline void one_round(chain& s, word input) noexcept {
  const word t = s.h + input + big_sigma1(s.e) + (s.g ^ (s.e & (s.f ^ s.g)));
  const word u = big_sigma0(s.a) + ((s.a & s.b) | (s.c & (s.a | s.b)));
  s = {t + u, s.a, s.b, s.c, s.d + t, s.e, s.f, s.g};
}

// The schedule is a ring of the last 16 words, held in locals: ring[i] becomes word t + 16 once
// word t is spent. The loops over 16 unroll fully, so no index is left at run time.
[[gnu::always_inline]] inline void sixteen_rounds(chain& s, word (&ring)[16], const word* constants,
                                                  bool refill) noexcept {
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; ++i) {
    one_round(s, ring[i] + constants[i]);
    if (refill) {
      ring[i] +=
          ring[(i + 9) & 15] + small_sigma0(ring[(i + 1) & 15]) + small_sigma1(ring[(i + 14) & 15]);
    }
  }
}

void compress(hash_state& state, const std::uint8_t* blocks, std::size_t count) noexcept {
  word* const w = state.w64;
  chain s = {w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7]};
  for (; count != 0; --count, blocks += 128) {
    word ring[16];
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i += 2) {
      const u64x2 words = load_be64(blocks + 8 * i);
      ring[i] = words[0];
      ring[i + 1] = words[1];
    }
    const word* constants = round_constants;
#pragma clang loop unroll(disable)
    for (int i = 0; i < 4; ++i, constants += 16) sixteen_rounds(s, ring, constants, true);
    sixteen_rounds(s, ring, constants, false);
    w[0] = s.a += w[0];
    w[1] = s.b += w[1];
    w[2] = s.c += w[2];
    w[3] = s.d += w[3];
    w[4] = s.e += w[4];
    w[5] = s.f += w[5];
    w[6] = s.g += w[6];
    w[7] = s.h += w[7];
  }
}

constexpr hash_state initial = {.w64 = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                                        0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                                        0x1f83d9abfb41bd6b, 0x5be0cd19137e2179}};

}  // namespace

constinit const hash_kernel sha512_kernel = {compress, initial, 128, 8, 64};

}  // namespace tenon
