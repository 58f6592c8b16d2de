#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tenon {

// token_lifetime_s_max is the longest lifetime that is believed: ten years.
inline constexpr std::int64_t token_lifetime_s_max = std::int64_t{3660} * 24 * 3600;

// parse_lifetime_s reads a number as JSON writes it ("3600", "3599.9", "1e308", "-1") and returns
// its whole seconds, rounded down, from 0 to token_lifetime_s_max; below 0 is 0. It returns nothing
// for any other text. No floating point is involved, so nothing can overflow (R30).
std::optional<std::int64_t> parse_lifetime_s(std::string_view number) noexcept;

}  // namespace tenon
