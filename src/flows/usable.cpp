#include "flows/usable.hpp"

#include <algorithm>
#include <utility>

#include "flows/freshness.hpp"
#include "flows/lease.hpp"
#include "flows/refreshing.hpp"

namespace tenon {
namespace {

// An API that refuses a younger token refuses the grant, and says nothing about lifetimes.
constexpr duration_ms lifetime_ms_min = 5 * minute_ms;
// A due row further ahead than work is ever put off was put there by a clock that jumped.
constexpr duration_ms put_off_ms_max = hour_ms;

// refreshed_now waits for a refresh; while the old token lasts, one that fails is no reason to
// refuse, and with a token in hand nobody waits for a series of tries.
task<located_connection> refreshed_now(flow_scope& scope, located_connection connection,
                                       bool force) {
  const bool valid = still_valid(connection.record, scope.host.now());
  refresh_options options{refresh_policy, force};
  if (valid) options.policy.attempts_max = 1;
  auto refreshed = co_await attempt(refresh_connection(scope, connection, options));
  if (refreshed.ok()) co_return std::move(refreshed).value();
  if (force || !still_valid(connection.record, scope.host.now())) co_return refreshed.error();
  scope.retry_after.reset();
  co_return connection;
}

}  // namespace

result<unit> check_usable(const connection_record& record, time_ms now) {
  if (record.status == connection_status::disconnected) return error_code::account_not_found;
  if (record.status == connection_status::inactive) {
    return {error_code::forbidden, error_reason::inactive};
  }
  if (record.status == connection_status::expired && !still_valid(record, now)) {
    return ended(record);
  }
  return unit{};
}

void learn_lifetime(connection_record& record, time_ms now) {
  const duration_ms age = now - record.issued_at;
  if (record.expires_at || age < lifetime_ms_min) return;
  const std::int64_t seconds = age / second_ms;
  record.learned_lifetime_s = std::min(seconds, record.learned_lifetime_s.value_or(seconds));
}

task<located_connection> freshened(flow_scope& scope, located_connection connection,
                                   freshness wanted) {
  const connection_record& record = connection.record;
  const time_ms now = scope.host.now();
  if (wanted == freshness::newer)
    co_return co_await refreshed_now(scope, std::move(connection), true);
  const expiry_action action = expiry_of(record, now).action;
  const bool valid = still_valid(record, now);
  const bool ended = record.status == connection_status::expired;
  if (ended || action == expiry_action::use) co_return connection;
  if (action == expiry_action::reconnect) co_return error_code::token_expired;
  const bool cooling = cool_down_left(record, now) > 0;
  if (valid && (cooling || is_held(scope, record))) co_return connection;
  const bool is_due = record.due_at && *record.due_at <= now + put_off_ms_max;
  if (valid && is_due && scope.settings.refresh_ahead) {
    scope.host.wake(now);
    co_return connection;
  }
  co_return co_await refreshed_now(scope, std::move(connection), false);
}

}  // namespace tenon
