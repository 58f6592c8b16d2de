#include "flows/freshness.hpp"

#include <algorithm>
#include <cstdint>

#include "flows/lease.hpp"

namespace tenon {
namespace {

// A provider may ask for a day, and connections are scattered behind that.
constexpr duration_ms cool_down_ms_max = day_ms + hour_ms;

// A token that is dead on arrival must not be refreshed in a loop (R30).
constexpr duration_ms age_ms_min = 30 * second_ms;

// jitter_of spreads ids evenly over 0..1 (FNV-1a, 32 bits): no secret, only a scatter.
double jitter_of(std::string_view id) {
  std::uint32_t hash = 2166136261u;
  for (const char character : id) {
    hash = (hash ^ static_cast<std::uint8_t>(character)) * 16777619u;
  }
  return hash / 4294967296.0;
}

// The first check after one that failed; each further one waits twice as long.
constexpr duration_ms check_again_ms = hour_ms;
constexpr std::int64_t doublings_max = 16;

// proved gives when a token or check proved that a connection works: never, by a clock that jumped.
time_ms proved(time_ms at, time_ms now) { return at <= now + clock_skew_ms ? at : 0; }

time_ms or_never(std::optional<time_ms> at) { return at.value_or(time_ms_max); }

}  // namespace

expiry_decision expiry_of(const connection_record& record, time_ms now) {
  expiry_question question;
  question.now = now;
  question.expires_at = record.expires_at;
  question.issued_at = record.issued_at;
  question.has_refresh_token = !record.refresh_token.empty();
  question.jitter = jitter_of(record.id);
  return decide_expiry(question);
}

bool refresh_is_due(const connection_record& record, time_ms now) {
  const expiry_action action = expiry_of(record, now).action;
  return action != expiry_action::use;
}

bool still_valid(const connection_record& record, time_ms now) {
  return expiry_of(record, now).status != expiry_status::expired;
}

duration_ms cool_down_left(const connection_record& record, time_ms now) {
  const duration_ms left = record.refresh_after.value_or(now) - now;
  return left > 0 && left <= cool_down_ms_max ? left : 0;
}

time_ms next_check_at(const service_settings& settings, const connection_record& record,
                      time_ms now) {
  const duration_ms every = settings.health_every_ms;
  // Who leaves refreshing to the callers does not want a check to refresh either.
  const bool left_alone = !settings.refresh_ahead && !record.refresh_token.empty();
  if (every == 0 || left_alone) return time_ms_max;
  const connection_health& health = record.health;
  const std::int64_t doublings = std::clamp<std::int64_t>(health.failures - 1, 0, doublings_max);
  const duration_ms wait =
      health.failures == 0 ? every : std::min(every, check_again_ms << doublings);
  // A good refresh proves as much as a check.
  const time_ms proved_at =
      std::max(proved(health.checked_at.value_or(0), now), proved(record.issued_at, now));
  return proved_at + wait + spread_of(record, wait / 8);
}

std::optional<time_ms> next_care_at(const service_settings& settings,
                                    const connection_record& record, time_ms now) {
  const bool ended =
      record.status != connection_status::active && record.status != connection_status::error;
  if (ended) return std::nullopt;
  if (record.lease) return is_believed(*record.lease, now) ? record.lease->deadline : now;
  const expiry_decision expiry = expiry_of(record, now);
  time_ms at = next_check_at(settings, record, now);
  if (record.refresh_token.empty()) {
    if (expiry.status != expiry_status::unknown) at = std::min(at, or_never(record.expires_at));
  } else {
    if (expiry.refresh_at && settings.refresh_ahead) {
      at = std::min(at, std::max(*expiry.refresh_at, record.issued_at + age_ms_min));
    }
    at = std::min(at, or_never(record.end_notice_at));
    const duration_ms cooling = cool_down_left(record, now);
    if (at != time_ms_max && cooling > 0) at = std::max(at, now + cooling);
  }
  if (at == time_ms_max) return std::nullopt;
  return at;
}

duration_ms spread_of(const connection_record& record, duration_ms within) {
  return static_cast<duration_ms>(jitter_of(record.id) * static_cast<double>(within));
}

}  // namespace tenon
