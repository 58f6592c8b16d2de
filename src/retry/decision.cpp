#include "retry/decision.hpp"

#include <algorithm>

#include "retry/retry_after.hpp"

namespace tenon {

namespace {

// own_ms is the delay that the policy gives, nothing when it has no tries left.
retry_decision decide(std::optional<duration_ms> own_ms, const exchange_outcome& outcome,
                      const retry_moment& moment) noexcept {
  if (!is_retryable(outcome, moment.idempotent)) return {false, 0, retry_reason::not_retryable};
  if (!own_ms) return {false, 0, retry_reason::used_up};
  const duration_ms asked = std::min(moment.retry_after_ms.value_or(0), retry_after_ms_max);
  return {true, std::max(*own_ms, asked), retry_reason::again};
}

}  // namespace

retry_decision next_retry(const backoff_policy& policy, const exchange_outcome& outcome,
                          const retry_moment& moment) noexcept {
  std::optional<duration_ms> own;
  if (moment.attempt < policy.attempts_max) {
    own = backoff_delay(policy, moment.attempt, moment.random01, moment.previous_delay_ms);
  }
  return decide(own, outcome, moment);
}

retry_decision next_retry(const delay_schedule& schedule, const exchange_outcome& outcome,
                          const retry_moment& moment) noexcept {
  return decide(scheduled_delay(schedule, moment.attempt, moment.random01), outcome, moment);
}

}  // namespace tenon
