#include "flows/token_call.hpp"

#include <algorithm>
#include <utility>

#include "oauth/token_request.hpp"
#include "retry/classify.hpp"

namespace tenon {
namespace {

// failed_to_connect says that nothing can have left: the name, the connection or TLS failed.
bool failed_to_connect(const http_reply& reply) {
  return reply.network != network_kind::none && !reply.maybe_sent;
}

error exchange_failure(const token_outcome& outcome) {
  error_reason reason = error_reason::token_rejected;
  if (outcome.kind == token_class::config_error) reason = error_reason::token_client_refused;
  if (outcome.kind == token_class::protocol_error) reason = error_reason::token_protocol;
  if (outcome.kind == token_class::ambiguous) reason = error_reason::token_ambiguous;
  return {error_code::oauth_callback_error, reason, outcome.status};
}

// may_have_spent says that the request may have been carried out though no tokens came: the answer
// got lost, cannot be read, or is a server's or gateway's that failed at any point.
bool may_have_spent(const token_outcome& outcome) {
  return outcome.kind == token_class::ambiguous || outcome.kind == token_class::protocol_error ||
         outcome.status >= 500;
}

double unit_interval(const byte_string& random) {
  std::uint32_t bits = 0;
  for (const std::uint8_t byte : random) bits = bits << 8 | byte;
  return bits / 4294967296.0;
}

}  // namespace

task<unit> pause(flow_scope& scope, backoff_policy policy, int attempt, duration_ms at_least_ms) {
  const byte_string random = co_await scope.host.random_bytes(4);
  const duration_ms delay = backoff_delay(policy, attempt, unit_interval(random));
  co_await scope.host.sleep(std::max(delay, at_least_ms));
  co_return unit{};
}

task<issued_tokens> exchange_code(flow_scope& scope, const configured_provider& target,
                                  const std::string& code, const secret_string& verifier) {
  const time_ms last_start = scope.host.now() + exchange_tries_ms;
  for (int attempt = 1;; ++attempt) {
    const time_ms requested_at = scope.host.now();
    http_reply reply = co_await scope.host.fetch(code_exchange_request(
        target.entry, target.client, {code, verifier.view(), target.client.redirect_uri}));
    const bool in_time = scope.host.now() < last_start;
    if (failed_to_connect(reply) && in_time && attempt < token_exchange_policy.attempts_max) {
      co_await pause(scope, token_exchange_policy, attempt, 0);
      continue;
    }
    token_outcome outcome = read_token_response(target.entry.token_response, reply);
    secure_wipe(reply.body);
    if (outcome.kind != token_class::ok) co_return exchange_failure(outcome);
    co_return issued_tokens{std::move(outcome.tokens), requested_at};
  }
}

task<refresh_answer> spend_refresh_token(flow_scope& scope, const refresh_call& call,
                                         const secret_string& refresh_token) {
  const configured_provider& target = call.target;
  refresh_answer answer;
  for (int attempt = 1;; ++attempt) {
    answer.requested_at = scope.host.now();
    answer.attempts = attempt;
    http_reply reply = co_await scope.host.fetch(
        refresh_request(target.entry, target.client, refresh_token.view()));
    answer.outcome = read_token_response(target.entry.token_response, reply);
    secure_wipe(reply.body);
    answer.asked_ms = asked_of(scope, call.host, reply);
    const token_class kind = answer.outcome.kind;
    if (kind == token_class::ok) co_return answer;
    answer.maybe_spent = answer.maybe_spent || may_have_spent(answer.outcome);

    const duration_ms longest = std::max(answer.asked_ms, backoff_delay(call.policy, attempt, 1));
    const bool in_time = scope.host.now() + longest < call.last_start;
    const bool transient = kind == token_class::ambiguous || kind == token_class::retry;
    const bool wants_retry = transient && in_time && attempt < call.policy.attempts_max;
    const failed_try failed{reply, answer.asked_ms, wants_retry};
    const bool again = co_await note_try(scope, call.host, failed);
    if (!again) co_return answer;
    co_await pause(scope, call.policy, attempt, answer.asked_ms);
    // What took longer than planned must not carry the next exchange past the lease.
    if (scope.host.now() >= call.last_start) co_return answer;
  }
}

}  // namespace tenon
