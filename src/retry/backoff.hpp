#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace tenon {

// The numbers cross the wasm border.
enum class jitter_kind : std::uint8_t {
  none = 0,
  additive = 1,      // up to jitter_ms on top
  full = 2,          // uniform between floor_ms and the whole delay
  decorrelated = 3,  // uniform between base_ms and three times the previous delay
  around = 4,        // up to jitter_ms more or less
};

// backoff_policy is retry as data. attempts_max counts the first try. floor_ms is the least delay
// that jitter may leave, so that many retries never come back at once.
struct backoff_policy {
  int attempts_max = 3;
  duration_ms base_ms = 1000;
  duration_ms cap_ms = 10'000;
  double factor = 2;
  jitter_kind jitter = jitter_kind::full;
  duration_ms jitter_ms = 0;
  duration_ms floor_ms = 0;
};

inline constexpr backoff_policy token_exchange_policy{3, 100, 5000, 2, jitter_kind::additive, 100};
inline constexpr backoff_policy refresh_policy{3, 1000, 10'000, 2, jitter_kind::full, 0};

// backoff_delay returns how long to wait after the given attempt (1: after the first try), between
// 0 and cap_ms whatever the arguments are, and never below floor_ms where that is under the cap.
// random01 is a fresh random number from 0 to 1. previous_ms is the delay before this attempt, 0
// before there was one; only decorrelated jitter looks at it.
duration_ms backoff_delay(const backoff_policy& policy, int attempt, double random01,
                          duration_ms previous_ms = 0) noexcept;

}  // namespace tenon
