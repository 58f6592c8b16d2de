// Decisions about expiry and retry: numbers in, a number out.
#include <cmath>
#include <limits>
#include <optional>

#include "memory.hpp"
#include "oauth/expiry.hpp"
#include "retry/decision.hpp"
#include "retry/rate_limit.hpp"
#include "retry/retry_after.hpp"

using namespace tenon;
using namespace tenon::wasm;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
constexpr double not_retryable = -1;
constexpr double used_up = -2;

time_ms capped(double number) {
  if (!(number > 0)) return 0;
  return number >= static_cast<double>(time_ms_max) ? time_ms_max : static_cast<time_ms>(number);
}

std::optional<time_ms> known(double number) {
  if (std::isnan(number)) return std::nullopt;
  return capped(number);
}

double fraction(double number) { return number >= 0 && number <= 1 ? number : 0; }

expiry_decision decide(double now, double expires_at, double issued_at, double margin_ms,
                       double jitter, std::int32_t has_refresh) {
  expiry_question question;
  question.now = capped(now);
  question.expires_at = known(expires_at);
  question.issued_at = known(issued_at);
  question.has_refresh_token = has_refresh != 0;
  question.margin_ms = known(margin_ms).value_or(refresh_margin_ms);
  question.jitter = fraction(jitter);
  return decide_expiry(question);
}

// read_policy reads six numbers; see docs/abi.md.
std::optional<backoff_policy> read_policy(std::uint32_t at) {
  const auto bytes = memory_at(at, 6 * sizeof(double));
  if (!bytes) return std::nullopt;
  double numbers[6];
  std::memcpy(numbers, bytes->data(), sizeof numbers);
  for (const double number : numbers) {
    if (!(number >= 0 && number <= static_cast<double>(time_ms_max))) return std::nullopt;
  }
  if (numbers[4] > 4) return std::nullopt;
  backoff_policy policy;
  policy.attempts_max = numbers[0] > 1e6 ? 1000000 : static_cast<int>(numbers[0]);
  policy.base_ms = static_cast<duration_ms>(numbers[1]);
  policy.factor = numbers[2];
  policy.cap_ms = static_cast<duration_ms>(numbers[3]);
  policy.jitter = static_cast<jitter_kind>(static_cast<std::uint8_t>(numbers[4]));
  policy.jitter_ms = static_cast<duration_ms>(numbers[5]);
  return policy;
}

}  // namespace

extern "C" {

// tenon_expiry gives status | action << 4 for a token. NaN stands for an unknown time.
std::int32_t tenon_expiry(double now, double expires_at, double issued_at, double margin_ms,
                          double jitter, std::int32_t has_refresh) {
  const expiry_decision decision =
      decide(now, expires_at, issued_at, margin_ms, jitter, has_refresh);
  return static_cast<std::int32_t>(decision.status) | static_cast<std::int32_t>(decision.action)
                                                          << 4;
}

// tenon_expiry_refresh_at gives when a refresh is due, NaN when none can be.
double tenon_expiry_refresh_at(double now, double expires_at, double issued_at, double margin_ms,
                               double jitter, std::int32_t has_refresh) {
  const expiry_decision decision =
      decide(now, expires_at, issued_at, margin_ms, jitter, has_refresh);
  return decision.refresh_at ? static_cast<double>(*decision.refresh_at) : unknown;
}

// tenon_retry gives the delay before the next try in ms, -1 when the failure is final, -2 when no
// tries are left, NaN for an unusable policy.
double tenon_retry(std::int32_t attempt, std::int32_t network, std::int32_t status,
                   std::int32_t idempotent, double retry_after_ms, double random01,
                   std::uint32_t policy_at) {
  const auto policy = read_policy(policy_at);
  const auto last = static_cast<std::int32_t>(network_kind::unknown);
  if (!policy || network < 0 || network > last || status < 0 || status > 999) return unknown;
  exchange_outcome outcome;
  outcome.network = static_cast<network_kind>(network);
  outcome.status = static_cast<std::uint16_t>(status);
  // Only the failures before a connection stands are sure to have sent nothing.
  outcome.maybe_sent =
      outcome.network == network_kind::timeout || outcome.network == network_kind::reset ||
      outcome.network == network_kind::too_large || outcome.network == network_kind::unknown;
  retry_moment moment;
  moment.attempt = attempt < 1 ? 1 : attempt;
  moment.idempotent = idempotent != 0;
  moment.retry_after_ms = known(retry_after_ms);
  moment.random01 = fraction(random01);
  moment.previous_delay_ms = policy->jitter_ms;  // where the kind of jitter asks for it
  const retry_decision decision = next_retry(*policy, outcome, moment);
  if (decision.retry) return static_cast<double>(decision.delay_ms);
  return decision.reason == retry_reason::used_up ? used_up : not_retryable;
}

// tenon_retry_after reads a Retry-After value: ms from now, NaN when it says nothing.
double tenon_retry_after(std::uint32_t at, std::uint32_t size, double now) {
  const auto text = memory_at(at, size);
  if (!text) return unknown;
  const auto delay = parse_retry_after(as_text(*text), capped(now));
  return delay ? static_cast<double>(*delay) : unknown;
}

// tenon_rate_limit reads the header fields of one answer: ms to wait before the next call, NaN when
// they say nothing. The calls that remain are written to the first eight bytes, NaN when unknown.
double tenon_rate_limit(std::uint32_t at, std::uint32_t size, double now, std::int32_t status) {
  double remaining = unknown;
  const auto bytes = memory_at(at, size);
  if (!bytes || size < sizeof remaining) return unknown;
  field_reader fields(bytes->subspan(sizeof remaining));
  rate_limit_reader reader;
  while (!fields.at_end() && !fields.broken()) {
    const std::string_view name = fields.next();
    reader.take(name, fields.next());
  }
  const rate_limit_advice advice = reader.advice(capped(now), status == 429);
  if (advice.remaining) remaining = static_cast<double>(*advice.remaining);
  std::memcpy(bytes->data(), &remaining, sizeof remaining);
  return advice.wait_ms ? static_cast<double>(*advice.wait_ms) : unknown;
}
}
