#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "retry/classify.hpp"

namespace tenon {

// The circuit of a destination:
//
//   closed --5 failures in a row, or half of at least 20 calls in a minute--> open
//   open --until is past, one caller writes itself in as the probe--> open with a probe (half-open)
//   half-open --success--> ramping --30 s without a failure--> closed
//   half-open or ramping --failure--> open, twice as long
enum class circuit_phase : std::uint8_t { closed, open, ramping };

inline constexpr int consecutive_failures_max = 5;
inline constexpr int ratio_calls_min = 20;
inline constexpr int inline_retries_min = 10;              // the budget that every minute has
inline constexpr duration_ms counted_ms = 30 * second_ms;  // half of the minute that is looked at
inline constexpr duration_ms ramp_ms = 30 * second_ms;
inline constexpr duration_ms probe_ms = 30 * second_ms;  // longer than any one call may take
inline constexpr duration_ms open_ms_min = 30 * second_ms;
inline constexpr duration_ms open_ms_max = 15 * minute_ms;

struct call_counts {
  int calls = 0;  // all tries, retries among them
  int failures = 0;
  int retries = 0;
};

// destination_state is what one organization knows of one host: circuit, retry budget and the time
// that the host asked to be left alone for. It is stored in one row, and every change is written by
// compare-and-swap: a caller that loses reads again and asks again. All callers share it, so what
// one learns slows the others down. A destination that is well needs no row.
struct destination_state {
  circuit_phase phase = circuit_phase::closed;
  int consecutive = 0;  // failures since the last success
  int openings = 0;     // how often it opened since it was last well
  time_ms until = 0;    // open: when a probe may go; ramping: when the ramp ends
  std::string probe_owner;
  time_ms probe_deadline = 0;
  time_ms not_before = 0;
  time_ms counted_from = 0;  // when `current` began
  call_counts current;
  call_counts previous;  // the half minute before it
};

enum class admission_kind : std::uint8_t {
  allowed,
  wait,   // ask again at `until`
  probe,  // only after begin_probe was committed
};

enum class wait_reason : std::uint8_t { none, asked, open, probing, ramping };

struct admission {
  admission_kind kind = admission_kind::allowed;
  time_ms until = 0;
  wait_reason reason = wait_reason::none;
};

// admit says whether a call may go out at now. random01 places the caller within a ramp: a caller
// that waits keeps its number, so that all get through, one after another, before the ramp is over.
// Times further ahead than this code ever sets them come from a clock that jumped and do not count.
admission admit(const destination_state& state, time_ms now, double random01) noexcept;

// begin_probe writes the caller in as the one probe, until its deadline: when that passes without
// an answer, another may probe.
void begin_probe(destination_state& state, std::string_view owner, time_ms now);

// is_destination_failure says whether an outcome counts against a destination: no answer, 408, 429
// and 5xx do. Other answers show that it is well, and refusals of our own (blocked, too_large) show
// nothing. A call that we cancelled is not reported at all.
bool is_destination_failure(const exchange_outcome& outcome) noexcept;

// note_success counts calls that went well; those that were not worth a write can be handed in with
// the next one. It ends a row of failures, and closes a circuit that is being probed.
void note_success(destination_state& state, time_ms now, int calls = 1) noexcept;

// is_success_news says whether a success now is worth a write: the first one after failures, or the
// probe's.
bool is_success_news(const destination_state& state) noexcept;

struct failed_call {
  exchange_outcome outcome;
  std::optional<duration_ms> asked_ms;  // what the answer asked for: rate_limit_advice::wait_ms
  double random01 = 0;                  // draws the open time
};

// note_failure counts a call that failed for its caller. One whose answer shows that the
// destination is well is a success here, and one that was never sent is nothing.
void note_failure(destination_state& state, time_ms now, const failed_call& failure) noexcept;

// note_asked keeps everybody away for as long as an answer asked, at most retry_after_ms_max. It
// never shortens a wait.
void note_asked(destination_state& state, time_ms now, duration_ms asked_ms) noexcept;

// take_retry takes one retry out of the budget: in a minute 10, or a tenth of the first tries where
// that is more. False when there is none left; nothing is changed then.
bool take_retry(destination_state& state, time_ms now) noexcept;

// is_plain says that a state holds nothing: it needs no row.
bool is_plain(const destination_state& state, time_ms now) noexcept;
// forgotten_at is when a state becomes plain by itself, for the row's expiry. Failures
// in a row and an open circuit are kept for an hour, so that they count for a quiet destination
// too.
time_ms forgotten_at(const destination_state& state) noexcept;

}  // namespace tenon
