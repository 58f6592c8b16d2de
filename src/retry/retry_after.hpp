#pragma once

#include <optional>
#include <string_view>

#include "base/http.hpp"
#include "base/time.hpp"

namespace tenon {

// retry_after_ms_max caps what a peer can ask for.
inline constexpr duration_ms retry_after_ms_max = 7 * day_ms;

// parse_retry_after reads a Retry-After value (RFC 9110 section 10.2.3): seconds, or a date in any
// of the three forms of section 5.6.7. Returns 0 for a date that is past, at most
// retry_after_ms_max, and nothing when the value is not valid.
std::optional<duration_ms> parse_retry_after(std::string_view value, time_ms now) noexcept;

// retry_after_of finds and reads the Retry-After field of a reply. Nothing when it is missing,
// repeated or not valid.
std::optional<duration_ms> retry_after_of(const http_reply& reply, time_ms now) noexcept;

}  // namespace tenon
