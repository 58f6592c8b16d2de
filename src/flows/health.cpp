#include "flows/health.hpp"

#include <utility>

#include "flows/events.hpp"
#include "flows/input.hpp"
#include "flows/token_record.hpp"
#include "flows/usable.hpp"
#include "oauth/token_request.hpp"
#include "vault/health_record.hpp"
#include "vault/storage_keys.hpp"

namespace tenon {
namespace {

constexpr int save_attempts_max = 5;
// The history of a connection that is not checked any more goes by itself.
constexpr duration_ms history_life_ms = 30 * day_ms;

// health_finding wraps an error that is a value here.
struct health_finding {
  error cause;
};

// trouble_of says how refreshing fares: that decides where nobody can be asked, and is a person's
// concern while the connection still works.
error trouble_of(const connection_record& record) {
  if (record.trouble.refused) {
    return {error_code::configuration_error, error_reason::token_client_refused};
  }
  if (record.trouble.failures == 0) return {};
  return {error_code::token_refresh_error, error_reason::cooling_down};
}

// examine asks the provider whose the token is, and again with a newer token where it refuses this
// one. It leaves in connection what getting a token made of it.
task<health_finding> examine(flow_scope& scope, located_connection& connection) {
  const connection_record& record = connection.record;
  if (record.status == connection_status::expired) co_return error_code::token_expired;
  const configured_provider* target = co_await require_provider(scope, record.provider);
  const profile_call& call = target->entry.profile;
  for (freshness wanted = freshness::valid;; wanted = freshness::newer) {
    connection = co_await freshened(scope, connection, wanted);
    if (call.url.empty()) co_return health_finding{trouble_of(record)};
    const secret_string token = co_await open_access_token(scope, record);
    const http_reply reply =
        co_await scope.host.fetch(profile_request(target->entry, token.view()));
    const health_finding found{judge_account(call, reply, record.account.id)};
    const bool refused = found.cause.code == error_code::unauthorized;
    const bool last = wanted == freshness::newer || record.refresh_token.empty();
    if (!refused || last) co_return found;
    learn_lifetime(connection.record, scope.host.now());
  }
}

std::string_view text_of(error finding, const connection_record& record) {
  if (finding.code == error_code::none) return {};
  if (finding.reason != error_reason::none) return name_of(finding.reason);
  return record.reason.empty() ? name_of(finding.code) : std::string_view(record.reason);
}

// apply_finding changes what the connection shows: only a finding about its current tokens may
// break it, and only one that it works mends it.
void apply_finding(connection_record& record, error finding, std::int64_t generation) {
  if (breaks(finding) && record.status == connection_status::active &&
      record.generation == generation) {
    record.status = connection_status::error;
    record.reason = name_of(finding.reason);
  }
  if (finding.code == error_code::none && record.status == connection_status::error) {
    record.status = connection_status::active;
    record.reason.clear();
  }
}

// check_result is one check that is not stored yet.
struct check_result {
  error finding;
  std::int64_t generation = 0;  // of the tokens that were tried
  duration_ms duration = 0;
};

// save_check makes one try to store a check; false when the record changed meanwhile.
task<bool> save_check(flow_scope& scope, health_report& report, const check_result& check) {
  located_connection& connection = report.connection;
  connection_record& record = connection.record;
  const time_ms now = scope.host.now();
  const std::string before = record.health.failure;
  report.reason = text_of(check.finding, record);
  get_reply found = co_await scope.host.get(health_key(record.id));
  const bool has_history = found.size() == 1 && found[0];
  apply_finding(record, check.finding, check.generation);
  note_check(record.health, report.reason, now);
  report.checks =
      with_check(has_history ? found[0]->value : "", {now, report.reason, check.duration});
  record.updated_at = now;
  commit_request batch;
  batch.expect(connection.key, connection.version);
  put_connection(scope, batch, connection);
  batch.put(health_key(record.id), encode_history(report.checks), now + history_life_ms);
  news what;
  if (report.reason != before) what = {"integration.health_changed", check.finding};
  record_event(scope, batch, what, subject_of(record));
  commit_reply stored = co_await commit_told(scope, std::move(batch));
  if (!stored.ok) co_return false;
  connection.version = std::move(stored.version);
  const bool works = check.finding.code == error_code::none;
  report.action = action_for(works ? trouble_of(record) : check.finding);
  co_return true;
}

}  // namespace

task<health_report> check_connection(flow_scope& scope, located_connection connection) {
  const std::string key = connection.key;
  health_report report{.connection = std::move(connection)};
  if (report.connection.record.status == connection_status::inactive) {
    report.finding = {error_code::forbidden, error_reason::inactive};
    report.reason = name_of(error_reason::inactive);
    co_return report;
  }
  const time_ms began = scope.host.now();
  const auto found = co_await attempt(examine(scope, report.connection));
  report.finding = found.ok() ? found.value().cause : found.error();
  scope.retry_after.reset();
  const error_code code = report.finding.code;
  if (code == error_code::database_error || code == error_code::account_not_found) {
    co_return report.finding;
  }
  const check_result check{report.finding, report.connection.record.generation,
                           scope.host.now() - began};
  for (int attempt = 1; attempt <= save_attempts_max; ++attempt) {
    if (report.connection.record.status == connection_status::disconnected) {
      co_return error_code::account_not_found;
    }
    const bool stored = co_await save_check(scope, report, check);
    if (stored) co_return report;
    report.connection = co_await reload(scope, key);
  }
  co_return error{error_code::conflict, error_reason::record_changed};
}

}  // namespace tenon
