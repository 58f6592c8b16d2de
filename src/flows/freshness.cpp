#include "flows/freshness.hpp"

#include <algorithm>
#include <cstdint>

namespace tenon {
namespace {

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

time_ms earlier(std::optional<time_ms> found, std::optional<time_ms> other) {
  if (!found || !other) return found ? *found : other.value_or(time_ms_max);
  return std::min(*found, *other);
}

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

std::optional<time_ms> next_care_at(const service_settings& settings,
                                    const connection_record& record, time_ms now) {
  if (record.status != connection_status::active) return std::nullopt;
  if (record.lease) return record.lease->deadline;
  if (record.refresh_token.empty()) {
    const expiry_status status = expiry_of(record, now).status;
    return status == expiry_status::unknown ? std::nullopt : record.expires_at;
  }
  auto refresh_at = expiry_of(record, now).refresh_at;
  if (refresh_at) refresh_at = std::max(*refresh_at, record.issued_at + age_ms_min);
  if (!settings.refresh_ahead) refresh_at.reset();
  const time_ms at = earlier(refresh_at, record.end_notice_at);
  if (at == time_ms_max) return std::nullopt;
  return std::max(at, record.refresh_after.value_or(at));
}

duration_ms spread_of(const connection_record& record, duration_ms within) {
  return static_cast<duration_ms>(jitter_of(record.id) * static_cast<double>(within));
}

}  // namespace tenon
