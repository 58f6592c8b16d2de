#include <algorithm>
#include <limits>

#include "catch.hpp"
#include "retry/decision.hpp"
#include "retry/schedule.hpp"
#include "unit/retry/random_source.hpp"

using namespace tenon;

TEST_CASE("a schedule gives one delay for each try and then no more", "[retry]") {
  const duration_ms delays[] = {0, 5000, 60'000};
  const delay_schedule exact{delays, 1, 1, 0};
  CHECK(scheduled_delay(exact, 0, 0.5) == 0);
  CHECK(scheduled_delay(exact, 1, 0.5) == 5000);
  CHECK(scheduled_delay(exact, 2, 0.5) == 60'000);
  CHECK(scheduled_delay(exact, 3, 0.5) == std::nullopt);
  CHECK(scheduled_delay(exact, 10'000, 0.5) == std::nullopt);
  CHECK(scheduled_delay(exact, -1, 0.5) == 0);
}

TEST_CASE("[R88] a scheduled delay is uniform around its own length", "[retry]") {
  const duration_ms delays[] = {0, 5000, 60'000};
  const delay_schedule around{delays, 0.8, 1.2, 1000};
  random_source random;
  const auto draw = [&](int tries) {
    return [&random, &around, tries] { return *scheduled_delay(around, tries, random.next()); };
  };
  CHECK(chi_square(4000, 6000, draw(1)) < chi_square_max);
  CHECK(chi_square(48'000, 72'000, draw(2)) < chi_square_max);
}

TEST_CASE("[R88] after its first try a delivery never comes back at once", "[retry]") {
  const duration_ms delays[] = {0, 0, 200, 5000};
  const delay_schedule floored{delays, 0.5, 1.5, 1000};
  random_source random;
  for (int i = 0; i < 20'000; ++i) {
    CHECK(scheduled_delay(floored, 0, random.next()) == 0);
    for (const int tries : {1, 2, 3}) {
      REQUIRE(*scheduled_delay(floored, tries, random.next()) >= 1000);
    }
  }
}

TEST_CASE("deliveries are tried ten times over at least three days, whatever is drawn", "[retry]") {
  random_source random;
  CHECK(delivery_schedule.delays.size() == 10);
  for (int i = 0; i < 1000; ++i) {
    duration_ms sum = 0;
    for (int tries = 0; tries < 10; ++tries) {
      const double drawn = i == 0 ? 0 : random.next();
      sum += *scheduled_delay(delivery_schedule, tries, drawn);
    }
    REQUIRE(sum >= 3 * day_ms);
    REQUIRE(sum <= 4 * day_ms);
  }
}

TEST_CASE("[R88] no schedule gives a negative delay or one without end", "[retry]") {
  const duration_ms delays[] = {0, -1, std::numeric_limits<duration_ms>::min(),
                                std::numeric_limits<duration_ms>::max(), 1000};
  const double numbers[] = {std::numeric_limits<double>::quiet_NaN(),
                            -std::numeric_limits<double>::infinity(),
                            -1,
                            0,
                            0.5,
                            1,
                            1e300,
                            std::numeric_limits<double>::infinity()};
  random_source random;
  for (int i = 0; i < 50'000; ++i) {
    const delay_schedule schedule{delays, random.pick(numbers), random.pick(numbers),
                                  random.pick(delays)};
    const auto delay =
        scheduled_delay(schedule, static_cast<int>(random.next() * 5), random.pick(numbers));
    REQUIRE(delay.has_value());
    REQUIRE(*delay >= 0);
    REQUIRE(*delay <= time_ms_max);
  }
}

TEST_CASE("[R89] a schedule yields to what the peer asked for, and ends like a policy", "[retry]") {
  const duration_ms delays[] = {0, 5000};
  const delay_schedule exact{delays, 1, 1, 0};
  const exchange_outcome busy{network_kind::none, true, 503};
  const retry_decision own = next_retry(exact, busy, {.attempt = 1});
  CHECK(own.retry);
  CHECK(own.delay_ms == 5000);
  CHECK(next_retry(exact, busy, {.attempt = 1, .retry_after_ms = 9000}).delay_ms == 9000);
  CHECK(next_retry(exact, busy, {.attempt = 2}).reason == retry_reason::used_up);
  const exchange_outcome refused{network_kind::none, true, 400};
  CHECK(next_retry(exact, refused, {.attempt = 1}).reason == retry_reason::not_retryable);
}
