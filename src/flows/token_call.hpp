#pragma once

#include <string>

#include "base/secret_buffer.hpp"
#include "coro/task.hpp"
#include "flows/destination.hpp"
#include "flows/scope.hpp"
#include "oauth/token_response.hpp"
#include "retry/backoff.hpp"

namespace tenon {

// issued_tokens is a good answer of a token endpoint and the moment the request for it was made,
// from which lifetimes count (R30).
struct issued_tokens {
  token_set tokens;
  time_ms requested_at = 0;
};

// exchange_tries_ms is how long after the first try another one may begin; with the 10 s of one
// exchange and a pause it stays inside the time that the pending record's owner is given.
inline constexpr duration_ms exchange_tries_ms = 5 * second_ms;

// exchange_code spends an authorization code. It is sent again only when the connection to the
// provider failed before anything could leave (R25). Failures: oauth_callback_error with the
// reason of the answer's class.
task<issued_tokens> exchange_code(flow_scope& scope, const configured_provider& target,
                                  const std::string& code, const secret_string& verifier);

// refresh_answer is what a token endpoint made of a refresh request. maybe_spent says that a try
// that brought no tokens may have been carried out (a lost or unreadable answer, a 5xx); asked_ms
// is for how long the last answer asked to be left alone.
struct refresh_answer {
  token_outcome outcome;
  time_ms requested_at = 0;
  duration_ms asked_ms = 0;
  bool maybe_spent = false;
  int attempts = 0;
};

// refresh_call is one series of tries to spend a refresh token at a provider; none begins at
// last_start or after it.
struct refresh_call {
  const configured_provider& target;
  destination& host;
  backoff_policy policy;
  time_ms last_start = 0;
};

// spend_refresh_token asks for new tokens, the first time in any case and again while the failure
// is transient and the policy, the time and the destination's retry budget allow. Every answer is a
// value; only a failing host is an error.
task<refresh_answer> spend_refresh_token(flow_scope& scope, const refresh_call& call,
                                         const secret_string& refresh_token);

// pause sleeps for the policy's delay after this attempt, with fresh jitter.
task<unit> pause(flow_scope& scope, backoff_policy policy, int attempt, duration_ms at_least_ms);

}  // namespace tenon
