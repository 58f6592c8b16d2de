#include "flows/freshness.hpp"

#include <cstdint>

namespace tenon {
namespace {

// jitter_of spreads ids evenly over 0..1 (FNV-1a, 32 bits): no secret, only a scatter.
double jitter_of(std::string_view id) {
  std::uint32_t hash = 2166136261u;
  for (const char character : id) {
    hash = (hash ^ static_cast<std::uint8_t>(character)) * 16777619u;
  }
  return hash / 4294967296.0;
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

}  // namespace tenon
