#pragma once

#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "retry/backoff.hpp"
#include "retry/classify.hpp"
#include "retry/schedule.hpp"

namespace tenon {

enum class retry_reason : std::uint8_t {
  again,          // retry after delay_ms
  not_retryable,  // the failure is final
  used_up,        // no attempts are left
};

// retry_moment is one failed attempt: the attempt-th, 1 being the first.
struct retry_moment {
  int attempt = 1;
  bool idempotent = false;
  std::optional<duration_ms> retry_after_ms;  // what the peer asked for
  double random01 = 0;
  duration_ms previous_delay_ms = 0;  // 0 before there was one; for decorrelated jitter
};

struct retry_decision {
  bool retry = false;
  duration_ms delay_ms = 0;
  retry_reason reason = retry_reason::not_retryable;
};

// next_retry says whether and when to try again. It is never earlier than the peer asked for.
// A peer that says nothing, or nothing valid, leaves the policy's own delay.
retry_decision next_retry(const backoff_policy& policy, const exchange_outcome& outcome,
                          const retry_moment& moment) noexcept;
retry_decision next_retry(const delay_schedule& schedule, const exchange_outcome& outcome,
                          const retry_moment& moment) noexcept;

}  // namespace tenon
