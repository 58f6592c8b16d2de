#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/wipe.hpp"
#include "crypto/hash_kind.hpp"

namespace tenon {

// hash_state is a chaining value. SHA-1 and SHA-256 use w32, SHA-512 uses w64.
union hash_state {
  alignas(16) std::uint32_t w32[8];
  std::uint64_t w64[8];
};

// hash_kernel describes one Merkle-Damgard hash (FIPS 180-4): its first chaining value, its
// compression function and its sizes.
struct hash_kernel {
  // compress folds count whole blocks into state and leaves no trace of them on the stack.
  void (*compress)(hash_state& state, const std::uint8_t* blocks, std::size_t count) noexcept;
  hash_state initial;
  std::uint8_t block_bytes;
  std::uint8_t word_bytes;
  std::uint8_t digest_bytes;

  // finish folds rest and the padding (section 5.1) into state, which has taken bytes_before
  // bytes, a whole number of blocks. state then holds the digest.
  void finish(hash_state& state, std::uint64_t bytes_before, byte_view rest) const noexcept;

  // store_digest writes digest_bytes bytes of a finished state to out.
  void store_digest(const hash_state& state, std::uint8_t* out) const noexcept;
};

extern const hash_kernel sha1_kernel;
extern const hash_kernel sha256_kernel;
extern const hash_kernel sha512_kernel;

inline const hash_kernel& kernel_of(hash_kind kind) noexcept {
  return kind == hash_kind::sha1     ? sha1_kernel
         : kind == hash_kind::sha256 ? sha256_kernel
                                     : sha512_kernel;
}

// hash_stream takes a message in pieces. It may begin from a kept chaining value, as HMAC does.
// What it holds is wiped when it ends.
class hash_stream {
 public:
  explicit hash_stream(const hash_kernel& kernel) noexcept
      : hash_stream(kernel, kernel.initial, 0) {}
  // state must have taken bytes_before bytes, a whole number of blocks.
  hash_stream(const hash_kernel& kernel, const hash_state& state,
              std::uint64_t bytes_before) noexcept
      : kernel_(&kernel), state_(state), bytes_(bytes_before) {}
  hash_stream(const hash_stream&) = default;
  hash_stream& operator=(const hash_stream&) = default;
  ~hash_stream() { secure_wipe(this, sizeof *this); }

  void update(byte_view bytes) noexcept;

  // finish writes the digest of everything taken to out. The stream is spent.
  void finish(std::uint8_t* out) noexcept;

 private:
  std::size_t held() const noexcept { return bytes_ % kernel_->block_bytes; }

  const hash_kernel* kernel_;
  hash_state state_;
  std::uint64_t bytes_;
  alignas(16) std::uint8_t block_[block_bytes_max];
};

// basic_hash is the streaming form of one hash: update any number of times, then finish, after
// which it stands at the beginning again.
template <hash_kind kind>
class basic_hash {
 public:
  using digest = std::array<std::uint8_t, digest_bytes_of(kind)>;

  void update(byte_view bytes) noexcept { stream_.update(bytes); }

  digest finish() noexcept {
    digest out;
    stream_.finish(out.data());
    stream_ = hash_stream(kernel_of(kind));
    return out;
  }

  // of gives the digest of one whole message, without copying it.
  static digest of(byte_view message) noexcept {
    digest out;
    hash_state state = kernel_of(kind).initial;
    kernel_of(kind).finish(state, 0, message);
    kernel_of(kind).store_digest(state, out.data());
    return out;
  }

 private:
  hash_stream stream_{kernel_of(kind)};
};

}  // namespace tenon
