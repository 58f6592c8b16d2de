#pragma once

#include <cstdint>

namespace tenon {

// time_ms counts milliseconds since the Unix epoch. It is always handed in: the core has no clock.
using time_ms = std::int64_t;
using duration_ms = std::int64_t;

inline constexpr duration_ms second_ms = 1000;
inline constexpr duration_ms minute_ms = 60 * second_ms;
inline constexpr duration_ms hour_ms = 60 * minute_ms;
inline constexpr duration_ms day_ms = 24 * hour_ms;

// time_ms_max is the latest instant a JavaScript Date holds; later ones are refused or capped.
inline constexpr time_ms time_ms_max = 8'640'000'000'000'000;

}  // namespace tenon
