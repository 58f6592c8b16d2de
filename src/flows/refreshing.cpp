#include "flows/refreshing.hpp"

#include <algorithm>
#include <utility>

#include "flows/destination.hpp"
#include "flows/events.hpp"
#include "flows/freshness.hpp"
#include "flows/input.hpp"
#include "flows/key_ring.hpp"
#include "flows/lease.hpp"
#include "flows/new_pair.hpp"
#include "flows/token_call.hpp"
#include "flows/token_record.hpp"

namespace tenon {
namespace {

constexpr std::int64_t seals_of_a_pair = 2;
constexpr duration_ms poll_ms = 200;
constexpr duration_ms wait_ms_max = 12 * second_ms;
// A clock that was set back stands still for a flow: time alone would let it wait for long.
constexpr int polls_max = wait_ms_max / poll_ms;

// check_status says whether a connection may be used with the tokens it has.
result<unit> check_status(const connection_record& record) {
  switch (record.status) {
    case connection_status::disconnected:
      return error_code::account_not_found;
    case connection_status::inactive:
      return {error_code::forbidden, error_reason::inactive};
    case connection_status::expired:
      return ended(record);
    case connection_status::active:
    case connection_status::error:
      break;
  }
  return unit{};
}

// check_refreshable says whether a refresh makes sense now, and when it will if it does not.
result<unit> check_refreshable(flow_scope& scope, const connection_record& record, bool force) {
  const auto usable = check_status(record);
  if (!usable.ok()) return usable.error();
  if (record.refresh_token.empty()) return error_code::no_refresh_token;
  // A storage that took none of these would not take another pair either.
  if (scope.memory.held.size() >= held_pairs_max) {
    return {error_code::database_error, error_reason::pair_held};
  }
  const duration_ms wait = cool_down_left(record, scope.host.now());
  if (wait == 0) return unit{};
  const refresh_trouble& trouble = record.trouble;
  if (force && !trouble.forced && !trouble.refused) return unit{};
  scope.retry_after = wait;
  if (trouble.refused) return {error_code::configuration_error, error_reason::token_client_refused};
  return {error_code::token_refresh_error, error_reason::cooling_down};
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

// refresh_means is what a refresh needs besides the lease. It is gathered before the lease is
// taken, so that a token that cannot be opened holds nobody up.
struct refresh_means {
  const configured_provider* target;
  destination host;
  secret_string token;
  secret_string spare;  // "" when there is none
  backoff_policy policy;
};

task<refresh_means> gather_means(flow_scope& scope, const connection_record& record,
                                 backoff_policy policy) {
  const configured_provider* target = co_await require_provider(scope, record.provider);
  secret_string token = co_await open_refresh_token(scope, record);
  secret_string spare = co_await open_spare(scope, record);
  // Nothing but the sealing itself may stand between the provider's answer and the commit.
  co_await reserve_seals(scope, seals_of_a_pair);
  destination host = co_await enter_destination(scope, record, *target);
  co_return refresh_means{target, std::move(host), std::move(token), std::move(spare), policy};
}

// refresh_work is one refresh under a lease.
struct refresh_work {
  located_connection& connection;
  const held_lease& lease;
  refresh_means& means;
};

// try_spare spends the refresh token of a pair that came too late, when the current one is dead.
task<refresh_answer> try_spare(flow_scope& scope, const refresh_work& work, refresh_answer answer) {
  if (work.means.spare.empty()) co_return answer;
  if (scope.host.now() >= last_start(work.lease)) {
    // No time is left for the spare: nothing is over before it was tried.
    answer.outcome.kind = token_class::retry;
    co_return answer;
  }
  refresh_call once{*work.means.target, work.means.host, work.means.policy, 0};
  once.policy.attempts_max = 1;
  refresh_answer second = co_await spend_refresh_token(scope, once, work.means.spare);
  second.maybe_spent = second.maybe_spent || answer.maybe_spent;
  second.attempts += answer.attempts;
  // An answer without a refresh token means that the one it was asked with goes on: the spare.
  auto& tokens = second.outcome.tokens;
  if (tokens.refresh_token.empty()) tokens.refresh_token = work.means.spare.view();
  co_return second;
}

// end_grant handles invalid_grant: a sibling may have won meanwhile, so the record is read once
// more before the connection is given up (R39).
task<unit> end_grant(flow_scope& scope, const refresh_work& work, const refresh_answer& answer) {
  work.connection = co_await reload(scope, work.connection.key);
  const connection_record& record = work.connection.record;
  const bool lost = work.lease.reclaimed || answer.maybe_spent || record.trouble.maybe_spent;
  const error failure{error_code::token_expired,
                      lost ? error_reason::lost_rotation : error_reason::grant_revoked,
                      answer.outcome.status};
  const failed_refresh failed{failure, 0, lost, answer.attempts};
  const bool noted = co_await release_failed(scope, work.connection, work.lease, failed);
  if (record.generation > work.lease.seen) co_return check_status(record);
  // Whoever took the lease over decides, or a spare token does; this caller may come again.
  if (!noted || record.status != connection_status::expired) {
    co_return error_code::token_refresh_error;
  }
  co_return failure;
}

task<unit> put_off(flow_scope& scope, const refresh_work& work, const refresh_answer& answer) {
  const error failure = failure_of(answer);
  const bool maybe_spent = work.lease.reclaimed || answer.maybe_spent;
  const failed_refresh failed{failure, answer.asked_ms, maybe_spent, answer.attempts};
  const bool released = co_await release_failed(scope, work.connection, work.lease, failed);
  if (!released) {
    emit_event(scope, {"integration.error", failure, answer.attempts},
               subject_of(work.connection.record));
  }
  const duration_ms wait = cool_down_left(work.connection.record, scope.host.now());
  if (wait > 0) scope.retry_after = wait;
  co_return failure;
}

// spend_lease does the refresh that a lease allows, and leaves what came of it in connection.
task<unit> spend_lease(flow_scope& scope, const refresh_work& work) {
  // A lease that took long to get may be over before an answer comes: runDue takes it up again.
  if (scope.host.now() >= last_start(work.lease)) {
    co_await leave_destination(scope, work.means.host);
    co_return error_code::token_refresh_error;
  }
  const refresh_call call{*work.means.target, work.means.host, work.means.policy,
                          last_start(work.lease)};
  refresh_answer answer = co_await spend_refresh_token(scope, call, work.means.token);
  if (answer.outcome.kind == token_class::reauth_required) {
    answer = co_await try_spare(scope, work, std::move(answer));
  }
  if (answer.outcome.kind == token_class::ok) {
    co_await store_refreshed(scope, work.connection, work.lease, answer);
    co_await note_well(scope, work.means.host, answer.asked_ms);
    co_return check_status(work.connection.record);
  }
  if (answer.outcome.kind == token_class::reauth_required) {
    co_return co_await end_grant(scope, work, answer);
  }
  co_return co_await put_off(scope, work, answer);
}

}  // namespace

task<located_connection> refresh_connection(flow_scope& scope, located_connection connection,
                                            refresh_options options) {
  const std::int64_t seen_generation = connection.record.generation;
  const time_ms give_up_at = scope.host.now() + wait_ms_max;
  int polls = 0;
  while (true) {
    const connection_record& record = connection.record;
    const bool moved = record.generation > seen_generation;
    const bool gone = record.status == connection_status::disconnected;
    if (moved && !gone) co_return connection;
    co_await check_refreshable(scope, record, options.force);
    if (!is_held(scope, record)) {
      const bool cooling = cool_down_left(record, scope.host.now()) > 0;
      refresh_means means = co_await gather_means(scope, record, options.policy);
      const auto lease = co_await attempt(take_lease(scope, connection, cooling));
      if (lease.ok() && !lease.value().owner.empty()) {
        const lease_in_flight mark(scope.memory, lease.value());
        const refresh_work work{connection, lease.value(), means};
        co_await spend_lease(scope, work);
        co_return connection;
      }
      co_await leave_destination(scope, means.host);
      if (!lease.ok()) co_return lease.error();
    } else if (!options.wait || polls == polls_max || scope.host.now() >= give_up_at) {
      co_return error_code::token_refresh_error;
    } else {
      ++polls;
      co_await scope.host.sleep(poll_ms);
    }
    connection = co_await reload(scope, connection.key);
  }
}

}  // namespace tenon
