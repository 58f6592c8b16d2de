#include "crypto/hkdf.hpp"

#include <algorithm>
#include <cstring>

#include "base/wipe.hpp"
#include "crypto/hmac.hpp"

namespace tenon {

bool hkdf_sha256(byte_view key_material, byte_view salt, byte_view info, byte_span out) noexcept {
  if (out.size() > hkdf_sha256_bytes_max) return false;
  mac_tag block = mac(hmac_key(hash_kind::sha256, salt), key_material);
  const hmac_key extracted(hash_kind::sha256, block.view());
  std::uint8_t counter = 0;
  while (!out.empty()) {
    hmac_stream expand(extracted);
    if (counter != 0) expand.update(block.view());
    expand.update(info);
    ++counter;
    expand.update({&counter, 1});
    block = expand.finish();
    const std::size_t taken = std::min<std::size_t>(block.size, out.size());
    std::memcpy(out.data(), block.bytes.data(), taken);
    out = out.subspan(taken);
  }
  return true;
}

std::string_view label_of(key_purpose purpose) noexcept {
  switch (purpose) {
    case key_purpose::state:
      return "tenon.state.v1";
    case key_purpose::seal:
      return "tenon.seal.v1";
    case key_purpose::session:
      return "tenon.session.v1";
    case key_purpose::webhook:
      return "tenon.webhook.v1";
    case key_purpose::dedupe:
      return "tenon.dedupe.v1";
    case key_purpose::api_key:
      return "tenon.api_key.v1";
    case key_purpose::route:
      return "tenon.route.v1";
  }
  __builtin_trap();
}

derived_key::derived_key(byte_view master, key_purpose purpose) noexcept {
  if (!hkdf_sha256(master, {}, as_bytes(label_of(purpose)), bytes_)) __builtin_trap();
}

derived_key::~derived_key() { secure_wipe(bytes_.data(), bytes_.size()); }

}  // namespace tenon
