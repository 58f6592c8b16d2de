#include "vault/health_record.hpp"

#include <algorithm>
#include <cstddef>

#include "encoding/decimal.hpp"
#include "json/json.hpp"

namespace tenon {
namespace {

constexpr std::size_t checks_kept = 20;
constexpr std::int64_t thousand = 1000;

void write_check(json_writer& json, const health_check& check) {
  json.begin_object();
  json.member("time", check.time);
  json.member("ok", check.failure.empty());
  json.member("failure", check.failure);
  json.member("durationMs", check.duration);
  json.end_object();
}

}  // namespace

void note_check(connection_health& health, std::string_view failure, time_ms now) {
  if (now - health.window_at >= day_ms) {
    health.window_at = now;
    health.window_checks = 0;
    health.window_failures = 0;
  }
  const bool failed = !failure.empty();
  health.checked_at = now;
  health.failure = failure;
  health.failures = failed ? health.failures + 1 : 0;
  health.window_checks += 1;
  health.window_failures += failed ? 1 : 0;
}

std::string error_rate(const connection_health& health) {
  const std::int64_t checks = std::max<std::int64_t>(health.window_checks, 1);
  const std::int64_t permille = health.window_failures * thousand / checks;
  if (permille >= thousand) return "1";
  return "0." + encode_decimal(thousand + permille).substr(1);
}

std::string with_check(std::string_view row, const health_check& check) {
  const auto stored = parse_json(row);
  const json_value* checks = stored.ok() ? stored.value().find("checks") : nullptr;
  const std::size_t count = checks == nullptr ? 0 : checks->items().size();
  json_writer json;
  json.begin_array();
  for (std::size_t at = count - std::min(count, checks_kept - 1); at < count; ++at) {
    json.value(checks->items()[at]);
  }
  write_check(json, check);
  json.end_array();
  return json.take();
}

std::string encode_history(std::string_view checks) {
  json_writer json;
  json.begin_object();
  json.member("v", 1);
  json.key("checks");
  json.raw(checks);
  json.end_object();
  return json.take();
}

}  // namespace tenon
