#pragma once

#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace tenon {

// parse_http_date reads an HTTP-date in any of the three forms of RFC 9110 section 5.6.7, to the
// letter: GMT only, two-digit fields, a day that the month has. The name of the weekday must be
// one but is not checked against the date. A two-digit year is read as the one that lies at most
// 50 years ahead of now. Returns nothing for any other text.
std::optional<time_ms> parse_http_date(std::string_view text, time_ms now) noexcept;

}  // namespace tenon
