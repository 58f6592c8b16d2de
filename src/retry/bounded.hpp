#pragma once

#include "base/time.hpp"

namespace tenon {

inline constexpr auto largest_delay_ms = static_cast<double>(time_ms_max);

// bounded gives the value, or the bound that it passes. Comparisons with NaN are false, so NaN ends
// up as low.
inline double bounded(double value, double low, double high) noexcept {
  if (!(value > low)) return low;
  return value < high ? value : high;
}

}  // namespace tenon
