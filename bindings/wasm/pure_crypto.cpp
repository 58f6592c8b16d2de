// Keys, MACs, hashes and encodings of both modules. Keys stand in slots; their bytes do not.
#include <optional>

#include "crypto/constant_time.hpp"
#include "crypto/hkdf.hpp"
#include "crypto/hmac.hpp"
#include "crypto/sha1.hpp"
#include "crypto/sha256.hpp"
#include "crypto/sha512.hpp"
#include "encoding/base64.hpp"
#include "keys.hpp"
#include "memory.hpp"

using namespace tenon;
using namespace tenon::wasm;

namespace {

constexpr std::int32_t slots_max = 256;
constexpr std::uint32_t master_bytes_min = 32;

// Raw storage: an array of optionals would need a constructor at start-up.
struct key_slot {
  alignas(hmac_key) std::uint8_t bytes[sizeof(hmac_key)];
  bool taken;
};
key_slot slots[slots_max];

hmac_key* occupant(std::int32_t slot) {
  if (slot < 0 || slot >= slots_max || !slots[slot].taken) return nullptr;
  return reinterpret_cast<hmac_key*>(slots[slot].bytes);
}

std::int32_t store_key(hash_kind kind, byte_view key) {
  for (std::int32_t slot = 0; slot < slots_max; ++slot) {
    if (slots[slot].taken) continue;
    new (slots[slot].bytes) hmac_key(kind, key);
    slots[slot].taken = true;
    return slot;
  }
  return failed({error_code::configuration_error, error_reason::too_large});
}

bool is_hash_kind(std::uint32_t kind) { return kind >= 1 && kind <= 3; }

template <typename Hash>
std::int32_t hash_to(byte_view message, byte_span out) {
  const auto digest = Hash::of(message);
  return write_text(out, as_text(digest));
}

}  // namespace

const hmac_key* tenon::wasm::key_in(std::int32_t slot) { return occupant(slot); }

extern "C" {

// tenon_hash writes the digest of a message (kind 1 SHA-1, 2 SHA-256, 3 SHA-512) to out.
std::int32_t tenon_hash(std::uint32_t kind, std::uint32_t message, std::uint32_t size,
                        std::uint32_t out) {
  if (!is_hash_kind(kind)) return bad_call;
  const auto from = memory_at(message, size);
  const auto to = memory_at(out, digest_bytes_of(static_cast<hash_kind>(kind)));
  if (!from || !to) return bad_call;
  if (kind == 1) return hash_to<sha1>(*from, *to);
  return kind == 2 ? hash_to<sha256>(*from, *to) : hash_to<sha512>(*from, *to);
}

// tenon_hmac_key readies a MAC key and gives its slot.
std::int32_t tenon_hmac_key(std::uint32_t kind, std::uint32_t key, std::uint32_t size) {
  const auto bytes = memory_at(key, size);
  if (!is_hash_kind(kind) || !bytes) return bad_call;
  return store_key(static_cast<hash_kind>(kind), *bytes);
}

// tenon_purpose_key derives the key that a master secret of at least 32 bytes holds for a purpose
// (1 state, 2 seal, 3 session, 4 webhook, 5 dedupe, 6 API key, 7 route) and gives its slot.
std::int32_t tenon_purpose_key(std::uint32_t purpose, std::uint32_t master, std::uint32_t size) {
  const auto bytes = memory_at(master, size);
  const auto last = static_cast<std::uint32_t>(key_purpose::route) + 1;
  if (purpose < 1 || purpose > last || !bytes || size < master_bytes_min) return bad_call;
  const derived_key derived = derive_key(*bytes, static_cast<key_purpose>(purpose - 1));
  return store_key(hash_kind::sha256, derived.view());
}

// tenon_key_drop wipes a key and frees its slot; an empty slot stays as it is.
void tenon_key_drop(std::int32_t slot) {
  hmac_key* key = occupant(slot);
  if (key == nullptr) return;
  key->~hmac_key();
  slots[slot].taken = false;
}

// tenon_hmac writes the MAC of a message to out, which may be the message, and gives its length.
std::int32_t tenon_hmac(std::int32_t slot, std::uint32_t message, std::uint32_t size,
                        std::uint32_t out) {
  const hmac_key* key = occupant(slot);
  if (key == nullptr) return bad_call;
  const auto from = memory_at(message, size);
  const auto to = memory_at(out, static_cast<std::uint32_t>(key->tag_bytes()));
  if (!from || !to) return bad_call;
  key->mac(*from, to->data());
  return static_cast<std::int32_t>(key->tag_bytes());
}

// tenon_hmac_verify gives 1 when tag is the whole MAC of the message, else 0.
std::int32_t tenon_hmac_verify(std::int32_t slot, std::uint32_t message, std::uint32_t size,
                               std::uint32_t tag, std::uint32_t tag_size) {
  const hmac_key* key = occupant(slot);
  const auto from = memory_at(message, size);
  const auto expected = memory_at(tag, tag_size);
  if (key == nullptr || !from || !expected) return bad_call;
  return verify(*key, *from, *expected) ? 1 : 0;
}

// tenon_hkdf expands ikm with salt and info, laid one after another at `at`, to out_size bytes
// written there (HKDF-SHA-256).
std::int32_t tenon_hkdf(std::uint32_t at, std::uint32_t ikm_size, std::uint32_t salt_size,
                        std::uint32_t info_size, std::uint32_t out_size) {
  if (out_size > hkdf_sha256_bytes_max) return bad_call;
  const auto ikm = memory_at(at, ikm_size);
  const auto salt = memory_at(at + ikm_size, salt_size);
  const auto info = memory_at(at + ikm_size + salt_size, info_size);
  const auto out = memory_at(at, out_size);
  if (!ikm || !salt || !info || !out) return bad_call;
  byte_string made(out_size);
  if (!hkdf_sha256(*ikm, *salt, *info, made)) return bad_call;
  return write_text(*out, as_text(made));
}

// tenon_base64 encodes (mode 0 base64url, 2 base64) or strictly decodes (1, 3) in place. The
// buffer needs room for the longer of the two.
std::int32_t tenon_base64(std::uint32_t mode, std::uint32_t at, std::uint32_t size) {
  const auto from = memory_at(at, size);
  const auto to = memory_at(at, size + size / 2 + 4);
  if (mode > 3 || !from || !to) return bad_call;
  if (mode == 0) return write_text(*to, encode_base64url(*from));
  if (mode == 2) return write_text(*to, encode_base64(*from));
  const auto bytes = mode == 1 ? decode_base64url(as_text(*from)) : decode_base64(as_text(*from));
  return bytes ? write_text(*to, as_text(*bytes)) : bad_call;
}

// tenon_equal compares in constant time: 1 when both hold the same bytes.
std::int32_t tenon_equal(std::uint32_t a, std::uint32_t a_size, std::uint32_t b,
                         std::uint32_t b_size) {
  const auto left = memory_at(a, a_size);
  const auto right = memory_at(b, b_size);
  if (!left || !right) return bad_call;
  return constant_time_equal(*left, *right) ? 1 : 0;
}
}
