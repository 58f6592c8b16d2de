#include "oauth/expiry.hpp"

#include <algorithm>

namespace tenon {
namespace {

// Comparisons with NaN are false, so NaN counts as 0.
double unit_interval(double value) noexcept {
  if (!(value > 0)) return 0;
  return value < 1 ? value : 1;
}

time_ms in_range(time_ms time) noexcept { return std::clamp(time, -time_ms_max, time_ms_max); }

// Where the lifetime is known, connections that expire together refresh across an eighth of it.
// The window holds the plain margin, which is what a jitter of 0 gives, and wraps around in it, so
// that every jitter in between is equally likely to fall anywhere.
duration_ms spread_margin(duration_ms margin, duration_ms lifetime, double jitter) noexcept {
  const duration_ms bound = lifetime / 5;
  const duration_ms window = lifetime / 8;
  const duration_ms plain = std::min(margin, bound);
  const duration_ms highest = std::min(plain + window, bound);
  const duration_ms lowest = highest - window;
  const auto shift = static_cast<duration_ms>(jitter * static_cast<double>(window));
  const duration_ms spread = plain + shift;
  return spread > highest ? std::max<duration_ms>(spread - window, lowest) : spread;
}

duration_ms margin_of(const expiry_question& question, time_ms expires_at) noexcept {
  const duration_ms margin = std::clamp<duration_ms>(question.margin_ms, 0, time_ms_max);
  const double jitter = unit_interval(question.jitter);
  const time_ms issued_at = question.issued_at ? in_range(*question.issued_at) : expires_at;
  if (issued_at < expires_at) return spread_margin(margin, expires_at - issued_at, jitter);
  return margin - static_cast<duration_ms>(0.25 * jitter * static_cast<double>(margin));
}

}  // namespace

expiry_decision decide_expiry(const expiry_question& question) noexcept {
  // A token that was never valid by its own answer says nothing about its lifetime (providers send
  // expires_in 0 for endless ones), and believing it would refresh on every call.
  const bool is_known = question.expires_at && question.expires_at != question.issued_at;
  if (!is_known) return {expiry_status::unknown, expiry_action::use, std::nullopt};

  const time_ms now = in_range(question.now);
  const time_ms expires_at = in_range(*question.expires_at);
  const time_ms due_at = expires_at - margin_of(question, expires_at);
  const auto refresh_at = question.has_refresh_token ? std::optional(due_at) : std::nullopt;
  if (now >= expires_at) {
    const auto action =
        question.has_refresh_token ? expiry_action::refresh_now : expiry_action::reconnect;
    return {expiry_status::expired, action, refresh_at};
  }
  if (now < due_at) return {expiry_status::valid, expiry_action::use, refresh_at};
  const auto action = question.has_refresh_token ? expiry_action::refresh_soon : expiry_action::use;
  return {expiry_status::expiring, action, refresh_at};
}

}  // namespace tenon
