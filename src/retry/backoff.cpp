#include "retry/backoff.hpp"

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

// Comparisons with NaN are false, so NaN ends up as low.
double clamp(double value, double low, double high) noexcept {
  if (!(value > low)) return low;
  return value < high ? value : high;
}

}  // namespace

duration_ms backoff_delay(const backoff_policy& policy, int attempt, double random01) noexcept {
  const double cap = clamp(static_cast<double>(policy.cap_ms), 0, static_cast<double>(time_ms_max));
  const double base = clamp(static_cast<double>(policy.base_ms), 0, cap);
  const double factor = clamp(policy.factor, 0, 1e6);
  const double random = clamp(random01, 0, 1);
  const unsigned steps = attempt > 1 ? static_cast<unsigned>(attempt) - 1 : 0;
  double delay = clamp(base * power(factor, steps), 0, cap);
  if (policy.jitter == jitter_kind::full) delay *= random;
  if (policy.jitter == jitter_kind::additive) {
    delay = clamp(delay + random * static_cast<double>(policy.jitter_ms), 0, cap);
  }
  return static_cast<duration_ms>(delay);
}

}  // namespace tenon
