#pragma once

#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace tenon {

// The numbers cross the wasm border.
enum class expiry_status : std::uint8_t { valid = 0, expiring = 1, expired = 2, unknown = 3 };
enum class expiry_action : std::uint8_t {
  use = 0,
  refresh_soon = 1,  // the token still works; refresh behind the caller
  refresh_now = 2,
  reconnect = 3,
};

inline constexpr duration_ms refresh_margin_ms = 5 * minute_ms;

struct expiry_question {
  time_ms now = 0;
  std::optional<time_ms> expires_at;  // absent: no expiry is known
  std::optional<time_ms> issued_at;
  bool has_refresh_token = false;
  duration_ms margin_ms = refresh_margin_ms;
  double jitter = 0;  // 0..1, fixed per connection; spreads refreshes of one moment
};

struct expiry_decision {
  expiry_status status = expiry_status::unknown;
  expiry_action action = expiry_action::use;
  std::optional<time_ms> refresh_at;  // when a refresh is due; absent when none can be
};

// decide_expiry says what to do with a token. The margin is the smaller of margin_ms and 20 % of
// the lifetime, so that short tokens make no refresh loop; with the lifetime known, jitter spreads
// it over an eighth of the lifetime, still below those 20 % (R44); with issued_at unknown, jitter
// takes up to a quarter off. At expires_at and after it a token is expired. A token whose
// expires_at is its issued_at has no known expiry; one that expires before it is issued has no
// known lifetime.
expiry_decision decide_expiry(const expiry_question& question) noexcept;

}  // namespace tenon
