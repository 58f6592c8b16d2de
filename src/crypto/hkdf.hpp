#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.hpp"

namespace tenon {

inline constexpr std::size_t hkdf_sha256_bytes_max = 255 * 32;

// hkdf_sha256 fills out with key material by HKDF-SHA-256 (RFC 5869), extract and expand. An empty
// salt stands for 32 zero bytes. Gives false, with out untouched, when out is longer than
// hkdf_sha256_bytes_max.
[[nodiscard]] bool hkdf_sha256(byte_view key_material, byte_view salt, byte_view info,
                               byte_span out) noexcept;

// key_purpose says what a derived key is for. Keys of two purposes have nothing in common, so a
// MAC made for one is refused by all others (R54).
enum class key_purpose : std::uint8_t { state, seal, session, webhook, dedupe, api_key, route };

// label_of gives the purpose's info string, such as "tenon.state.v1". Changing one changes keys.
std::string_view label_of(key_purpose purpose) noexcept;

// derived_key is 32 bytes of key, wiped on destruction.
class derived_key {
 public:
  derived_key(byte_view master, key_purpose purpose) noexcept;
  derived_key(const derived_key&) = delete;
  derived_key& operator=(const derived_key&) = delete;
  ~derived_key();

  byte_view view() const noexcept { return bytes_; }

 private:
  std::array<std::uint8_t, 32> bytes_;
};

// derive_key gives the key that master holds for purpose: HKDF-SHA-256 with an empty salt and the
// purpose's label as info. master should have at least 32 bytes of entropy; that is not checked.
inline derived_key derive_key(byte_view master, key_purpose purpose) noexcept {
  return derived_key(master, purpose);
}

}  // namespace tenon
