#include "retry/destination.hpp"

#include <algorithm>

#include "retry/backoff.hpp"
#include "retry/bounded.hpp"
#include "retry/retry_after.hpp"

namespace tenon {
namespace {

constexpr duration_ms kept_ms = hour_ms;
// What isolates' clocks may differ by.
constexpr duration_ms skew_ms = minute_ms;
// A tenth of the callers may go the moment a circuit closes.
constexpr double ramp_share_min = 0.1;

// Grows to four fifths of the longest time, which leaves room for the jitter on top.
constexpr backoff_policy open_policy{0, open_ms_min, open_ms_max / 5 * 4, 2, jitter_kind::none, 0};

bool is_ahead(time_ms time, time_ms now, duration_ms ahead_max) noexcept {
  return time > now && time - now <= ahead_max + skew_ms;
}

admission wait_until(time_ms until, wait_reason reason) noexcept {
  return {admission_kind::wait, until, reason};
}

// roll moves on to the half minute that now lies in. A clock that is a little behind the writer's
// counts into the writer's.
void roll(destination_state& state, time_ms now) noexcept {
  const duration_ms age = now - state.counted_from;
  if (age < counted_ms && age > -counted_ms) return;
  const bool is_next = age > 0 && age < 2 * counted_ms;
  state.previous = is_next ? state.current : call_counts{};
  state.counted_from = is_next ? state.counted_from + counted_ms : now;
  state.current = {};
}

bool is_too_bad(const destination_state& state) noexcept {
  if (state.consecutive >= consecutive_failures_max) return true;
  const int calls = state.current.calls + state.previous.calls;
  const int failures = state.current.failures + state.previous.failures;
  return calls >= ratio_calls_min && failures * 2 >= calls;
}

void end_ramp(destination_state& state, time_ms now) noexcept {
  if (state.phase != circuit_phase::ramping || is_ahead(state.until, now, ramp_ms)) return;
  state.phase = circuit_phase::closed;
  state.openings = 0;
}

void open(destination_state& state, time_ms now, double random01) noexcept {
  state.phase = circuit_phase::open;
  state.openings = std::min(state.openings + 1, 100);
  const duration_ms least = backoff_delay(open_policy, state.openings, 0);
  const double jitter = bounded(random01, 0, 1) * static_cast<double>(least) / 4;
  state.until = now + least + static_cast<duration_ms>(jitter);
  state.probe_owner.clear();
  state.probe_deadline = 0;
}

}  // namespace

admission admit(const destination_state& state, time_ms now, double random01) noexcept {
  if (is_ahead(state.not_before, now, retry_after_ms_max)) {
    return wait_until(state.not_before, wait_reason::asked);
  }
  if (state.phase == circuit_phase::open) {
    if (is_ahead(state.until, now, open_ms_max)) return wait_until(state.until, wait_reason::open);
    if (!state.probe_owner.empty() && is_ahead(state.probe_deadline, now, probe_ms)) {
      return wait_until(state.probe_deadline, wait_reason::probing);
    }
    return {admission_kind::probe, 0, wait_reason::none};
  }
  if (state.phase == circuit_phase::ramping && is_ahead(state.until, now, ramp_ms)) {
    const double place = bounded(random01, 0, 1);
    const auto turn = static_cast<duration_ms>(place * static_cast<double>(ramp_ms));
    const time_ms at = state.until - ramp_ms + turn;
    if (place > ramp_share_min && at > now) return wait_until(at, wait_reason::ramping);
  }
  return {};
}

void begin_probe(destination_state& state, std::string_view owner, time_ms now) {
  state.probe_owner = owner;
  state.probe_deadline = now + probe_ms;
}

bool is_destination_failure(const exchange_outcome& outcome) noexcept {
  switch (outcome.network) {
    case network_kind::none:
      return outcome.status >= 500 || outcome.status == 408 || outcome.status == 429;
    case network_kind::blocked:
    case network_kind::too_large:
      return false;
    default:
      return true;
  }
}

void note_success(destination_state& state, time_ms now, int calls) noexcept {
  roll(state, now);
  state.current.calls += calls;
  state.consecutive = 0;
  // While a circuit is open, only the probe's answer counts; others left before it opened.
  if (state.phase == circuit_phase::open && !state.probe_owner.empty()) {
    state.phase = circuit_phase::ramping;
    state.until = now + ramp_ms;
    state.probe_owner.clear();
    state.probe_deadline = 0;
    // What opened it is over: the ratio starts anew.
    state.current = {};
    state.previous = {};
  }
  end_ramp(state, now);
}

bool is_success_news(const destination_state& state) noexcept {
  return state.consecutive > 0 || !state.probe_owner.empty();
}

void note_failure(destination_state& state, time_ms now, const failed_call& failure) noexcept {
  if (failure.asked_ms) note_asked(state, now, *failure.asked_ms);
  if (!is_destination_failure(failure.outcome)) {
    if (failure.outcome.network == network_kind::none) note_success(state, now);
    return;
  }
  roll(state, now);
  end_ramp(state, now);
  ++state.current.calls;
  ++state.current.failures;
  state.consecutive = std::min(state.consecutive + 1, consecutive_failures_max);
  const bool is_probing = state.phase == circuit_phase::open && !state.probe_owner.empty();
  const bool is_ramping = state.phase == circuit_phase::ramping;
  const bool is_closed = state.phase == circuit_phase::closed;
  if (is_probing || is_ramping || (is_closed && is_too_bad(state))) {
    open(state, now, failure.random01);
  }
}

void note_asked(destination_state& state, time_ms now, duration_ms asked_ms) noexcept {
  if (asked_ms <= 0) return;
  const time_ms asked = now + std::min(asked_ms, retry_after_ms_max);
  const bool is_sound = is_ahead(state.not_before, now, retry_after_ms_max);
  state.not_before = is_sound ? std::max(state.not_before, asked) : asked;
}

bool take_retry(destination_state& state, time_ms now) noexcept {
  roll(state, now);
  const int retries = state.current.retries + state.previous.retries;
  const int first_tries = state.current.calls + state.previous.calls - retries;
  if (retries >= std::max(inline_retries_min, first_tries / 10)) return false;
  ++state.current.retries;
  return true;
}

bool is_plain(const destination_state& state, time_ms now) noexcept {
  return forgotten_at(state) <= now;
}

time_ms forgotten_at(const destination_state& state) noexcept {
  time_ms at = state.not_before;
  const bool has_counts = state.current.calls > 0 || state.current.retries > 0 ||
                          state.previous.calls > 0 || state.previous.retries > 0;
  if (has_counts) at = std::max(at, state.counted_from + 2 * counted_ms);
  if (state.consecutive > 0) at = std::max(at, state.counted_from + kept_ms);
  if (state.phase == circuit_phase::open) {
    at = std::max(at, std::max(state.until, state.probe_deadline) + kept_ms);
  }
  return state.phase == circuit_phase::ramping ? std::max(at, state.until) : at;
}

}  // namespace tenon
