#include "retry/decision.hpp"

#include <algorithm>

#include "retry/retry_after.hpp"

namespace tenon {

retry_decision next_retry(const backoff_policy& policy, const exchange_outcome& outcome,
                          const retry_moment& moment) noexcept {
  if (!is_retryable(outcome, moment.idempotent)) return {false, 0, retry_reason::not_retryable};
  if (moment.attempt >= policy.attempts_max) return {false, 0, retry_reason::used_up};
  const duration_ms own = backoff_delay(policy, moment.attempt, moment.random01);
  const duration_ms asked = std::min(moment.retry_after_ms.value_or(0), retry_after_ms_max);
  return {true, std::max(own, asked), retry_reason::again};
}

}  // namespace tenon
