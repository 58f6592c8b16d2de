#include "catch.hpp"
#include "retry/decision.hpp"
#include "retry/retry_after.hpp"

using namespace tenon;

namespace {

exchange_outcome answered(std::uint16_t status) { return {network_kind::none, true, status}; }
exchange_outcome failed(network_kind kind, bool maybe_sent) { return {kind, maybe_sent, 0}; }

}  // namespace

TEST_CASE("overload and gateway statuses are retryable for every call, 500 for idempotent ones",
          "[retry]") {
  for (const std::uint16_t status : {408, 425, 429, 502, 503, 504}) {
    CHECK(is_retryable(answered(status), false));
    CHECK(is_retryable(answered(status), true));
  }
  CHECK(is_retryable(answered(500), true));
  CHECK_FALSE(is_retryable(answered(500), false));
  for (const std::uint16_t status : {0, 200, 204, 301, 400, 401, 403, 404, 409, 501, 505}) {
    CHECK_FALSE(is_retryable(answered(status), true));
  }
}

TEST_CASE("a network failure is retryable unless the call may have been carried out", "[retry]") {
  for (const network_kind kind :
       {network_kind::timeout, network_kind::reset, network_kind::tls, network_kind::unknown}) {
    CHECK(is_retryable(failed(kind, false), false));
    CHECK(is_retryable(failed(kind, true), true));
    CHECK_FALSE(is_retryable(failed(kind, true), false));
  }
  for (const network_kind kind : {network_kind::dns, network_kind::refused}) {
    CHECK(is_retryable(failed(kind, true), false));
  }
  for (const network_kind kind : {network_kind::blocked, network_kind::too_large}) {
    CHECK_FALSE(is_retryable(failed(kind, false), true));
  }
}

TEST_CASE("the outcome of a reply keeps what decides about retries", "[retry]") {
  http_reply reply;
  reply.status = 503;
  CHECK(is_retryable(reply, false));
  reply.network = network_kind::reset;
  reply.maybe_sent = true;
  CHECK_FALSE(is_retryable(reply, false));
}

TEST_CASE("next_retry stops when the attempts are used up and says so", "[retry]") {
  const retry_moment second{.attempt = 2, .random01 = 0.5};
  const retry_decision again = next_retry(refresh_policy, answered(503), second);
  CHECK(again.retry);
  CHECK(again.delay_ms == 1000);
  CHECK(again.reason == retry_reason::again);
  const retry_decision end = next_retry(refresh_policy, answered(503), {.attempt = 3});
  CHECK_FALSE(end.retry);
  CHECK(end.reason == retry_reason::used_up);
  const retry_decision never = next_retry(refresh_policy, answered(400), {.attempt = 1});
  CHECK_FALSE(never.retry);
  CHECK(never.reason == retry_reason::not_retryable);
}

TEST_CASE("[R89] a retry is never earlier than the peer asked for, up to the ceiling", "[retry]") {
  const auto delay = [](duration_ms asked) {
    return next_retry(refresh_policy, answered(429), {.retry_after_ms = asked, .random01 = 1})
        .delay_ms;
  };
  CHECK(delay(0) == 1000);
  CHECK(delay(999) == 1000);
  CHECK(delay(30'000) == 30'000);
  CHECK(delay(retry_after_ms_max + 1) == retry_after_ms_max);
  CHECK(delay(-5) == 1000);
}
