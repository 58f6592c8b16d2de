#include <utility>

#include "flows/connection.hpp"
#include "flows/freshness.hpp"
#include "flows/refreshing.hpp"
#include "flows/steps.hpp"
#include "flows/token_record.hpp"

namespace tenon {
namespace {

bool still_valid(const connection_record& record, time_ms now) {
  return !record.expires_at || now < *record.expires_at;
}

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

// freshened gives a connection whose token may be handed out: refreshed when it ran out, or when
// it soon will and nobody else is at it. While the old token lasts, a refresh that fails is no
// reason to refuse.
task<located_connection> freshened(flow_scope& scope, located_connection connection, bool force) {
  const connection_record& record = connection.record;
  const bool valid = still_valid(record, scope.host.now());
  const expiry_action action = expiry_of(record, scope.host.now()).action;
  const bool ended = record.status == connection_status::expired;
  if (!force && (ended || action == expiry_action::use)) co_return connection;
  if (action == expiry_action::reconnect && !valid) co_return error_code::token_expired;
  if (!force && valid && is_held(record, scope.host.now())) co_return connection;

  // With a token in hand nobody waits for a series of tries.
  backoff_policy policy = refresh_policy;
  if (valid) policy.attempts_max = 1;
  auto refreshed = co_await attempt(refresh_connection(scope, connection, policy));
  if (refreshed.ok()) co_return std::move(refreshed).value();
  if (force || !still_valid(connection.record, scope.host.now())) co_return refreshed.error();
  co_return connection;
}

}  // namespace

task<std::string> access_token_flow(flow_scope& scope, const json_value& input) {
  const bool force = input.flag("force");
  located_connection connection = co_await find_connection(scope, input);
  co_await check_usable(connection.record, scope.host.now());
  connection = co_await freshened(scope, std::move(connection), force);
  const connection_record& record = connection.record;
  const secret_string token = co_await open_access_token(scope, record);

  json_writer json;
  json.begin_object();
  json.member("accessToken", token.view());
  json.member("tokenType", record.token_type);
  json.member_or_null("expiresAt", record.expires_at);
  json.member("connectionId", record.id);
  json.end_object();
  co_return json.take();
}

}  // namespace tenon
