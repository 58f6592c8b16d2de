#include "flows/finish.hpp"

#include <algorithm>
#include <utility>

#include "flows/connecting.hpp"
#include "flows/events.hpp"
#include "flows/revocation.hpp"
#include "flows/sealing.hpp"
#include "flows/token_call.hpp"
#include "flows/token_record.hpp"
#include "json/record.hpp"

namespace tenon {
namespace {

// After 10 s, then ever longer up to two hours: about 14 hours in all.
constexpr int finish_attempts_max = 16;
constexpr backoff_policy finish_policy{
    finish_attempts_max, 10 * second_ms, 2 * hour_ms, 2, jitter_kind::none, 0};

constexpr record_field token_fields[] = {
    TENON_FIELD("accessToken", token_set, access_token),
    TENON_FIELD("refreshToken", token_set, refresh_token),
    TENON_FIELD("tokenType", token_set, token_type),
    TENON_FIELD("expiresIn", token_set, expires_in_s),
    TENON_FIELD("refreshExpiresIn", token_set, refresh_expires_in_s),
    TENON_FIELD("scopes", token_set, scopes),
};

void apply_grant(connection_record& record, const pending_record& pending,
                 const account_profile& profile, const token_set& tokens) {
  record.account = {profile.id, profile.username, profile.display_name, profile.email};
  // A grant that had ended took its refresh token along: only a living one's may be kept.
  if (record.status == connection_status::expired) record.refresh_token.clear();
  record.status = connection_status::active;
  record.reason.clear();
  record.health = {};
  record.scopes_requested = pending.scopes;
  record.scopes = tokens.scopes.value_or(pending.scopes);
  record.metadata_json = pending.metadata_json;
}

// save_grant makes one try; false when a record changed meanwhile and the try is to be repeated.
task<bool> save_grant(flow_scope& scope, located_pending& pending, const account_profile& profile,
                      const token_set& tokens) {
  const pending_record& asked = pending.record;
  const connection_path path{asked.organization, asked.user, asked.provider, profile.id};
  located_connection connection = co_await find_or_begin(scope, path);
  apply_grant(connection.record, asked, profile, tokens);
  connection_record& record = connection.record;
  // Above every fence given out, so that a refresh under way cannot write over the new grant.
  const std::int64_t generation = next_fence(record);
  co_await store_pair(scope, record, {tokens, asked.tokens_at}, generation);
  record.grant = generation;
  record.updated_at = scope.host.now();

  located_pending done = pending;
  done.record.stage = pending_stage::done;
  done.record.tokens.clear();
  done.record.connection_id = connection.record.id;
  done.record.connection_key = connection.key;
  commit_request batch;
  batch.expect(pending.key, pending.version);
  put_account(scope, batch, connection);
  put_pending(scope, batch, done);
  record_event(scope, batch, {"integration.connected"}, subject_of(connection.record));
  record_event(scope, batch, {"oauth.completed"}, subject_of(done.record));
  commit_reply stored = co_await commit_told(scope, std::move(batch));
  if (!stored.ok) co_return false;
  pending = std::move(done);
  pending.version = std::move(stored.version);
  co_return true;
}

// holder_of makes a record that holds tokens which no connection will hold.
task<connection_record> holder_of(flow_scope& scope, const located_pending& pending,
                                  const issued_tokens& issued) {
  connection_record holder;
  holder.id = pending.key;
  holder.organization = pending.record.organization;
  holder.user = pending.record.user;
  holder.provider = pending.record.provider;
  co_await store_pair(scope, holder, issued, 0);
  co_return holder;
}

task<bool> abandon(flow_scope& scope, located_pending& pending, const token_set& tokens,
                   error cause) {
  const connection_record holder =
      co_await holder_of(scope, pending, {tokens, pending.record.tokens_at});
  pending.record.stage = pending_stage::failed;
  pending.record.failure = "profile_failed";
  pending.record.tokens.clear();
  commit_request batch;
  batch.expect(pending.key, pending.version);
  put_pending(scope, batch, pending);
  const auto job = revocation_for(scope, holder);
  if (job) queue_revocation(scope, batch, *job, scope.host.now());
  record_event(scope, batch, {"oauth.failed", cause}, subject_of(pending.record));
  const commit_reply stored = co_await commit_told(scope, std::move(batch));
  co_return stored.ok;
}

// put_off frees the record for runDue or the next callback of this browser.
task<bool> put_off(flow_scope& scope, located_pending& pending) {
  pending.record.attempts += 1;
  const int attempt =
      static_cast<int>(std::min<std::int64_t>(pending.record.attempts, finish_attempts_max));
  pending.record.owner.clear();
  pending.record.deadline = scope.host.now() + backoff_delay(finish_policy, attempt, 0);
  co_await save_pending(scope, pending);
  co_return false;
}

// give_up ends the authorization unless the provider may yet answer.
task<bool> give_up(flow_scope& scope, located_pending& pending, const token_set& tokens,
                   error cause) {
  const bool may_answer = kind_of(cause.code) == error_kind::transient;
  if (may_answer && pending.record.attempts < finish_attempts_max) {
    co_return co_await put_off(scope, pending);
  }
  co_return co_await abandon(scope, pending, tokens, cause);
}

}  // namespace

task<unit> revoke_unclaimed(flow_scope& scope, const located_pending& pending,
                            const issued_tokens& issued) {
  const connection_record holder = co_await holder_of(scope, pending, issued);
  co_return co_await revoke_later(scope, holder);
}

task<bool> finish_connection(flow_scope& scope, located_pending& pending) {
  const seal_place place{pending.record.organization, pending.key, "tokens", 0};
  const secret_string stored = co_await open_secret(scope, place, pending.record.tokens);
  const token_set tokens = co_await decode_tokens(stored.view());

  const configured_provider* target = scope.settings.find_provider(pending.record.provider);
  if (target == nullptr) co_return co_await put_off(scope, pending);
  auto profile = co_await attempt(fetch_account(scope, *target, tokens.access_token));
  if (!profile.ok()) co_return co_await give_up(scope, pending, tokens, profile.error());

  for (int attempt = 1; attempt <= save_attempts_max; ++attempt) {
    const bool saved = co_await save_grant(scope, pending, profile.value(), tokens);
    if (saved) co_return true;
    // Either the connection changed, and the next try builds on that, or the record is not ours
    // any more, and its new owner finishes it.
    located_pending seen = co_await load_pending(scope, pending.key);
    if (seen.record.owner != pending.record.owner) co_return false;
  }
  co_return error{error_code::conflict, error_reason::record_changed};
}

secret_string encode_tokens(const token_set& tokens) {
  return secret_string::take(encode_record(token_fields, tokens));
}

result<token_set> decode_tokens(std::string_view text) {
  return decode_record<token_set>(token_fields, text);
}

}  // namespace tenon
