#include "vault/pending_record.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "json/json.hpp"
#include "vault/record_json.hpp"

namespace tenon {
namespace {

constexpr std::int64_t stored_version = 1;
constexpr error unreadable{error_code::database_error, error_reason::record_unreadable};

constexpr std::string_view stage_words[] = {"open", "taken", "exchanged", "done", "failed"};

void read_progress(const json_value& from, pending_record& record) {
  record.owner = from.text("owner");
  record.deadline = from.integer("deadline", 0);
  record.tokens = from.text("tokens");
  record.tokens_at = from.integer("tokensAt", 0);
  record.attempts = from.integer("attempts", 0);
  record.due_at = read_time(from, "dueAt");
  record.connection_id = from.text("connectionId");
  record.connection_key = from.text("connectionKey");
  record.failure = from.text("failure");
}

}  // namespace

std::string encode_pending(const pending_record& record) {
  json_writer json;
  json.begin_object();
  json.member("v", stored_version);
  json.member("organization", record.organization);
  json.member("user", record.user);
  json.member("provider", record.provider);
  json.member("issuer", record.issuer);
  json.member("tokenEndpoint", record.token_endpoint);
  json.member("redirectUri", record.redirect_uri);
  json.member("binding", record.binding);
  json.member("session", record.session);
  json.member("returnTo", record.return_to);
  write_texts(json, "scopes", record.scopes);
  json.key("metadata");
  json.raw(record.metadata_json);
  json.member("verifier", record.verifier);
  json.member("issuedAt", record.issued_at);
  json.member("expiresAt", record.expires_at);
  json.member("stage", stage_words[static_cast<std::size_t>(record.stage)]);
  json.member("owner", record.owner);
  json.member("deadline", record.deadline);
  json.member("tokens", record.tokens);
  json.member("tokensAt", record.tokens_at);
  json.member("attempts", record.attempts);
  json.member_or_null("dueAt", record.due_at);
  json.member("connectionId", record.connection_id);
  json.member("connectionKey", record.connection_key);
  json.member("failure", record.failure);
  json.end_object();
  return json.take();
}

result<pending_record> decode_pending(std::string_view text) {
  const auto parsed = parse_json(text);
  if (!parsed.ok() || parsed.value().integer("v", 0) != stored_version) return unreadable;
  const json_value& from = parsed.value();
  const auto* stage = std::find(std::begin(stage_words), std::end(stage_words), from.text("stage"));
  if (stage == std::end(stage_words)) return unreadable;

  pending_record record;
  record.organization = from.text("organization");
  record.user = from.text("user");
  record.provider = from.text("provider");
  record.issuer = from.text("issuer");
  record.token_endpoint = from.text("tokenEndpoint");
  record.redirect_uri = from.text("redirectUri");
  record.binding = from.text("binding");
  record.session = from.text("session");
  record.return_to = from.text("returnTo");
  record.scopes = read_texts(from.find("scopes"));
  record.metadata_json = read_raw(from, "metadata", "{}");
  record.verifier = from.text("verifier");
  record.issued_at = from.integer("issuedAt", 0);
  record.expires_at = from.integer("expiresAt", 0);
  record.stage = static_cast<pending_stage>(stage - std::begin(stage_words));
  read_progress(from, record);
  return record;
}

}  // namespace tenon
