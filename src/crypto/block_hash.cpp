#include "crypto/block_hash.hpp"

#include <algorithm>
#include <cstring>

#include "crypto/u32x4.hpp"

namespace tenon {
namespace {

void store_be64(std::uint8_t* out, std::uint64_t value) noexcept {
  value = __builtin_bswap64(value);
  std::memcpy(out, &value, sizeof value);
}

}  // namespace

void hash_kernel::finish(hash_state& state, std::uint64_t bytes_before,
                         byte_view rest) const noexcept {
  const std::size_t whole = rest.size() / block_bytes;
  if (whole != 0) compress(state, rest.data(), whole);
  const std::size_t tail_bytes = rest.size() % block_bytes;

  alignas(16) std::uint8_t padded[2 * block_bytes_max];
  // The length field is two words: 8 bytes, or 16 for SHA-512.
  const std::size_t blocks = tail_bytes + 1 + 2u * word_bytes > block_bytes ? 2 : 1;
  const std::size_t end = blocks * block_bytes;
  clear_lanes(padded, end / 16);
  if (tail_bytes != 0) std::memcpy(padded, rest.data() + rest.size() - tail_bytes, tail_bytes);
  padded[tail_bytes] = 0x80;
  const std::uint64_t bytes = bytes_before + rest.size();
  store_be64(padded + end - 8, bytes << 3);
  if (word_bytes == 8) store_be64(padded + end - 16, bytes >> 61);
  compress(state, padded, blocks);
  clear_lanes(padded, end / 16);
}

// The digest is the chaining value with the most significant byte of each word first.
void hash_kernel::store_digest(const hash_state& state, std::uint8_t* out) const noexcept {
  if (word_bytes == 8) {
    for (std::size_t i = 0; i < 8; ++i) store_be64(out + 8 * i, state.w64[i]);
    return;
  }
  for (std::size_t i = 0; 4 * i < digest_bytes; ++i) {
    const std::uint32_t word = __builtin_bswap32(state.w32[i]);
    std::memcpy(out + 4 * i, &word, sizeof word);
  }
}

void hash_stream::update(byte_view bytes) noexcept {
  const std::size_t block_bytes = kernel_->block_bytes;
  const std::size_t kept = held();
  bytes_ += bytes.size();
  if (kept != 0) {
    const std::size_t taken = std::min(block_bytes - kept, bytes.size());
    if (taken != 0) std::memcpy(block_ + kept, bytes.data(), taken);
    bytes = bytes.subspan(taken);
    if (kept + taken < block_bytes) return;
    kernel_->compress(state_, block_, 1);
  }
  const std::size_t whole = bytes.size() / block_bytes;
  if (whole != 0) kernel_->compress(state_, bytes.data(), whole);
  bytes = bytes.subspan(whole * block_bytes);
  if (!bytes.empty()) std::memcpy(block_, bytes.data(), bytes.size());
}

void hash_stream::finish(std::uint8_t* out) noexcept {
  const std::size_t kept = held();
  kernel_->finish(state_, bytes_ - kept, {block_, kept});
  kernel_->store_digest(state_, out);
}

}  // namespace tenon
