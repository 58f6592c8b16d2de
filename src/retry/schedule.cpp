#include "retry/schedule.hpp"

#include <cstddef>

#include "retry/bounded.hpp"

namespace tenon {

std::optional<duration_ms> scheduled_delay(const delay_schedule& schedule, int tries,
                                           double random01) noexcept {
  const std::size_t place = tries < 0 ? 0 : static_cast<std::size_t>(tries);
  if (place >= schedule.delays.size()) return std::nullopt;
  const double delay = static_cast<double>(schedule.delays[place]);
  const double floor_ms = place == 0 ? 0 : static_cast<double>(schedule.floor_ms);
  const double floor = bounded(floor_ms, 0, largest_delay_ms);
  const double low = bounded(delay * bounded(schedule.low, 0, 1), floor, largest_delay_ms);
  const double high = bounded(delay * bounded(schedule.high, 1, 10), low, largest_delay_ms);
  return static_cast<duration_ms>(low + bounded(random01, 0, 1) * (high - low));
}

}  // namespace tenon
