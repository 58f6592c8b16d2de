#include "vault/pending_record.hpp"

#include <cstddef>
#include <string_view>

#include "json/record.hpp"

namespace tenon {
namespace {

constexpr std::string_view stage_words[] = {"open", "taken", "exchanged", "done", "failed"};

constexpr record_field stored_fields[] = {
    record_version(1),
    TENON_FIELD("organization", pending_record, organization),
    TENON_FIELD("user", pending_record, user),
    TENON_FIELD("provider", pending_record, provider),
    TENON_FIELD("issuer", pending_record, issuer),
    TENON_FIELD("tokenEndpoint", pending_record, token_endpoint),
    TENON_FIELD("redirectUri", pending_record, redirect_uri),
    TENON_FIELD("binding", pending_record, binding),
    TENON_FIELD("session", pending_record, session),
    TENON_FIELD("returnTo", pending_record, return_to),
    TENON_FIELD("scopes", pending_record, scopes),
    TENON_FIELD("metadata", pending_record, metadata_json).raw(),
    TENON_FIELD("verifier", pending_record, verifier),
    TENON_FIELD("issuedAt", pending_record, issued_at),
    TENON_FIELD("expiresAt", pending_record, expires_at),
    TENON_FIELD("stage", pending_record, stage).words(stage_words).required(),
    TENON_FIELD("owner", pending_record, owner),
    TENON_FIELD("deadline", pending_record, deadline),
    TENON_FIELD("tokens", pending_record, tokens),
    TENON_FIELD("tokensAt", pending_record, tokens_at),
    TENON_FIELD("attempts", pending_record, attempts),
    TENON_FIELD("dueAt", pending_record, due_at),
    TENON_FIELD("connectionId", pending_record, connection_id),
    TENON_FIELD("connectionKey", pending_record, connection_key),
    TENON_FIELD("failure", pending_record, failure),
};

}  // namespace

std::string encode_pending(const pending_record& record) {
  return encode_record(stored_fields, record);
}

result<pending_record> decode_pending(std::string_view text) {
  return decode_record<pending_record>(stored_fields, text);
}

}  // namespace tenon
