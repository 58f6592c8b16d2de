#include "flows/refreshing.hpp"

#include <utility>

#include "encoding/base64.hpp"
#include "flows/events.hpp"
#include "flows/input.hpp"
#include "flows/token_call.hpp"
#include "flows/token_record.hpp"

namespace tenon {
namespace {

constexpr std::uint32_t owner_random_bytes = 12;
constexpr duration_ms poll_ms = 200;
constexpr duration_ms wait_ms_max = 12 * second_ms;
constexpr int save_attempts_max = 5;
constexpr duration_ms refused_pause_ms = 5 * minute_ms;

// check_refreshable says whether a refresh makes sense at all.
result<unit> check_refreshable(const connection_record& record, time_ms now) {
  switch (record.status) {
    case connection_status::disconnected:
      return error_code::account_not_found;
    case connection_status::inactive:
      return {error_code::forbidden, error_reason::inactive};
    case connection_status::expired:
      return {error_code::token_expired, error_reason::grant_revoked};
    case connection_status::active:
    case connection_status::error:
      break;
  }
  if (record.refresh_token.empty()) return error_code::no_refresh_token;
  if (record.refresh_after && now < *record.refresh_after) {
    return {error_code::configuration_error, error_reason::token_client_refused};
  }
  return unit{};
}

// held_lease is a lease that this caller won. reclaimed says that its last holder never came
// back: the refresh token may have been spent then (R40).
struct held_lease {
  std::string owner;
  bool reclaimed = false;
};

// take_lease writes a lease into a record that has no live one; an empty owner means that another
// caller was first.
task<held_lease> take_lease(flow_scope& scope, located_connection& connection) {
  const byte_string random = co_await scope.host.random_bytes(owner_random_bytes);
  held_lease held{encode_base64url(random), connection.record.lease.has_value()};
  const time_ms now = scope.host.now();
  connection.record.lease =
      refresh_lease{held.owner, connection.record.generation + 1, now, now + refresh_lease_ms};
  const bool won = co_await save_connection_record(scope, connection);
  co_return won ? held : held_lease{};
}

bool holds(const connection_record& record, const held_lease& held) {
  return record.lease && record.lease->owner == held.owner;
}

// store_refreshed writes new tokens while the lease is still ours; changes that others made to
// the record meanwhile stay (R42). A holder that lost its lease writes nothing (R38).
task<unit> store_refreshed(flow_scope& scope, located_connection& connection,
                           const held_lease& held, const refresh_answer& answer) {
  for (int attempt = 1; attempt <= save_attempts_max; ++attempt) {
    if (!holds(connection.record, held)) break;
    connection_record& record = connection.record;
    co_await store_pair(scope, record, answer.outcome.tokens, answer.requested_at);
    if (answer.outcome.tokens.scopes) record.scopes = *answer.outcome.tokens.scopes;
    record.status = connection_status::active;
    record.reason.clear();
    record.last_refresh_at = scope.host.now();
    const bool stored = co_await save_connection_record(scope, connection);
    if (stored) {
      emit_event(scope, "integration.refreshed", subject_of(record));
      co_return unit{};
    }
    connection = co_await reload(scope, connection.key);
  }
  co_return check_refreshable(connection.record, scope.host.now());
}

// note_failure keeps in the record what a failed refresh means for the next one.
void note_failure(connection_record& record, error cause, time_ms now) {
  if (cause.code == error_code::token_expired) {
    record.status = connection_status::expired;
    record.reason = name_of(cause.reason);
  }
  // Only the operator can mend this, so nobody asks again at once (R24).
  if (cause.reason == error_reason::token_client_refused)
    record.refresh_after = now + refused_pause_ms;
}

// release ends a lease without new tokens; false when it was not ours any more.
task<bool> release(flow_scope& scope, located_connection& connection, const held_lease& held,
                   error cause) {
  for (int attempt = 1; attempt <= save_attempts_max; ++attempt) {
    if (!holds(connection.record, held)) break;
    connection.record.lease.reset();
    note_failure(connection.record, cause, scope.host.now());
    const bool stored = co_await save_connection_record(scope, connection);
    if (stored) co_return true;
    connection = co_await reload(scope, connection.key);
  }
  co_return false;
}

error failure_of(const refresh_answer& answer) {
  const std::uint16_t status = answer.outcome.status;
  switch (answer.outcome.kind) {
    case token_class::retry:
    case token_class::ambiguous:
      return {status == 0 ? error_code::network_error : error_code::token_refresh_error,
              error_reason::none, status};
    case token_class::config_error:
      return {error_code::configuration_error, error_reason::token_client_refused, status};
    case token_class::protocol_error:
      return {error_code::provider_error, error_reason::token_protocol, status};
    default:
      return {error_code::provider_error, error_reason::token_rejected, status};
  }
}

// end_grant handles invalid_grant: a sibling may have won meanwhile, so the record is read once
// more before the connection is given up (R39).
task<unit> end_grant(flow_scope& scope, located_connection& connection, const held_lease& held,
                     const refresh_answer& answer) {
  located_connection seen = co_await reload(scope, connection.key);
  const bool moved = seen.record.generation > connection.record.generation;
  connection = std::move(seen);
  if (moved) co_return check_refreshable(connection.record, scope.host.now());
  const bool lost = held.reclaimed || answer.after_ambiguity;
  const error failure{error_code::token_expired,
                      lost ? error_reason::lost_rotation : error_reason::grant_revoked,
                      answer.outcome.status};
  const bool ended = co_await release(scope, connection, held, failure);
  // Whoever took the lease over decides; this caller may come again.
  if (!ended) co_return error_code::token_refresh_error;
  emit_event(scope, "integration.expired", subject_of(connection.record), failure);
  co_return failure;
}

// refresh_means is what a refresh needs besides the lease. It is gathered before the lease is
// taken, so that a token that cannot be opened holds nobody up.
struct refresh_means {
  const configured_provider* target;
  secret_string token;
  backoff_policy policy;
};

task<refresh_means> gather_means(flow_scope& scope, const connection_record& record,
                                 backoff_policy policy) {
  const configured_provider* target = co_await require_provider(scope, record.provider);
  secret_string token = co_await open_refresh_token(scope, record);
  co_return refresh_means{target, std::move(token), policy};
}

// spend_lease does the refresh that a lease allows, and leaves what came of it in connection.
task<unit> spend_lease(flow_scope& scope, located_connection& connection, const held_lease& held,
                       const refresh_means& means) {
  const refresh_answer answer =
      co_await spend_refresh_token(scope, *means.target, means.token, means.policy);
  if (answer.outcome.kind == token_class::ok) {
    co_return co_await store_refreshed(scope, connection, held, answer);
  }
  if (answer.outcome.kind == token_class::reauth_required) {
    co_return co_await end_grant(scope, connection, held, answer);
  }
  const error failure = failure_of(answer);
  co_await release(scope, connection, held, failure);
  emit_event(scope, "integration.error", subject_of(connection.record), failure);
  co_return failure;
}

}  // namespace

bool is_held(const connection_record& record, time_ms now) {
  return record.lease && now < record.lease->deadline;
}

task<located_connection> refresh_connection(flow_scope& scope, located_connection connection,
                                            backoff_policy policy) {
  const std::int64_t seen_generation = connection.record.generation;
  const time_ms give_up_at = scope.host.now() + wait_ms_max;
  while (true) {
    const bool moved = connection.record.generation > seen_generation;
    const bool gone = connection.record.status == connection_status::disconnected;
    if (moved && !gone) co_return connection;
    co_await check_refreshable(connection.record, scope.host.now());
    if (!is_held(connection.record, scope.host.now())) {
      const refresh_means means = co_await gather_means(scope, connection.record, policy);
      const held_lease held = co_await take_lease(scope, connection);
      if (!held.owner.empty()) {
        co_await spend_lease(scope, connection, held, means);
        co_return connection;
      }
    } else if (scope.host.now() >= give_up_at) {
      co_return error_code::token_refresh_error;
    } else {
      co_await scope.host.sleep(poll_ms);
    }
    connection = co_await reload(scope, connection.key);
  }
}

}  // namespace tenon
