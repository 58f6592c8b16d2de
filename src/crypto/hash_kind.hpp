#pragma once

#include <cstddef>
#include <cstdint>

namespace tenon {

// hash_kind names a hash function. The numbers cross the wasm border.
enum class hash_kind : std::uint8_t { sha1 = 1, sha256 = 2, sha512 = 3 };

inline constexpr std::size_t digest_bytes_max = 64;
inline constexpr std::size_t block_bytes_max = 128;

constexpr std::size_t digest_bytes_of(hash_kind kind) noexcept {
  return kind == hash_kind::sha1 ? 20 : kind == hash_kind::sha256 ? 32 : 64;
}

constexpr std::size_t block_bytes_of(hash_kind kind) noexcept {
  return kind == hash_kind::sha512 ? 128 : 64;
}

}  // namespace tenon
