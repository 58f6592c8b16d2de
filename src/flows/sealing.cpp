#include "flows/sealing.hpp"

#include <utility>

#include "flows/key_ring.hpp"
#include "vault/sealed_text.hpp"

namespace tenon {
namespace {

byte_string aad_of(const seal_place& place) {
  return seal_aad({place.organization, place.record_id, place.field, place.generation});
}

}  // namespace

task<std::string> seal_secret(flow_scope& scope, const seal_place& place,
                              const secret_string& plain) {
  if (plain.empty()) co_return std::string();
  const byte_view bytes = plain.bytes();
  const std::uint32_t key_id = co_await use_sealing_key(scope);
  seal_request request{key_id, aad_of(place), byte_string(bytes.begin(), bytes.end())};
  const seal_reply reply = co_await scope.host.seal(std::move(request));
  co_return encode_sealed(reply.key_id, reply.iv, reply.ciphertext);
}

task<secret_string> open_secret(flow_scope& scope, const seal_place& place,
                                const std::string& sealed) {
  sealed_parts parts = co_await decode_sealed(sealed);
  if (scope.settings.find_key(parts.key_id) == nullptr) {
    report_missing_key(scope, parts.key_id);
    co_return error{error_code::configuration_error, error_reason::key_missing};
  }
  open_request request{parts.key_id, std::move(parts.iv), std::move(parts.ciphertext),
                       aad_of(place)};
  open_reply reply = co_await scope.host.open(std::move(request));
  if (!reply.ok) co_return error{error_code::configuration_error, error_reason::seal_unreadable};
  secret_string plain(as_text(reply.plaintext));
  secure_wipe(reply.plaintext.data(), reply.plaintext.size());
  co_return plain;
}

}  // namespace tenon
