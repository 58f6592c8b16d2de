#include <string>

#include "catch.hpp"
#include "retry/decision.hpp"
#include "retry/rate_limit.hpp"
#include "retry/retry_after.hpp"
#include "unit/json/vector_file.hpp"

using namespace tenon;

namespace {

constexpr time_ms now = 1'790'000'000 * second_ms;

http_reply answer(std::vector<http_header> headers, std::uint16_t status = 200) {
  http_reply reply;
  reply.status = status;
  reply.headers = std::move(headers);
  return reply;
}

rate_limit_advice advice_of(std::vector<http_header> headers, std::uint16_t status = 200,
                            const rate_limit_headers* own = nullptr) {
  return rate_limit_of(answer(std::move(headers), status), now, own);
}

std::string instant(duration_ms from_now) { return std::to_string((now + from_now) / second_ms); }

}  // namespace

TEST_CASE("[R89] the 10 published combinations of Retry-After and RateLimit hold",
          "[retry][vectors]") {
  const json_value file = read_vectors("http/retry_after.json");
  const time_ms then = file.integer("now", 0) * second_ms;
  int read = 0;
  for (const json_value& test : file.find("combined")->items()) {
    http_reply reply;
    reply.status = static_cast<std::uint16_t>(test.integer("status", 0));
    for (const json_member& field : test.find("headers")->members()) {
      reply.headers.push_back({field.name, *field.value.string()});
    }
    INFO("case " << read);
    ++read;
    const rate_limit_advice advice = rate_limit_of(reply, then, nullptr);
    const json_value& expected = *test.find("expect");
    if (expected.is_null()) {
      CHECK_FALSE(advice.wait_ms.has_value());
    } else {
      CHECK(advice.wait_ms == *expected.integer() * second_ms);
    }
  }
  CHECK(read == 10);
}

TEST_CASE("[R89] RateLimit: the longest wait of its items counts, and the fewest calls left",
          "[retry]") {
  const auto both = advice_of({{"RateLimit", R"("a";r=0;t=3, "b";r=0;t=8)"}});
  CHECK(both.wait_ms == 8000);
  CHECK(both.remaining == 0);
  const auto twice = advice_of({{"ratelimit", R"("a";r=4;t=3)"}, {"ratelimit", R"("b";r=0;t=8)"}});
  CHECK_FALSE(twice.wait_ms.has_value());
  CHECK(advice_of({{"RateLimit", R"("a";r=7)"}}).wait_ms == 0);
  CHECK(advice_of({{"RateLimit", R"("a";r=7)"}}).remaining == 7);
  CHECK(advice_of({{"RateLimit", R"("a";t=7)"}}).remaining == std::nullopt);
  CHECK(advice_of({{"RateLimit", R"("a";r=0;t=999999999999)"}}).wait_ms == retry_after_ms_max);
  CHECK(advice_of({{"RateLimit", R"("a";r=0;t=5;pk=:aGk=:)"}}).wait_ms == 5000);
}

TEST_CASE("[R89] RateLimit: garbage is ignored, whole where the list is broken", "[retry]") {
  for (const char* bad : {"", "r=0;t=5", "\"a\";r=0;t=5,", "\"a\";r=0;t=5 \"b\"", "(\"a\");r=0;t=5",
                          "\"a\";r=-1;t=5", "\"a\";r=0.0;t=5", "\"a\";r=0;t", "\"a;r=0;t=5",
                          "\"a\";R=0;t=5", "limit=10, remaining=0, reset=5", "0;r=0;t=5"}) {
    INFO(bad);
    CHECK_FALSE(advice_of({{"RateLimit", bad}}, 429).wait_ms.has_value());
  }
}

TEST_CASE("few calls left of a known quota are spread over the rest of the window", "[retry]") {
  const auto with_quota = [](const char* items, const char* policy = R"("a";q=100;w=60)") {
    return advice_of({{"RateLimit-Policy", policy}, {"RateLimit", items}}).wait_ms;
  };
  CHECK(with_quota(R"("a";r=11;t=33)") == 0);
  CHECK(with_quota(R"("a";r=10;t=33)") == 3000);
  CHECK(with_quota(R"("a";r=1;t=33)") == 16'500);
  CHECK(with_quota(R"("a";r=0;t=33)") == 33'000);
  CHECK(with_quota(R"("b";r=1;t=33)") == 0);
  CHECK(with_quota(R"("a";r=1;t=33)", "nonsense=;") == 0);
  CHECK(with_quota(R"("b";r=1;t=33)", R"("a";q=100, "b";q=10;w=9)") == 16'500);
}

TEST_CASE("[R89] the fields of the earlier drafts and X-RateLimit are read", "[retry]") {
  CHECK(advice_of({{"RateLimit-Remaining", "0"}, {"RateLimit-Reset", "12"}}).wait_ms == 12'000);
  CHECK(
      advice_of({{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", instant(30'000)}}).wait_ms ==
      30'000);
  CHECK(advice_of({{"x-rate-limit-remaining", "0"}, {"x-rate-limit-reset", instant(30'000)}})
            .wait_ms == 30'000);
  CHECK(advice_of({{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", instant(30'000) + "000"}})
            .wait_ms == 30'000);
  CHECK(
      advice_of({{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", instant(-5000)}}).wait_ms ==
      0);
  const auto low = advice_of({{"RateLimit-Limit", "100, 100;w=60"},
                              {"RateLimit-Remaining", "4"},
                              {"RateLimit-Reset", "10"}});
  CHECK(low.wait_ms == 2000);
  CHECK(low.remaining == 4);
  const auto reddit = advice_of({{"X-Ratelimit-Remaining", "0.0"}, {"X-Ratelimit-Reset", "1.5"}});
  CHECK(reddit.wait_ms == 1500);
  CHECK(reddit.remaining == 0);
}

TEST_CASE("[R89] numbers that are none, and fields that come twice, say nothing", "[retry]") {
  for (const char* bad : {"", "-1", "+1", "1e3", "0x1", ".5", "1.2.3", ".", "soon", "1,2", "1 2"}) {
    INFO(bad);
    CHECK_FALSE(advice_of({{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", bad}})
                    .wait_ms.has_value());
    CHECK_FALSE(advice_of({{"X-RateLimit-Remaining", bad}, {"X-RateLimit-Reset", "5"}})
                    .wait_ms.has_value());
  }
  CHECK_FALSE(
      advice_of(
          {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "5"}, {"x-ratelimit-reset", "5"}})
          .wait_ms.has_value());
  const std::string padding(2048 - 14, ' ');
  CHECK(advice_of({{"RateLimit", padding + R"("a";r=0;t=50  )"}}).wait_ms == 50'000);
  CHECK_FALSE(advice_of({{"RateLimit", padding + R"("a";r=0;t=50   )"}}).wait_ms.has_value());
  const std::string digits(400, '9');
  CHECK(advice_of({{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", digits}}).wait_ms ==
        retry_after_ms_max);
}

TEST_CASE("[R89] a provider's own fields are read in the unit that its entry gives", "[retry]") {
  const rate_limit_headers epoch{"", "Acme-Left", "Acme-Until", reset_unit::epoch_seconds};
  CHECK(advice_of({{"acme-left", "0"}, {"acme-until", instant(7000)}}, 200, &epoch).wait_ms ==
        7000);
  CHECK(advice_of({{"acme-left", "0"}, {"acme-until", "7"}}, 200, &epoch).wait_ms == 0);
  const rate_limit_headers relative{"Acme-All", "Acme-Left", "Acme-Until",
                                    reset_unit::seconds_from_now};
  CHECK(advice_of({{"acme-all", "10"}, {"acme-left", "1"}, {"acme-until", "8"}}, 200, &relative)
            .wait_ms == 4000);
  CHECK_FALSE(advice_of({{"acme-left", "0"}, {"acme-until", "7"}}).wait_ms.has_value());
  const rate_limit_headers only_reset{"", "", "x-ratelimit-reset", reset_unit::epoch_seconds};
  const std::vector<http_header> reset{{"x-ratelimit-reset", instant(9000)}};
  CHECK(advice_of(reset, 429, &only_reset).wait_ms == 9000);
  CHECK_FALSE(advice_of(reset, 200, &only_reset).wait_ms.has_value());
}

TEST_CASE("[R89] a valid Retry-After decides alone, one that is not changes nothing", "[retry]") {
  const auto with = [](const char* asked) {
    return advice_of({{"RateLimit", R"("a";r=0;t=60)"}, {"Retry-After", asked}}).wait_ms;
  };
  CHECK(with("5") == 5000);
  CHECK(with("120") == 120'000);
  CHECK(with("soon") == 60'000);
}

TEST_CASE("[R89] the next try waits for the longer of its own delay and the advice", "[retry]") {
  const backoff_policy policy{3, 1000, 10'000, 2, jitter_kind::none, 0};
  const exchange_outcome throttled{network_kind::none, true, 429};
  const auto delay = [&](const char* items) {
    const auto advice = advice_of({{"RateLimit", items}}, 429);
    return next_retry(policy, throttled, {.retry_after_ms = advice.wait_ms}).delay_ms;
  };
  CHECK(delay(R"("a";r=0;t=30)") == 30'000);
  CHECK(delay(R"("a";r=0;t=0)") == 1000);
  CHECK(delay("nonsense") == 1000);
}
