#include <string>
#include <vector>

#include "catch.hpp"
#include "retry/destination.hpp"
#include "retry/retry_after.hpp"
#include "unit/retry/random_source.hpp"

using namespace tenon;

namespace {

constexpr time_ms start = 1'790'000'000'000;

failed_call failed(std::uint16_t status = 503, double random01 = 0) {
  return {{network_kind::none, true, status}, std::nullopt, random01};
}

failed_call broken(network_kind kind) { return {{kind, false, 0}, std::nullopt, 0}; }

destination_state opened(time_ms at = start) {
  destination_state state;
  for (int i = 0; i < consecutive_failures_max; ++i) note_failure(state, at, failed());
  return state;
}

admission_kind kind_at(const destination_state& state, time_ms now, double random01 = 0.5) {
  return admit(state, now, random01).kind;
}

}  // namespace

TEST_CASE("[R95] the circuit opens at the fifth failure in a row and not at the fourth",
          "[retry]") {
  destination_state state;
  for (int i = 0; i < 4; ++i) note_failure(state, start, failed());
  CHECK(kind_at(state, start) == admission_kind::allowed);
  destination_state recovered = state;
  note_success(recovered, start);
  for (int i = 0; i < 4; ++i) note_failure(recovered, start, failed());
  CHECK(kind_at(recovered, start) == admission_kind::allowed);
  note_failure(state, start, failed());
  const admission refused = admit(state, start, 0);
  CHECK(refused.kind == admission_kind::wait);
  CHECK(refused.reason == wait_reason::open);
  CHECK(refused.until == start + open_ms_min);
}

TEST_CASE("[R95] half of at least 20 calls within a minute opens the circuit, fewer do not",
          "[retry]") {
  const auto phase_after = [](int successes, int failures, duration_ms step) {
    destination_state state;
    time_ms now = start;
    for (; successes > failures; --successes, now += step) note_success(state, now);
    for (; failures > 0; --failures, now += step) {
      note_success(state, now);
      note_failure(state, now, failed());
    }
    return state.phase;
  };
  CHECK(phase_after(10, 10, 10) == circuit_phase::open);
  CHECK(phase_after(9, 9, 10) == circuit_phase::closed);
  CHECK(phase_after(13, 11, 10) == circuit_phase::closed);
  CHECK(phase_after(12, 12, 10) == circuit_phase::open);
  // The same calls over ten minutes are too few at any time.
  CHECK(phase_after(12, 12, 30'000) == circuit_phase::closed);
}

TEST_CASE("[R95] successes that were not written as they came count when handed in later",
          "[retry]") {
  destination_state state;
  note_success(state, start, 30);
  for (int i = 0; i < 10; ++i) {
    note_failure(state, start, failed());
    note_success(state, start);
  }
  CHECK(state.phase == circuit_phase::closed);
}

TEST_CASE("[R95] answers that show a living peer do not count, save 408 and 429", "[retry]") {
  for (const std::uint16_t status : {400, 401, 403, 404, 409, 410, 422}) {
    destination_state state;
    for (int i = 0; i < 100; ++i) note_failure(state, start, failed(status));
    CHECK(state.phase == circuit_phase::closed);
    CHECK(state.current.failures == 0);
  }
  for (const std::uint16_t status : {408, 429, 500, 502, 503, 504, 529}) {
    destination_state state;
    for (int i = 0; i < 5; ++i) note_failure(state, start, failed(status));
    CHECK(state.phase == circuit_phase::open);
  }
}

TEST_CASE("[R95] our own refusals neither open a circuit nor close it", "[retry]") {
  for (const network_kind kind : {network_kind::blocked, network_kind::too_large}) {
    destination_state state;
    for (int i = 0; i < 100; ++i) note_failure(state, start, broken(kind));
    CHECK(is_plain(state, start));
    destination_state probing = opened();
    begin_probe(probing, "a", start + minute_ms);
    note_failure(probing, start + minute_ms, broken(kind));
    CHECK(probing.phase == circuit_phase::open);
  }
  for (const network_kind kind : {network_kind::dns, network_kind::refused, network_kind::timeout,
                                  network_kind::reset, network_kind::tls, network_kind::unknown}) {
    destination_state state;
    for (int i = 0; i < 5; ++i) note_failure(state, start, broken(kind));
    CHECK(state.phase == circuit_phase::open);
  }
}

TEST_CASE("[R95] each failed probe doubles the open time, with jitter, up to 15 minutes",
          "[retry]") {
  for (const double random01 : {0.0, 0.5, 1.0}) {
    destination_state state;
    time_ms now = start;
    for (int i = 0; i < 5; ++i) note_failure(state, now, failed(503, random01));
    duration_ms least = open_ms_min;
    for (int opening = 1; opening < 300; ++opening) {
      const auto wanted = static_cast<duration_ms>(static_cast<double>(least) * (1 + random01 / 4));
      REQUIRE(state.until - now == wanted);
      REQUIRE(state.until - now <= open_ms_max);
      now = state.until;
      REQUIRE(kind_at(state, now) == admission_kind::probe);
      begin_probe(state, "a", now);
      note_failure(state, now, failed(503, random01));
      least = std::min(least * 2, open_ms_max / 5 * 4);
    }
  }
}

TEST_CASE("[R96] of 1,000 callers at half-open one probes and the others wait", "[retry]") {
  // The row as a store with compare-and-swap has it; all callers read before any writes.
  destination_state stored = opened();
  int version = 0;
  const time_ms now = stored.until;
  int probes = 0;
  for (int round = 0; round < 3; ++round) {
    const destination_state read = stored;
    const int read_version = version;
    for (int caller = 0; caller < 1000; ++caller) {
      if (kind_at(read, now) != admission_kind::probe) continue;
      destination_state mine = read;
      begin_probe(mine, std::to_string(caller), now);
      if (version != read_version) continue;  // the commit fails: read again
      stored = mine;
      ++version;
      ++probes;
    }
  }
  CHECK(probes == 1);
  const admission others = admit(stored, now, 0);
  CHECK(others.reason == wait_reason::probing);
  CHECK(others.until == now + probe_ms);
}

TEST_CASE("[R96] a probe that never answers gives its place up at its deadline", "[retry]") {
  destination_state state = opened();
  const time_ms now = state.until;
  begin_probe(state, "lost", now);
  CHECK(kind_at(state, now + probe_ms - 1) == admission_kind::wait);
  CHECK(kind_at(state, now + probe_ms) == admission_kind::probe);
  begin_probe(state, "next", now + probe_ms);
  CHECK(state.probe_owner == "next");
  CHECK(kind_at(state, now + probe_ms) == admission_kind::wait);
}

TEST_CASE("[R96] after a good probe callers come back one after another, not all at once",
          "[retry]") {
  destination_state state = opened();
  const time_ms now = state.until;
  begin_probe(state, "a", now);
  note_success(state, now);
  random_source random;
  std::vector<double> callers;
  for (int i = 0; i < 1000; ++i) callers.push_back(random.next());
  const auto admitted = [&](time_ms at) {
    int count = 0;
    for (const double caller : callers) count += kind_at(state, at, caller) != admission_kind::wait;
    return count;
  };
  CHECK(admitted(now) == Approx(100).margin(30));
  CHECK(admitted(now + ramp_ms / 2) == Approx(500).margin(60));
  CHECK(admitted(now + ramp_ms) == 1000);
  for (const double caller : callers) {
    const admission told = admit(state, now, caller);
    if (told.kind == admission_kind::wait) {
      REQUIRE(told.until <= now + ramp_ms);
      REQUIRE(kind_at(state, told.until, caller) == admission_kind::allowed);
    }
  }
}

TEST_CASE("[R96] a failure within the ramp opens at once, for longer; one after it does not",
          "[retry]") {
  destination_state state = opened();
  const time_ms now = state.until;
  begin_probe(state, "a", now);
  note_success(state, now);
  destination_state later = state;
  note_failure(state, now + 1000, failed());
  CHECK(state.phase == circuit_phase::open);
  CHECK(state.until == now + 1000 + 2 * open_ms_min);
  note_failure(later, now + ramp_ms, failed());
  CHECK(later.phase == circuit_phase::closed);
  CHECK(later.openings == 0);
}

TEST_CASE("[R96] an answer to a call that left before the circuit opened does not close it",
          "[retry]") {
  destination_state state = opened();
  note_success(state, start + 100);
  CHECK(state.phase == circuit_phase::open);
  CHECK(kind_at(state, start + 100) == admission_kind::wait);
  note_failure(state, start + 200, failed());
  CHECK(state.until == start + open_ms_min);
}

TEST_CASE("[R90] a minute has 10 retries, or a tenth of the first tries where that is more",
          "[retry]") {
  destination_state few;
  int taken = 0;
  while (take_retry(few, start)) ++taken;
  CHECK(taken == 10);
  CHECK_FALSE(take_retry(few, start + 59'999));
  CHECK(take_retry(few, start + 60'000));

  destination_state many;
  note_success(many, start, 500);
  for (taken = 0; take_retry(many, start); ++taken) note_success(many, start);
  CHECK(taken == 50);
}

TEST_CASE("[R90] a dead backend at 100 calls a second gets at most a tenth more by retries",
          "[retry]") {
  destination_state state;
  int calls = 0;
  int retries = 0;
  for (time_ms now = start; now < start + minute_ms; now += 10) {
    ++calls;
    note_failure(state, now, failed());
    // Three tries for each call, where the budget has them.
    for (int retry = 0; retry < 2 && take_retry(state, now); ++retry) {
      ++retries;
      note_failure(state, now, failed());
    }
  }
  CHECK(calls == 6000);
  CHECK(retries <= calls / 10);
  CHECK(retries > 400);
}

TEST_CASE("[R89] what one caller was asked for holds all back, and is never shortened", "[retry]") {
  destination_state state;
  note_failure(state, start, {{network_kind::none, true, 429}, 40'000, 0});
  const admission told = admit(state, start + 1, 0);
  CHECK(told.kind == admission_kind::wait);
  CHECK(told.reason == wait_reason::asked);
  CHECK(told.until == start + 40'000);
  note_asked(state, start, 10'000);
  CHECK(state.not_before == start + 40'000);
  CHECK(kind_at(state, start + 39'999) == admission_kind::wait);
  CHECK(kind_at(state, start + 40'000) == admission_kind::allowed);
  note_asked(state, start, retry_after_ms_max * 9);
  CHECK(state.not_before == start + retry_after_ms_max);
  note_asked(state, start, -5);
  CHECK(state.not_before == start + retry_after_ms_max);
}

TEST_CASE("times that a jumped clock wrote do not lock a destination up", "[retry]") {
  const time_ms year = 366 * day_ms;
  destination_state state = opened(start + year);
  CHECK(kind_at(state, start) == admission_kind::probe);
  begin_probe(state, "a", start + year);
  CHECK(kind_at(state, start) == admission_kind::probe);
  note_asked(state, start + year, 1000);
  CHECK(kind_at(state, start) == admission_kind::probe);
  note_asked(state, start, 5000);
  CHECK(state.not_before == start + 5000);
  // A clock that is a little behind the writer's is no jump.
  const destination_state recent = opened(start + 5000);
  CHECK(admit(recent, start, 0).reason == wait_reason::open);
}

TEST_CASE("[R95] a state is worth a row only while it says something", "[retry]") {
  destination_state state;
  CHECK(is_plain(state, start));
  CHECK_FALSE(is_success_news(state));
  note_failure(state, start, failed());
  CHECK_FALSE(is_plain(state, start));
  CHECK(is_success_news(state));
  note_success(state, start);
  CHECK_FALSE(is_success_news(state));
  CHECK(is_plain(state, start + minute_ms));
  const destination_state open = opened();
  CHECK_FALSE(is_plain(open, open.until));
  CHECK(is_plain(open, forgotten_at(open)));
  CHECK(forgotten_at(open) >= open.until + hour_ms);
}
