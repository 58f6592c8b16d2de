#include "crypto/hmac.hpp"

#include <cstring>

#include "base/wipe.hpp"
#include "crypto/constant_time.hpp"
#include "crypto/u32x4.hpp"

namespace tenon {

hmac_key::hmac_key(hash_kind kind, byte_view key) noexcept
    : kernel_(&kernel_of(kind)), inner_(kernel_->initial), outer_(kernel_->initial) {
  const std::size_t block_bytes = kernel_->block_bytes;
  alignas(16) std::uint8_t pad[block_bytes_max] = {};
  if (key.size() > block_bytes) {
    hash_state state = kernel_->initial;
    kernel_->finish(state, 0, key);
    kernel_->store_digest(state, pad);
    secure_wipe(&state, sizeof state);
  } else if (!key.empty()) {
    std::memcpy(pad, key.data(), key.size());
  }
  for (std::uint8_t& byte : pad) byte ^= 0x36;
  kernel_->compress(inner_, pad, 1);
  for (std::uint8_t& byte : pad) byte ^= 0x36 ^ 0x5c;
  kernel_->compress(outer_, pad, 1);
  secure_wipe(pad, sizeof pad);
}

hmac_key::hmac_key(hmac_key&& other) noexcept
    : kernel_(other.kernel_), inner_(other.inner_), outer_(other.outer_) {
  secure_wipe(&other.inner_, sizeof inner_);
  secure_wipe(&other.outer_, sizeof outer_);
}

hmac_key& hmac_key::operator=(hmac_key&& other) noexcept {
  if (this == &other) return *this;
  kernel_ = other.kernel_;
  inner_ = other.inner_;
  outer_ = other.outer_;
  secure_wipe(&other.inner_, sizeof inner_);
  secure_wipe(&other.outer_, sizeof outer_);
  return *this;
}

hmac_key::~hmac_key() {
  secure_wipe(&inner_, sizeof inner_);
  secure_wipe(&outer_, sizeof outer_);
}

void hmac_key::mac(byte_view message, std::uint8_t* out) const noexcept {
  hash_state state;
  copy_lanes(&state, &inner_, sizeof state / 16);
  kernel_->finish(state, kernel_->block_bytes, message);
  kernel_->store_digest(state, out);
  clear_lanes(&state, sizeof state / 16);
  finish_outer(out);
}

void hmac_key::finish_outer(std::uint8_t* tag) const noexcept {
  hash_state state;
  copy_lanes(&state, &outer_, sizeof state / 16);
  kernel_->finish(state, kernel_->block_bytes, {tag, tag_bytes()});
  kernel_->store_digest(state, tag);
  clear_lanes(&state, sizeof state / 16);
}

mac_tag mac(const hmac_key& key, byte_view message) noexcept {
  mac_tag tag;
  tag.size = static_cast<std::uint8_t>(key.tag_bytes());
  key.mac(message, tag.bytes.data());
  return tag;
}

bool verify(const hmac_key& key, byte_view message, byte_view tag) noexcept {
  const mac_tag expected = mac(key, message);
  return constant_time_equal(expected.view(), tag);
}

hmac_stream::hmac_stream(const hmac_key& key) noexcept
    : key_(&key), inner_(*key.kernel_, key.inner_, key.kernel_->block_bytes) {}

mac_tag hmac_stream::finish() noexcept {
  mac_tag tag;
  tag.size = static_cast<std::uint8_t>(key_->tag_bytes());
  inner_.finish(tag.bytes.data());
  key_->finish_outer(tag.bytes.data());
  return tag;
}

}  // namespace tenon
