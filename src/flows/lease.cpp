#include "flows/lease.hpp"

#include <algorithm>
#include <utility>

#include "encoding/base64.hpp"
#include "flows/freshness.hpp"
#include "retry/backoff.hpp"

namespace tenon {
namespace {

constexpr std::uint32_t owner_random_bytes = 12;
constexpr int save_attempts_max = 20;
// One exchange has 10 s; the rest is for clocks that differ a little.
constexpr duration_ms exchange_ms = 12 * second_ms;
constexpr duration_ms refused_pause_ms = 5 * minute_ms;
// How long all callers leave a failing provider alone (R43).
constexpr backoff_policy cool_down_policy{1, 30 * second_ms,    15 * minute_ms,
                                          2, jitter_kind::none, 0};
constexpr int failures_counted_max = 20;

std::int64_t spare_of(const connection_record& record) {
  return record.spare ? record.spare->generation : 0;
}

// cool_down gives how long nobody tries again: longer with every failure in a row, never less than
// the provider asked for, and not the same for all connections.
duration_ms cool_down(const connection_record& record, duration_ms asked_ms) {
  const int failures =
      static_cast<int>(std::min<std::int64_t>(record.trouble.failures, failures_counted_max));
  const duration_ms pause = backoff_delay(cool_down_policy, failures, 0);
  return std::max(asked_ms, pause) + spread_of(record, pause / 4);
}

void note_failure(connection_record& record, const failed_refresh& failure, time_ms now) {
  refresh_trouble& trouble = record.trouble;
  trouble.maybe_spent = trouble.maybe_spent || failure.maybe_spent;
  if (failure.cause.code == error_code::token_expired) {
    record.status = connection_status::expired;
    record.reason = name_of(failure.cause.reason);
    return;
  }
  trouble.failures += 1;
  // Only the operator can mend this, so nobody asks again at once (R24).
  trouble.refused = failure.cause.reason == error_reason::token_client_refused;
  record.refresh_after =
      now + (trouble.refused ? refused_pause_ms : cool_down(record, failure.asked_ms));
}

news told(const failed_refresh& failure) {
  const bool ended = failure.cause.code == error_code::token_expired;
  return {ended ? "integration.expired" : "integration.error", failure.cause, failure.attempts};
}

}  // namespace

bool is_held(const flow_scope& scope, const connection_record& record) {
  if (!record.lease) return false;
  const std::vector<std::string>& own = scope.memory.leases;
  if (std::find(own.begin(), own.end(), record.lease->owner) != own.end()) return true;
  const time_ms now = scope.host.now();
  return record.lease->deadline > now && is_believed(*record.lease, now);
}

bool is_believed(const refresh_lease& lease, time_ms now) {
  return lease.deadline <= now + lease_ms + clock_skew_ms;
}

lease_in_flight::lease_in_flight(service_memory& memory, const held_lease& lease)
    : memory_(memory), owner_(lease.owner) {
  memory_.leases.push_back(owner_);
}

lease_in_flight::~lease_in_flight() { std::erase(memory_.leases, owner_); }

time_ms last_start(const held_lease& lease) { return lease.deadline - exchange_ms; }

bool holds(const connection_record& record, const held_lease& lease) {
  return record.lease && record.lease->owner == lease.owner;
}

task<held_lease> take_lease(flow_scope& scope, located_connection& connection, bool forced) {
  const byte_string random = co_await scope.host.random_bytes(owner_random_bytes);
  connection_record& record = connection.record;
  const time_ms now = scope.host.now();
  record.fence = next_fence(record);
  held_lease lease{encode_base64url(random), record.fence,      now + lease_ms,
                   record.lease.has_value(), record.generation, spare_of(record)};
  record.lease = refresh_lease{lease.owner, lease.fence, now, lease.deadline};
  record.trouble.forced = forced;
  const bool won = co_await save_connection_record(scope, connection);
  co_return won ? lease : held_lease{};
}

task<bool> release_failed(flow_scope& scope, located_connection& connection,
                          const held_lease& lease, failed_refresh failure) {
  for (int attempt = 1; attempt <= save_attempts_max; ++attempt) {
    if (!holds(connection.record, lease)) break;
    connection_record& record = connection.record;
    const bool renewed = record.generation > lease.seen;
    const bool ends = failure.cause.code == error_code::token_expired;
    const bool may_yet = ends && spare_of(record) > lease.spare_seen;
    if (may_yet) failure.cause = error{error_code::token_refresh_error};
    record.lease.reset();
    if (!renewed) note_failure(record, failure, scope.host.now());
    const bool stored =
        co_await save_connection_record(scope, connection, renewed ? news{} : told(failure));
    if (stored) co_return !renewed;
    connection = co_await reload(scope, connection.key);
  }
  co_return false;
}

}  // namespace tenon
