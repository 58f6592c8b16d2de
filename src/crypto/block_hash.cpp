#include "crypto/block_hash.hpp"

#include <algorithm>
#include <cstring>

#include "crypto/u32x4.hpp"

namespace tenon {
namespace {

constexpr std::size_t lane_bytes = 16;

[[gnu::always_inline]] inline void store_lane(std::uint8_t* out, u32x4 lane) noexcept {
  std::memcpy(out, &lane, sizeof lane);
  keep_in_memory(out);
}

// pad fills the block or two that end a message: tail, one bit, zeros and the length in bits of
// the whole message (section 5.1). Whole lanes are written where that can be: a vector load right
// after narrower stores to the same bytes stalls.
[[gnu::always_inline]] inline void pad(std::uint8_t* padded, std::size_t end, byte_view tail,
                                       std::uint64_t message_bytes) noexcept {
  clear_lanes(padded, end / lane_bytes);
  // SHA-512 has a length of 16 bytes, the others one of 8 with the tail or zeros before it.
  const u64x2 length = {__builtin_bswap64(message_bytes >> 61),
                        __builtin_bswap64(message_bytes << 3)};
  store_lane(padded + end - lane_bytes, reinterpret_cast<u32x4>(length));
  const std::size_t lanes = tail.size() / lane_bytes;
  if (lanes != 0) copy_lanes(padded, tail.data(), lanes);
  const std::size_t copied = lanes * lane_bytes;
  if (copied == tail.size() && copied + lane_bytes < end) {
    store_lane(padded + copied, u32x4{0x80, 0, 0, 0});
    return;
  }
  for (std::size_t i = copied; i < tail.size(); ++i) {
    padded[i] = tail[i];
    keep_in_memory(padded);
  }
  padded[tail.size()] = 0x80;
}

}  // namespace

void hash_kernel::finish(hash_state& state, std::uint64_t bytes_before,
                         byte_view rest) const noexcept {
  const std::size_t whole = rest.size() / block_bytes;
  if (whole != 0) compress(state, rest.data(), whole);
  const byte_view tail = rest.subspan(whole * block_bytes);
  alignas(lane_bytes) std::uint8_t padded[2 * block_bytes_max];
  const std::size_t length_bytes = 2u * word_bytes;
  const std::size_t blocks = tail.size() + 1 + length_bytes > block_bytes ? 2 : 1;
  const std::size_t end = blocks * block_bytes;
  pad(padded, end, tail, bytes_before + rest.size());
  compress(state, padded, blocks);
  clear_lanes(padded, end / lane_bytes);
}

// The digest is the chaining value with the most significant byte of each word first.
void hash_kernel::store_digest(const hash_state& state, std::uint8_t* out) const noexcept {
  const auto* words = reinterpret_cast<const std::uint8_t*>(&state);
  std::size_t at = 0;
  for (; at + lane_bytes <= digest_bytes; at += lane_bytes) {
    const bool is_long = word_bytes == 8;
    store_lane(out + at,
               is_long ? reinterpret_cast<u32x4>(load_be64(words + at)) : load_be(words + at));
  }
  if (at == digest_bytes) return;
  // SHA-1 has five words.
  const std::uint32_t last = __builtin_bswap32(state.w32[at / word_bytes]);
  std::memcpy(out + at, &last, sizeof last);
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
