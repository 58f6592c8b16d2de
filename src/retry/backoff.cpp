#include "retry/backoff.hpp"

#include "retry/bounded.hpp"

namespace tenon {
namespace {

// A power by squaring: 10,000 attempts take 14 steps, and too much is infinity, which the cap
// catches.
double power(double base, unsigned exponent) noexcept {
  double result = 1;
  for (; exponent != 0; exponent >>= 1) {
    if (exponent & 1) result *= base;
    base *= base;
  }
  return result;
}

}  // namespace

duration_ms backoff_delay(const backoff_policy& policy, int attempt, double random01,
                          duration_ms previous_ms) noexcept {
  const double cap = bounded(static_cast<double>(policy.cap_ms), 0, largest_delay_ms);
  const double base = bounded(static_cast<double>(policy.base_ms), 0, cap);
  const double floor = bounded(static_cast<double>(policy.floor_ms), 0, cap);
  const double random = bounded(random01, 0, 1);
  const unsigned steps = attempt > 1 ? static_cast<unsigned>(attempt) - 1 : 0;
  double low = base * power(bounded(policy.factor, 0, 1e6), steps);
  double high = low;
  if (policy.jitter == jitter_kind::full) low = 0;
  if (policy.jitter == jitter_kind::additive || policy.jitter == jitter_kind::around) {
    high += static_cast<double>(policy.jitter_ms);
  }
  if (policy.jitter == jitter_kind::around) low -= static_cast<double>(policy.jitter_ms);
  if (policy.jitter == jitter_kind::decorrelated) {
    low = base;
    high = 3 * bounded(static_cast<double>(previous_ms), base, cap);
  }
  // Jitter is drawn below the cap, not cut off at it: cut off, most delays would be the cap itself.
  low = bounded(low, floor, cap);
  high = bounded(high, low, cap);
  return static_cast<duration_ms>(low + random * (high - low));
}

}  // namespace tenon
