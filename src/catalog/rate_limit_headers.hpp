#pragma once

#include <cstdint>
#include <string>

namespace tenon {

enum class reset_unit : std::uint8_t { unknown, epoch_seconds, seconds_from_now };

// rate_limit_headers names the header fields by which one provider tells its limit. An empty name
// means that it has no such field.
struct rate_limit_headers {
  std::string limit;
  std::string remaining;
  std::string reset;
  reset_unit unit = reset_unit::unknown;
};

}  // namespace tenon
