#pragma once

#include <optional>
#include <span>

#include "base/time.hpp"

namespace tenon {

// delay_schedule is a fixed list of delays as data: the first stands before the first try, so their
// number is the number of tries. Each is drawn uniformly between low and high times itself, and
// none after the first try is below floor_ms. What delays points to must outlive the schedule.
struct delay_schedule {
  std::span<const duration_ms> delays;
  double low = 0.8;
  double high = 1.2;
  duration_ms floor_ms = second_ms;
};

inline constexpr duration_ms delivery_delays[] = {
    0,           5 * second_ms, 5 * minute_ms, 30 * minute_ms, 2 * hour_ms,
    5 * hour_ms, 10 * hour_ms,  14 * hour_ms,  20 * hour_ms,   24 * hour_ms};
// The jitter goes more up than down: the whole of it never spans less than three days (R87).
inline constexpr delay_schedule delivery_schedule{delivery_delays, 0.96, 1.2, second_ms};

// scheduled_delay returns how long to wait after so many tries (0: before the first), at least 0
// whatever the numbers are; nothing when the schedule has no more. random01 is a fresh random
// number from 0 to 1.
std::optional<duration_ms> scheduled_delay(const delay_schedule& schedule, int tries,
                                           double random01) noexcept;

}  // namespace tenon
