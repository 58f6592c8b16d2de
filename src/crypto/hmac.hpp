#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/wipe.hpp"
#include "crypto/block_hash.hpp"
#include "crypto/hash_kind.hpp"

namespace tenon {

// mac_tag is a MAC of up to 64 bytes without an allocation. It is wiped when it ends: the right tag
// of a forged message is worth as much as a key for that message, and HKDF makes keys of tags.
struct mac_tag {
  std::array<std::uint8_t, digest_bytes_max> bytes;
  std::uint8_t size = 0;

  mac_tag() noexcept = default;
  mac_tag(const mac_tag&) noexcept = default;
  mac_tag& operator=(const mac_tag&) noexcept = default;
  ~mac_tag() { secure_wipe(bytes.data(), size); }

  byte_view view() const noexcept { return {bytes.data(), size}; }
};

// hmac_key is a key made ready for HMAC (RFC 2104): the chaining values after the inner and the
// outer pad, so that one MAC of a short message costs two blocks instead of four. The key bytes
// are not kept. It is wiped on destruction and when moved from; a moved-from key must not be used.
class hmac_key {
 public:
  // Any key length is legal, the empty one too: refusing short keys is the caller's policy.
  hmac_key(hash_kind kind, byte_view key) noexcept;
  hmac_key(hmac_key&& other) noexcept;
  hmac_key& operator=(hmac_key&& other) noexcept;
  hmac_key(const hmac_key&) = delete;
  hmac_key& operator=(const hmac_key&) = delete;
  ~hmac_key();

  std::size_t tag_bytes() const noexcept { return kernel_->digest_bytes; }

  // mac writes tag_bytes() bytes to out. It allocates nothing. out may be message.
  void mac(byte_view message, std::uint8_t* out) const noexcept;

 private:
  friend class hmac_stream;

  // finish_outer replaces the inner digest at tag by the MAC.
  void finish_outer(std::uint8_t* tag) const noexcept;

  const hash_kernel* kernel_;
  hash_state inner_;
  hash_state outer_;
};

// mac computes the HMAC of one whole message. See the class for keys used once.
mac_tag mac(const hmac_key& key, byte_view message) noexcept;

// verify says, in constant time, whether tag is the whole HMAC of message. A tag of any other
// length, a truncated one too, is refused.
bool verify(const hmac_key& key, byte_view message, byte_view tag) noexcept;

// hmac_stream computes one HMAC over a message that arrives in pieces. key must outlive it.
class hmac_stream {
 public:
  explicit hmac_stream(const hmac_key& key) noexcept;

  void update(byte_view bytes) noexcept { inner_.update(bytes); }

  // finish gives the MAC. The stream is spent.
  mac_tag finish() noexcept;

 private:
  const hmac_key* key_;
  hash_stream inner_;
};

}  // namespace tenon
