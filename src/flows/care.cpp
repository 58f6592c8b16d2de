#include "flows/care.hpp"

#include <algorithm>
#include <utility>

#include "flows/events.hpp"
#include "flows/finish.hpp"
#include "flows/freshness.hpp"
#include "flows/health.hpp"
#include "flows/refreshing.hpp"

namespace tenon {
namespace {

// What tells runDue to remove the row that led here.
constexpr error gone{error_code::account_not_found};

constexpr duration_ms late_ms = 5 * minute_ms;
constexpr duration_ms spread_ms = 10 * minute_ms;
// A connection whose care fails before anything could be noted in its record.
constexpr duration_ms put_off_ms = hour_ms;

// reschedule writes the record with its due row where it belongs, but not before a time. Whoever
// wrote the record meanwhile has done the same.
task<unit> reschedule(flow_scope& scope, located_connection& connection, time_ms not_before) {
  connection.record.updated_at = scope.host.now();
  commit_request batch;
  batch.expect(connection.key, connection.version);
  put_connection(scope, batch, connection, not_before);
  co_await scope.host.commit(std::move(batch));
  co_return unit{};
}

// expire ends a connection that has run out and cannot be refreshed.
task<bool> expire(flow_scope& scope, located_connection& connection) {
  connection_record& record = connection.record;
  const error cause{error_code::token_expired, error_reason::token_ran_out};
  record.status = connection_status::expired;
  record.reason = name_of(cause.reason);
  co_await save_connection_record(scope, connection, {"integration.expired", cause});
  co_return true;
}

// announce_end tells once that the refresh token's life ends soon and a refresh did not renew it.
task<unit> announce_end(flow_scope& scope, located_connection& connection) {
  connection_record& record = connection.record;
  if (!record.end_notice_at || scope.host.now() < *record.end_notice_at) co_return unit{};
  record.end_notice_at.reset();
  constexpr error notice{error_code::none, error_reason::refresh_token_ends};
  co_await save_connection_record(scope, connection, {"integration.health_changed", notice});
  co_return unit{};
}

// is_for_check says that a health check is what a connection is due for; a refresh or an end goes
// first, and says more.
bool is_for_check(const flow_scope& scope, const connection_record& record) {
  const time_ms now = scope.host.now();
  const bool noticed = record.end_notice_at && *record.end_notice_at <= now;
  if (record.lease || noticed || refresh_is_due(record, now)) return false;
  return next_check_at(scope.settings, record, now) <= now;
}

task<bool> refresh_ahead(flow_scope& scope, located_connection connection) {
  const std::string key = connection.key;
  auto refreshed = co_await attempt(
      refresh_connection(scope, std::move(connection), {refresh_policy, false, false}));
  if (refreshed.ok()) {
    co_await announce_end(scope, refreshed.value());
    co_return true;
  }
  located_connection seen = co_await reload(scope, key);
  const auto next = next_care_at(scope.settings, seen.record, scope.host.now());
  const bool overdue = next && *next <= scope.host.now();
  if (overdue) {
    const duration_ms wait = scope.retry_after.value_or(put_off_ms);
    co_await reschedule(scope, seen, scope.host.now() + wait);
  }
  scope.retry_after.reset();
  co_return false;
}

// replace_stray gives a connection its own row back whose row was moved on without it, as happens
// to one that could not be read for a while. A row from before was overtaken by another runDue.
task<unit> replace_stray(flow_scope& scope, located_connection& connection, time_ms stray_at) {
  auto& due_at = connection.record.due_at;
  if (!due_at || *due_at > stray_at) co_return unit{};
  due_at.reset();
  co_await reschedule(scope, connection, 0);
  co_return unit{};
}

}  // namespace

task<bool> care_for(flow_scope& scope, std::string key, time_ms due_at) {
  located_connection connection = co_await reload(scope, std::move(key));
  const connection_record& record = connection.record;
  scope.call.organization = record.organization;
  if (record.due_at != due_at) {
    co_await replace_stray(scope, connection, due_at);
    co_return gone;
  }
  const time_ms now = scope.host.now();
  const auto care_at = next_care_at(scope.settings, record, now);
  if (!care_at || *care_at > now) {
    co_await reschedule(scope, connection, 0);
    co_return true;
  }
  if (!record.lease && now - due_at > late_ms) {
    // While the old token still works, half of what is left of its time at most.
    const bool valid = record.expires_at && *record.expires_at > now;
    const duration_ms left = valid ? (*record.expires_at - now) / 2 : spread_ms;
    co_await reschedule(scope, connection, now + 1 + spread_of(record, std::min(left, spread_ms)));
    co_return true;
  }
  if (is_for_check(scope, record)) {
    co_await check_connection(scope, std::move(connection));
    co_return true;
  }
  if (record.refresh_token.empty()) co_return co_await expire(scope, connection);
  co_return co_await refresh_ahead(scope, std::move(connection));
}

task<bool> finish_later(flow_scope& scope, std::string key) {
  located_pending pending = co_await load_pending(scope, std::move(key));
  scope.call.organization = pending.record.organization;
  const bool waits = pending.record.stage == pending_stage::exchanged &&
                     pending.record.deadline <= scope.host.now();
  if (!waits) co_return gone;
  const bool won = co_await take_pending(scope, pending);
  if (!won) co_return true;
  co_return co_await finish_connection(scope, pending);
}

}  // namespace tenon
