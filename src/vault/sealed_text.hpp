#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace tenon {

// sealed_parts is the content of a sealed text `t1.<keyId>.<iv>.<ciphertext and tag>`.
struct sealed_parts {
  std::uint32_t key_id = 0;
  byte_string iv;
  byte_string ciphertext;
};

// encode_sealed writes the text form; see docs/storage-schema.md.
std::string encode_sealed(std::uint32_t key_id, byte_view iv, byte_view ciphertext);

// decode_sealed reads it back. Any other version, a key id that is not canonical, an iv of other
// than 12 bytes, a ciphertext shorter than its tag or base64url that is not canonical is refused
// with configuration_error/seal_unreadable: there is no plaintext fallback (R51).
result<sealed_parts> decode_sealed(std::string_view text);

// seal_context names the one place where a sealed value may be opened (R50).
struct seal_context {
  std::string_view organization;
  std::string_view record_id;  // connection id, or pending/<nonce>
  std::string_view field;
  std::int64_t generation = 0;
};

// seal_aad is the additional data: length-prefixed "tenon.seal.v1", organization, record id,
// field name, generation.
byte_string seal_aad(const seal_context& context);

}  // namespace tenon
