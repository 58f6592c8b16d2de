#include <utility>

#include "crypto/constant_time.hpp"
#include "flows/connection.hpp"
#include "flows/freshness.hpp"
#include "flows/steps.hpp"
#include "flows/token_record.hpp"
#include "flows/usable.hpp"

namespace tenon {
namespace {

constexpr std::size_t token_bytes_max = 16 * 1024;
constexpr int rounds_max = 2;
constexpr duration_ms refused_again_ms = 30 * second_ms;
constexpr duration_ms link_after_ms = minute_ms;

// link_later leaves the audit log to runDue: a token must not grow old while the log is written.
void link_later(flow_scope& scope) {
  if (!scope.has_unlinked) return;
  scope.has_unlinked = false;
  scope.host.wake(scope.host.now() + link_after_ms);
}

// is_refused says that the caller names the current token as the one that an API answered 401 to.
task<bool> is_refused(flow_scope& scope, const connection_record& record,
                      std::string_view rejected) {
  if (rejected.empty()) co_return false;
  const secret_string current = co_await open_access_token(scope, record);
  co_return constant_time_equal(current.bytes(), as_bytes(rejected));
}

// just_refreshed says that another refresh would not please an API that refuses this token too.
bool just_refreshed(const connection_record& record, time_ms now) {
  const duration_ms age = now - record.last_refresh_at.value_or(0);
  return age >= 0 && age < refused_again_ms;
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
  const bool helps = refused && !just_refreshed(connection.record, scope.host.now());
  freshness wanted = helps || input.flag("force") ? freshness::newer : freshness::valid;
  for (int round = 1; round <= rounds_max; ++round) {
    connection = co_await freshened(scope, std::move(connection), wanted);
    if (still_valid(connection.record, scope.host.now())) break;
    // A short token can run out while it is waited for.
    wanted = freshness::valid;
  }
  const connection_record& record = connection.record;
  const secret_string token = co_await open_access_token(scope, record);
  if (!still_valid(record, scope.host.now())) co_return error_code::token_refresh_error;
  link_later(scope);

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
