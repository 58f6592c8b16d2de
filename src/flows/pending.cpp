#include "flows/pending.hpp"

#include <utility>

#include "encoding/base64.hpp"
#include "flows/due_row.hpp"
#include "flows/lease.hpp"
#include "flows/token_call.hpp"
#include "vault/storage_keys.hpp"

namespace tenon {
namespace {

constexpr std::uint32_t owner_random_bytes = 12;
// How long an owner is believed alive: the longest exchange (exchange_tries_ms, a pause of at most
// 5 s, one exchange of 10 s), so that a live owner is never overtaken with the code in flight.
constexpr duration_ms exchange_allowance_ms = exchange_tries_ms + 15 * second_ms;

std::string_view nonce_of(std::string_view key) { return key.substr(key.find('/') + 1); }

}  // namespace

task<located_pending> load_pending(flow_scope& scope, std::string key) {
  get_reply found = co_await scope.host.get(key);
  constexpr error unknown{error_code::invalid_state, error_reason::state_unknown};
  if (found.size() != 1 || !found[0]) co_return unknown;
  pending_record record = co_await decode_pending(found[0]->value);
  if (record.expires_at <= scope.host.now()) {
    co_return error{error_code::invalid_state, error_reason::state_expired};
  }
  co_return located_pending{std::move(key), std::move(found[0]->version), std::move(record)};
}

task<bool> save_pending(flow_scope& scope, located_pending& pending, news what) {
  commit_request batch;
  batch.expect(pending.key, pending.version);
  put_pending(scope, batch, pending);
  record_event(scope, batch, what, subject_of(pending.record));
  commit_reply stored = co_await commit_told(scope, std::move(batch));
  if (!stored.ok) co_return false;
  pending.version = std::move(stored.version);
  co_return true;
}

void put_pending(flow_scope& scope, commit_request& batch, located_pending& pending) {
  pending_record& record = pending.record;
  std::optional<time_ms> due_at;
  if (record.stage == pending_stage::exchanged) due_at = record.deadline;
  const due_row row{finish_kind, nonce_of(pending.key), pending.key, record.due_at};
  move_due_row(scope, batch, row, due_at);
  batch.put(pending.key, encode_pending(record), record.expires_at);
}

bool is_owned(const pending_record& record, time_ms now) {
  const duration_ms left = record.deadline - now;
  return !record.owner.empty() && left > 0 && left <= exchange_allowance_ms + clock_skew_ms;
}

task<bool> take_pending(flow_scope& scope, located_pending& pending) {
  const byte_string random = co_await scope.host.random_bytes(owner_random_bytes);
  if (pending.record.stage == pending_stage::open) pending.record.stage = pending_stage::taken;
  pending.record.owner = encode_base64url(random);
  pending.record.deadline = scope.host.now() + exchange_allowance_ms;
  pending.record.verifier.clear();
  co_return co_await save_pending(scope, pending);
}

event_subject subject_of(const pending_record& record) {
  return {record.user, record.provider, record.connection_id};
}

task<bool> fail_pending(flow_scope& scope, located_pending& pending, std::string shown_code,
                        error cause) {
  pending.record.stage = pending_stage::failed;
  pending.record.failure = std::move(shown_code);
  pending.record.verifier.clear();
  pending.record.tokens.clear();
  co_return co_await save_pending(scope, pending, {"oauth.failed", cause});
}

}  // namespace tenon
