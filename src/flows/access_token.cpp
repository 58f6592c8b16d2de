#include <algorithm>
#include <utility>

#include "crypto/constant_time.hpp"
#include "flows/connection.hpp"
#include "flows/freshness.hpp"
#include "flows/lease.hpp"
#include "flows/refreshing.hpp"
#include "flows/steps.hpp"
#include "flows/token_record.hpp"

namespace tenon {
namespace {

constexpr std::size_t token_bytes_max = 16 * 1024;
constexpr int rounds_max = 2;
// An API that refuses a younger token refuses the grant, and says nothing about lifetimes.
constexpr duration_ms lifetime_ms_min = 5 * minute_ms;

// check_usable refuses a connection whose token must not be handed out. One whose grant has ended
// is used up while its access token lasts.
result<unit> check_usable(const connection_record& record, time_ms now) {
  if (record.status == connection_status::disconnected) return error_code::account_not_found;
  if (record.status == connection_status::inactive) {
    return {error_code::forbidden, error_reason::inactive};
  }
  if (record.status == connection_status::expired && !still_valid(record, now)) {
    return {error_code::token_expired, error_reason::grant_revoked};
  }
  return unit{};
}

// is_refused says that the caller names the current token as the one that an API answered 401 to.
task<bool> is_refused(flow_scope& scope, const connection_record& record,
                      std::string_view rejected) {
  if (rejected.empty()) co_return false;
  const secret_string current = co_await open_access_token(scope, record);
  co_return constant_time_equal(current.bytes(), as_bytes(rejected));
}

// learn_lifetime notes how long a token lasted where the provider never says.
void learn_lifetime(connection_record& record, time_ms now) {
  const duration_ms age = now - record.issued_at;
  if (record.expires_at || age < lifetime_ms_min) return;
  const std::int64_t seconds = age / second_ms;
  record.learned_lifetime_s = std::min(seconds, record.learned_lifetime_s.value_or(seconds));
}

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

// freshened gives a connection whose token may be handed out. Inside the margin the old token is
// used at once, and runDue refreshes behind the caller.
task<located_connection> freshened(flow_scope& scope, located_connection connection, bool force) {
  const connection_record& record = connection.record;
  const time_ms now = scope.host.now();
  if (force) co_return co_await refreshed_now(scope, std::move(connection), true);
  const expiry_action action = expiry_of(record, now).action;
  const bool valid = still_valid(record, now);
  const bool ended = record.status == connection_status::expired;
  if (ended || action == expiry_action::use) co_return connection;
  if (action == expiry_action::reconnect) co_return error_code::token_expired;
  const bool cooling = now < record.refresh_after.value_or(0);
  if (valid && (cooling || is_held(record, now))) co_return connection;
  if (valid && record.due_at && scope.settings.refresh_ahead) {
    scope.host.wake(now);
    co_return connection;
  }
  co_return co_await refreshed_now(scope, std::move(connection), false);
}

// write_key_rules tells how the provider wants its key in a call.
void write_key_rules(json_writer& json, const flow_scope& scope, const connection_record& record) {
  const configured_provider* target = scope.settings.find_provider(record.provider);
  if (target == nullptr) return;
  json.member("header", target->entry.key_header);
  json.member("scheme", target->entry.key_scheme);
}

}  // namespace

task<std::string> access_token_flow(flow_scope& scope, const json_value& input) {
  const std::string_view rejected = input.text("rejectedToken");
  if (rejected.size() > token_bytes_max) {
    co_return error{error_code::validation_error, error_reason::too_large};
  }
  located_connection connection = co_await find_connection(scope, input);
  co_await check_usable(connection.record, scope.host.now());
  const bool refused = co_await is_refused(scope, connection.record, rejected);
  if (refused) learn_lifetime(connection.record, scope.host.now());
  bool force = refused || input.flag("force");
  for (int round = 1; round <= rounds_max; ++round) {
    connection = co_await freshened(scope, std::move(connection), force);
    if (still_valid(connection.record, scope.host.now())) break;
    // A short token can run out while it is waited for.
    force = false;
  }
  const connection_record& record = connection.record;
  const secret_string token = co_await open_access_token(scope, record);
  if (!still_valid(record, scope.host.now())) co_return error_code::token_refresh_error;

  json_writer json;
  json.begin_object();
  json.member("accessToken", token.view());
  json.member("tokenType", record.token_type);
  json.member_or_null("expiresAt", record.expires_at);
  json.member("connectionId", record.id);
  if (record.auth == auth_kind::api_key) write_key_rules(json, scope, record);
  json.end_object();
  co_return json.take();
}

}  // namespace tenon
