#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace tenon {

inline constexpr std::size_t return_to_chars_max = 2048;

// check_return_to accepts where the browser goes in the end (R11, RFC 9700 section 4.11): a path
// of the own origin, or an https URL (http for a loopback origin on the list) whose origin is
// exactly one of allowed_origins, both at most 2,048 characters. Fails with invalid_redirect_url:
// too_large, or not_allowed.
result<unit> check_return_to(std::string_view target,
                             const std::vector<std::string>& allowed_origins);

}  // namespace tenon
