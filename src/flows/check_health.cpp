#include <utility>

#include "flows/health.hpp"
#include "flows/steps.hpp"
#include "vault/health_record.hpp"

namespace tenon {
namespace {

void write_prediction(json_writer& json, const connection_record& record) {
  json.key("predictedExpiry");
  json.begin_object();
  json.member_or_null("accessToken", record.expires_at);
  json.member_or_null("refreshToken", record.refresh_expires_at);
  json.end_object();
}

std::string write_report(const health_report& report, time_ms now) {
  const connection_record& record = report.connection.record;
  const connection_health& health = record.health;
  json_writer json;
  json.begin_object();
  json.member("connectionId", record.id);
  json.member("healthy", report.finding.code == error_code::none);
  json.member("status", shown_status(record, now));
  json.key("reason");
  report.reason.empty() ? json.null() : json.string(report.reason);
  json.member_or_null("lastCheckedAt", health.checked_at);
  json.key("errorRate");
  json.raw(error_rate(health));
  json.member("consecutiveFailures", health.failures);
  write_prediction(json, record);
  json.member("nextAction", name_of(report.action));
  json.key("history");
  json.raw(report.checks);
  json.end_object();
  return json.take();
}

}  // namespace

task<std::string> check_health_flow(flow_scope& scope, const json_value& input) {
  located_connection connection = co_await find_connection(scope, input);
  const health_report report = co_await check_connection(scope, std::move(connection));
  co_return write_report(report, scope.host.now());
}

}  // namespace tenon
