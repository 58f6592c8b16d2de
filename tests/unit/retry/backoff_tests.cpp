#include <algorithm>
#include <cmath>
#include <limits>

#include "catch.hpp"
#include "retry/backoff.hpp"
#include "retry/schedule.hpp"
#include "unit/retry/random_source.hpp"

using namespace tenon;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinite = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("without jitter the delays double up to the cap", "[retry]") {
  const backoff_policy policy{10, 100, 5000, 2, jitter_kind::none, 0};
  const duration_ms expected[] = {100, 200, 400, 800, 1600, 3200, 5000, 5000};
  for (int attempt = 1; attempt <= 8; ++attempt) {
    CHECK(backoff_delay(policy, attempt, 0.5) == expected[attempt - 1]);
  }
}

TEST_CASE("a token exchange waits 100 ms, then 200 ms, each with up to 100 ms on top", "[retry]") {
  CHECK(token_exchange_policy.attempts_max == 3);
  CHECK(backoff_delay(token_exchange_policy, 1, 0) == 100);
  CHECK(backoff_delay(token_exchange_policy, 1, 1) == 200);
  CHECK(backoff_delay(token_exchange_policy, 2, 0) == 200);
  CHECK(backoff_delay(token_exchange_policy, 2, 0.5) == 250);
  CHECK(backoff_delay(token_exchange_policy, 9, 1) == 5000);
}

TEST_CASE("[R88] full jitter is uniform between 0 and the capped delay", "[retry]") {
  random_source random;
  for (const int attempt : {1, 2, 3, 4, 5, 40}) {
    const double top = std::min(10'000.0, 1000 * std::pow(2, attempt - 1));
    int counts[10] = {};
    double sum = 0;
    for (int i = 0; i < 20'000; ++i) {
      const auto delay = static_cast<double>(backoff_delay(refresh_policy, attempt, random.next()));
      REQUIRE(delay >= 0);
      REQUIRE(delay <= top);
      sum += delay;
      ++counts[std::min(9, static_cast<int>(delay / top * 10))];
    }
    CHECK(sum / 20'000 == Approx(top / 2).epsilon(0.02));
    for (const int count : counts) CHECK(count == Approx(2000).epsilon(0.12));
  }
}

TEST_CASE("[R88] no attempt number up to 10,000 and beyond overflows", "[retry]") {
  const backoff_policy policy{20'000, 1000, 10'000, 2, jitter_kind::none, 0};
  for (int attempt = 5; attempt <= 10'000; ++attempt) {
    REQUIRE(backoff_delay(policy, attempt, 0) == 10'000);
  }
  CHECK(backoff_delay(policy, std::numeric_limits<int>::max(), 0) == 10'000);
}

TEST_CASE("[R88] whatever the arguments are, the delay lies between 0 and the cap", "[retry]") {
  const duration_ms amounts[] = {std::numeric_limits<duration_ms>::min(), -1, 0, 1, 1000,
                                 std::numeric_limits<duration_ms>::max()};
  const double numbers[] = {not_a_number, -infinite, -2, -1, 0, 0.5, 1, 2, 1e300, infinite};
  const int attempts[] = {std::numeric_limits<int>::min(), -1, 0, 1, 2, 10'000,
                          std::numeric_limits<int>::max()};
  const jitter_kind kinds[] = {jitter_kind::none, jitter_kind::additive, jitter_kind::full,
                               jitter_kind::decorrelated, jitter_kind::around};
  random_source random;
  for (int i = 0; i < 100'000; ++i) {
    const duration_ms cap = random.pick(amounts);
    const backoff_policy policy{3,
                                random.pick(amounts),
                                cap,
                                random.pick(numbers),
                                random.pick(kinds),
                                random.pick(amounts),
                                random.pick(amounts)};
    const duration_ms delay =
        backoff_delay(policy, random.pick(attempts), random.pick(numbers), random.pick(amounts));
    REQUIRE(delay >= 0);
    REQUIRE(delay <= std::max<duration_ms>(cap, 0));
  }
}

TEST_CASE("a growing attempt number never shortens the delay", "[retry]") {
  random_source random;
  for (int policy_number = 0; policy_number < 30; ++policy_number) {
    const backoff_policy policy{100,
                                static_cast<duration_ms>(random.next() * 5000),
                                static_cast<duration_ms>(random.next() * 100'000),
                                1 + random.next() * 3,
                                jitter_kind::none,
                                0};
    for (int attempt = 1; attempt < 100; ++attempt) {
      REQUIRE(backoff_delay(policy, attempt, 0) <= backoff_delay(policy, attempt + 1, 0));
    }
  }
}

TEST_CASE("[R88] each kind of jitter is uniform within its own bounds", "[retry]") {
  random_source random;
  const auto check = [&](backoff_policy policy, duration_ms low, duration_ms high) {
    CHECK(chi_square(static_cast<double>(low), static_cast<double>(high), [&] {
            return backoff_delay(policy, 3, random.next(), 20'000);
          }) < chi_square_max);
  };
  check({9, 1000, 100'000, 2, jitter_kind::full, 0}, 0, 4000);
  check({9, 1000, 2000, 2, jitter_kind::full, 0}, 0, 2000);
  check({9, 1000, 100'000, 2, jitter_kind::full, 0, 2000}, 2000, 4000);
  check({9, 1000, 100'000, 2, jitter_kind::additive, 5000}, 4000, 9000);
  check({9, 1000, 100'000, 2, jitter_kind::decorrelated, 0}, 1000, 60'000);
  check({9, 1000, 30'000, 2, jitter_kind::decorrelated, 0}, 1000, 30'000);
  check({9, 1000, 100'000, 2, jitter_kind::around, 1500}, 2500, 5500);
  check({9, 1000, 100'000, 2, jitter_kind::around, 1500, 3000}, 3000, 5500);
}

TEST_CASE("the measure for uniform draws notices draws that are not", "[retry]") {
  random_source random;
  CHECK(chi_square(0, 10'000, [&] { return random.next() * 9000; }) > chi_square_max);
  CHECK(chi_square(0, 10'000, [&] { return random.next() * random.next() * 10'000; }) >
        chi_square_max);
  CHECK(chi_square(0, 10'000, [&] { return random.next() * 10'100; }) > chi_square_max);
}

TEST_CASE("[R88] decorrelated jitter grows from delay to delay and stays under its cap",
          "[retry]") {
  const backoff_policy policy{20'000, 1000, 60'000, 2, jitter_kind::decorrelated, 0};
  CHECK(backoff_delay(policy, 1, 0) == 1000);
  CHECK(backoff_delay(policy, 1, 1) == 3000);
  CHECK(backoff_delay(policy, 2, 1, 3000) == 9000);
  CHECK(backoff_delay(policy, 2, 0, 3000) == 1000);
  random_source random;
  duration_ms delay = 0;
  double sum = 0;
  for (int attempt = 1; attempt <= 10'000; ++attempt) {
    delay = backoff_delay(policy, attempt, random.next(), delay);
    REQUIRE(delay >= 1000);
    REQUIRE(delay <= 60'000);
    sum += static_cast<double>(delay);
  }
  CHECK(sum / 10'000 > 10'000);
}

TEST_CASE("[R88] a floor keeps retries from bunching at nothing", "[retry]") {
  const backoff_policy policy{9, 1000, 60'000, 2, jitter_kind::full, 0, 700};
  random_source random;
  for (int i = 0; i < 20'000; ++i) REQUIRE(backoff_delay(policy, 1, random.next()) >= 700);
  CHECK(backoff_delay(policy, 1, 0) == 700);
  CHECK(backoff_delay(policy, 1, 1) == 1000);
  // A floor above the cap is the cap.
  CHECK(backoff_delay({9, 1000, 500, 2, jitter_kind::full, 0, 700}, 1, 0) == 500);
}
