#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace tenon {

// The numbers cross the wasm border.
enum class jitter_kind : std::uint8_t {
  none = 0,
  additive = 1,  // up to jitter_ms on top
  full = 2,      // uniform between 0 and the whole delay
};

// backoff_policy is retry as data. attempts_max counts the first try.
struct backoff_policy {
  int attempts_max = 3;
  duration_ms base_ms = 1000;
  duration_ms cap_ms = 10'000;
  double factor = 2;
  jitter_kind jitter = jitter_kind::full;
  duration_ms jitter_ms = 0;
};

inline constexpr backoff_policy token_exchange_policy{3, 100, 5000, 2, jitter_kind::additive, 100};
inline constexpr backoff_policy refresh_policy{3, 1000, 10'000, 2, jitter_kind::full, 0};

// backoff_delay returns how long to wait after the given attempt (1: after the first try), between
// 0 and cap_ms whatever the arguments are. random01 is a fresh random number from 0 to 1.
duration_ms backoff_delay(const backoff_policy& policy, int attempt, double random01) noexcept;

}  // namespace tenon
