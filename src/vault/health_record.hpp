#pragma once

#include <string>
#include <string_view>

#include "vault/connection_record.hpp"

namespace tenon {

// note_check counts a check in a connection's health; failure is "" after a good one.
void note_check(connection_health& health, std::string_view failure, time_ms now);

// error_rate gives the failed part of the checks of the last day as a JSON number from 0 to 1.
std::string error_rate(const connection_health& health);

// health_check is one line of a connection's history.
struct health_check {
  time_ms time = 0;
  std::string_view failure;
  duration_ms duration = 0;
};

// with_check gives the checks in a stored row and one more as a JSON list, the last 20, the oldest
// first. A row that cannot be read counts as empty.
std::string with_check(std::string_view row, const health_check& check);

// encode_history writes the row that holds such a list, version 1.
std::string encode_history(std::string_view checks);

}  // namespace tenon
