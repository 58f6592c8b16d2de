#include <algorithm>
#include <utility>

#include "flows/connection.hpp"
#include "flows/freshness.hpp"
#include "flows/refreshing.hpp"
#include "flows/steps.hpp"

namespace tenon {
namespace {

constexpr std::int64_t tries_max = 10;
constexpr std::int64_t delay_ms_max = 60 * second_ms;

// read_policy takes the callers' own maxRetries, initialDelay and maxDelay (milliseconds).
result<backoff_policy> read_policy(const json_value& input) {
  backoff_policy policy = refresh_policy;
  const std::int64_t tries = input.integer("maxRetries", policy.attempts_max);
  policy.base_ms = input.integer("initialDelay", policy.base_ms);
  policy.cap_ms = input.integer("maxDelay", policy.cap_ms);
  const bool legal = tries >= 1 && tries <= tries_max && policy.base_ms >= 0 &&
                     policy.base_ms <= delay_ms_max && policy.cap_ms >= policy.base_ms &&
                     policy.cap_ms <= delay_ms_max;
  if (!legal) return {error_code::validation_error, error_reason::not_allowed};
  policy.attempts_max = static_cast<int>(tries);
  return policy;
}

}  // namespace

task<std::string> refresh_flow(flow_scope& scope, const json_value& input) {
  const backoff_policy policy = co_await read_policy(input);
  const bool force = input.flag("force");
  located_connection connection = co_await find_connection(scope, input);
  // That a grant has ended is said also while its access token lasts.
  const bool ended = connection.record.status == connection_status::expired;
  if (force || ended || refresh_is_due(connection.record, scope.host.now())) {
    connection = co_await refresh_connection(scope, std::move(connection), {policy, force});
  }
  co_return connection_answer(scope, connection.record);
}

}  // namespace tenon
