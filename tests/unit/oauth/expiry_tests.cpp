#include <algorithm>
#include <limits>

#include "catch.hpp"
#include "oauth/expiry.hpp"

using namespace tenon;

namespace {

constexpr time_ms issued_at = 1'790'000'000'000;

expiry_question token_of(duration_ms lifetime, time_ms now) {
  return {.now = now,
          .expires_at = issued_at + lifetime,
          .issued_at = issued_at,
          .has_refresh_token = true};
}

}  // namespace

TEST_CASE("a token is valid, then expiring, then expired, each to the millisecond", "[oauth]") {
  const time_ms expires_at = issued_at + hour_ms;
  const auto at = [](time_ms now) { return decide_expiry(token_of(hour_ms, now)); };
  CHECK(at(issued_at).status == expiry_status::valid);
  CHECK(at(issued_at).refresh_at == expires_at - 5 * minute_ms);
  CHECK(at(expires_at - 5 * minute_ms - 1).action == expiry_action::use);
  CHECK(at(expires_at - 5 * minute_ms).status == expiry_status::expiring);
  CHECK(at(expires_at - 5 * minute_ms).action == expiry_action::refresh_soon);
  CHECK(at(expires_at - 1).status == expiry_status::expiring);
  CHECK(at(expires_at).status == expiry_status::expired);
  CHECK(at(expires_at).action == expiry_action::refresh_now);
  CHECK(at(expires_at + 1).action == expiry_action::refresh_now);
}

TEST_CASE("without a refresh token a token is used up and then needs a person", "[oauth]") {
  expiry_question question = token_of(hour_ms, issued_at + hour_ms - 1);
  question.has_refresh_token = false;
  CHECK(decide_expiry(question).status == expiry_status::expiring);
  CHECK(decide_expiry(question).action == expiry_action::use);
  CHECK_FALSE(decide_expiry(question).refresh_at.has_value());
  question.now += 1;
  CHECK(decide_expiry(question).action == expiry_action::reconnect);
}

TEST_CASE("[R30] without a known expiry a token is used until it fails", "[oauth]") {
  const expiry_decision decision = decide_expiry({.now = issued_at, .has_refresh_token = true});
  CHECK(decision.status == expiry_status::unknown);
  CHECK(decision.action == expiry_action::use);
  CHECK_FALSE(decision.refresh_at.has_value());
}

TEST_CASE("[R30] an expires_in of 0 makes no refresh loop", "[oauth]") {
  for (const duration_ms later : {duration_ms{0}, second_ms, day_ms}) {
    const expiry_decision decision = decide_expiry(token_of(0, issued_at + later));
    CHECK(decision.status == expiry_status::unknown);
    CHECK(decision.action == expiry_action::use);
  }
}

TEST_CASE("[R44] tokens of 60 s asked for every second are refreshed at most every 40 s",
          "[oauth]") {
  for (int step = 0; step <= 20; ++step) {
    time_ms refreshed_at = issued_at;
    time_ms shortest = hour_ms;
    for (time_ms now = issued_at; now < issued_at + 10 * minute_ms; now += second_ms) {
      const expiry_decision decision = decide_expiry({.now = now,
                                                      .expires_at = refreshed_at + minute_ms,
                                                      .issued_at = refreshed_at,
                                                      .has_refresh_token = true,
                                                      .jitter = step / 20.0});
      if (decision.action == expiry_action::use) continue;
      shortest = std::min(shortest, now - refreshed_at);
      refreshed_at = now;
    }
    CHECK(shortest >= 40 * second_ms);
    CHECK(shortest < minute_ms);
  }
}

TEST_CASE("[R44] 10,000 tokens that expire together are refreshed over a tenth of the lifetime",
          "[oauth]") {
  for (const duration_ms lifetime :
       {minute_ms, 20 * minute_ms, 40 * minute_ms, hour_ms, 8 * hour_ms, 60 * day_ms}) {
    time_ms earliest = std::numeric_limits<time_ms>::max();
    time_ms latest = 0;
    for (int i = 0; i < 10'000; ++i) {
      expiry_question question = token_of(lifetime, issued_at);
      question.jitter = i / 10'000.0;
      const expiry_decision decision = decide_expiry(question);
      earliest = std::min(earliest, *decision.refresh_at);
      latest = std::max(latest, *decision.refresh_at);
    }
    CHECK(latest - earliest >= lifetime / 10);
    CHECK(earliest >= issued_at + lifetime - lifetime / 5);
    CHECK(latest < issued_at + lifetime);
  }
}

TEST_CASE("[R44] the margin never takes more than a fifth of the lifetime", "[oauth]") {
  CHECK(decide_expiry(token_of(minute_ms, issued_at)).refresh_at == issued_at + 48 * second_ms);
  expiry_question question = token_of(hour_ms, issued_at);
  question.margin_ms = day_ms;
  CHECK(decide_expiry(question).refresh_at == issued_at + 48 * minute_ms);
  question.margin_ms = 0;
  CHECK(decide_expiry(question).refresh_at == issued_at + hour_ms);
}

TEST_CASE("with an unknown issue time the margin is what was asked for, less the jitter",
          "[oauth]") {
  expiry_question question{
      .now = issued_at, .expires_at = issued_at + hour_ms, .has_refresh_token = true};
  CHECK(decide_expiry(question).refresh_at == issued_at + 55 * minute_ms);
  question.jitter = 1;
  CHECK(decide_expiry(question).refresh_at == issued_at + hour_ms - 225 * second_ms);
}

TEST_CASE("[R45] a clock an hour off neither refreshes fresh tokens nor revives dead ones",
          "[oauth]") {
  const auto at = [](time_ms now) { return decide_expiry(token_of(8 * hour_ms, now)).status; };
  CHECK(at(issued_at - hour_ms) == expiry_status::valid);
  CHECK(at(issued_at + hour_ms) == expiry_status::valid);
  CHECK(at(issued_at + 8 * hour_ms + hour_ms) == expiry_status::expired);
  CHECK(at(issued_at + 9 * hour_ms - hour_ms) == expiry_status::expired);
}

TEST_CASE("no argument, however odd, overflows a decision", "[oauth]") {
  const time_ms times[] = {std::numeric_limits<time_ms>::min(), -1, 0, issued_at,
                           std::numeric_limits<time_ms>::max()};
  const double jitters[] = {std::numeric_limits<double>::quiet_NaN(), -1, 0, 0.5, 2};
  // Every combination: each digit of the number in base 5 picks one value.
  for (int number = 0; number < 5 * 5 * 5 * 5 * 5; ++number) {
    const auto digit = [number](int place) { return number / place % 5; };
    const expiry_question question{.now = times[digit(1)],
                                   .expires_at = times[digit(5)],
                                   .issued_at = times[digit(25)],
                                   .has_refresh_token = true,
                                   .margin_ms = times[digit(125)],
                                   .jitter = jitters[digit(625)]};
    const expiry_decision decision = decide_expiry(question);
    if (question.issued_at == question.expires_at) {
      REQUIRE(decision.status == expiry_status::unknown);
      continue;
    }
    if (question.expires_at <= question.now) REQUIRE(decision.status == expiry_status::expired);
    if (question.issued_at < question.expires_at) {
      REQUIRE(*decision.refresh_at <= std::clamp(*question.expires_at, -time_ms_max, time_ms_max));
    }
  }
}
