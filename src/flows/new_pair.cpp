#include "flows/new_pair.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "flows/events.hpp"
#include "flows/revocation.hpp"
#include "flows/token_record.hpp"

namespace tenon {
namespace {

constexpr int lost_races_max = 20;
constexpr int failed_writes_max = 3;
constexpr duration_ms flush_after_ms = second_ms;
constexpr backoff_policy write_policy{failed_writes_max, 100, second_ms, 2, jitter_kind::full, 0};

// carry_pair puts the pair of one record into another of the same connection.
void carry_pair(const connection_record& from, connection_record& to) {
  to.access_token = from.access_token;
  to.refresh_token = from.refresh_token;
  to.token_type = from.token_type;
  to.issued_at = from.issued_at;
  to.expires_at = from.expires_at;
  to.refresh_expires_at = from.refresh_expires_at;
  to.scopes = from.scopes;
  to.generation = from.generation;
  to.last_refresh_at = from.last_refresh_at;
  // What else may be wrong, a refresh does not mend.
  if (to.status == connection_status::expired) {
    to.status = connection_status::active;
    to.reason.clear();
  }
  to.refresh_after.reset();
  to.trouble = {};
  to.spare.reset();
  to.end_notice_at = from.end_notice_at;
  // Another holder's lease stays: its tokens will be newer than these.
  if (to.lease && to.lease->generation <= from.generation) to.lease.reset();
}

// set_aside keeps the refresh token of a pair that came too late. There is room for one: of two,
// the older is to be revoked.
task<bool> set_aside(flow_scope& scope, located_connection& connection, const held_pair& pair) {
  const connection_record& record = connection.record;
  const std::int64_t kept = record.spare ? record.spare->generation : 0;
  if (pair.record.refresh_token.empty() || kept == pair.record.generation) co_return true;
  if (kept > pair.record.generation) {
    co_await revoke_later(scope, pair.record);
    co_return true;
  }
  commit_request batch;
  const auto older = spare_revocation_for(scope, record);
  if (older) queue_revocation(scope, batch, *older, scope.host.now());
  located_connection next = connection;
  next.record.spare = spare_token{pair.record.generation, pair.record.refresh_token};
  const bool stored = co_await save_connection_record(scope, next, {}, std::move(batch));
  if (stored) connection = std::move(next);
  co_return stored;
}

news refreshed(const held_pair& pair) {
  return {.type = "integration.refreshed", .attempts = pair.attempts};
}

task<bool> write_pair(flow_scope& scope, located_connection& connection, const held_pair& pair) {
  located_connection next = connection;
  carry_pair(pair.record, next.record);
  const bool stored = co_await save_connection_record(scope, next, refreshed(pair));
  if (stored) connection = std::move(next);
  co_return stored;
}

// offer makes one try to find a place for a pair; false when the record changed meanwhile. It is
// told when the pair is the connection's own.
task<bool> offer(flow_scope& scope, located_connection& connection, const held_pair& pair) {
  const connection_record& seen = connection.record;
  // Of an authorization that another one has replaced, also after a disconnect in between.
  const bool is_replaced = pair.record.generation < seen.grant;
  if (seen.status == connection_status::disconnected || is_replaced) {
    co_await revoke_later(scope, pair.record);
    co_return true;
  }
  if (seen.generation == pair.record.generation) {
    // An earlier write arrived although its reply did not, and its event with it.
    emit_event(scope, refreshed(pair), subject_of(seen));
    co_return true;
  }
  bool settled = false;
  if (seen.generation > pair.record.generation) {
    settled = co_await set_aside(scope, connection, pair);
  } else {
    settled = co_await write_pair(scope, connection, pair);
  }
  co_return settled;
}

// settle_pair offers a pair until it has a place; what fails is storage.
task<unit> settle_pair(flow_scope& scope, located_connection& connection, const held_pair& pair) {
  for (int race = 1; race <= lost_races_max; ++race) {
    const bool settled = co_await offer(scope, connection, pair);
    if (settled) co_return unit{};
    connection = co_await reload_stored(scope, connection.key);
  }
  co_return error{error_code::database_error, error_reason::record_changed};
}

// hold keeps a pair that storage would not take, and has runDue write it later.
void hold(flow_scope& scope, located_connection& connection, held_pair pair) {
  // A newer pair may have been stored meanwhile: this one then only waits to be kept aside.
  const bool newer = pair.record.generation > connection.record.generation;
  if (newer) carry_pair(pair.record, connection.record);
  constexpr error cause{error_code::database_error, error_reason::pair_held};
  emit_event(scope, {"integration.error", cause, pair.attempts}, subject_of(connection.record));
  scope.memory.held.push_back(std::move(pair));
  scope.host.wake(scope.host.now() + flush_after_ms);
}

task<held_pair> make_pair(flow_scope& scope, const located_connection& connection,
                          std::int64_t fence, const refresh_answer& answer) {
  held_pair pair{connection.key, connection.record, answer.attempts};
  co_await store_pair(scope, pair.record, {answer.outcome.tokens, answer.requested_at}, fence);
  if (answer.outcome.tokens.scopes) pair.record.scopes = *answer.outcome.tokens.scopes;
  pair.record.last_refresh_at = scope.host.now();
  co_return pair;
}

// flush_one finds a place for one held pair; one whose connection is gone is revoked.
task<unit> flush_one(flow_scope& scope, const held_pair& pair) {
  auto found = co_await attempt(reload_stored(scope, pair.key));
  const bool gone = !found.ok() && found.error().code == error_code::account_not_found;
  if (gone) co_return co_await revoke_later(scope, pair.record);
  if (!found.ok()) co_return found.error();
  located_connection connection = std::move(found).value();
  co_return co_await settle_pair(scope, connection, pair);
}

void forget(service_memory& memory, const held_pair& pair) {
  std::erase_if(memory.held, [&](const held_pair& each) {
    return each.key == pair.key && each.record.generation == pair.record.generation;
  });
}

}  // namespace

task<unit> store_refreshed(flow_scope& scope, located_connection& connection,
                           const held_lease& lease, const refresh_answer& answer) {
  held_pair pair = co_await make_pair(scope, connection, lease.fence, answer);
  for (int attempt_count = 1; attempt_count <= failed_writes_max; ++attempt_count) {
    const auto settled = co_await attempt(settle_pair(scope, connection, pair));
    if (settled.ok()) co_return unit{};
    const bool gone = settled.error().code == error_code::account_not_found;
    if (gone) co_return settled.error();
    co_await pause(scope, write_policy, attempt_count, 0);
  }
  hold(scope, connection, std::move(pair));
  co_return unit{};
}

task<unit> flush_held(flow_scope& scope) {
  // A copy, because other flows may add to the list while this one waits.
  const std::vector<held_pair> held = scope.memory.held;
  error failure{};
  for (const held_pair& pair : held) {
    scope.call.organization = pair.record.organization;
    const auto flushed = co_await attempt(flush_one(scope, pair));
    if (flushed.ok()) forget(scope.memory, pair);
    if (!flushed.ok()) failure = flushed.error();
  }
  if (failure.code != error_code::none) co_return failure;
  co_return unit{};
}

located_connection with_held(const flow_scope& scope, located_connection connection) {
  for (const held_pair& pair : scope.memory.held) {
    const bool newer = pair.record.generation > connection.record.generation;
    const bool ended = connection.record.status == connection_status::disconnected;
    if (pair.key == connection.key && newer && !ended) carry_pair(pair.record, connection.record);
  }
  return connection;
}

}  // namespace tenon
