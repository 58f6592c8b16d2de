#pragma once

#include "coro/task.hpp"
#include "flows/connection.hpp"
#include "retry/backoff.hpp"

namespace tenon {

// refresh_options is how a caller wants a refresh done.
struct refresh_options {
  backoff_policy policy = refresh_policy;
  bool force = false;  // may pass a cool-down, once in each (R43)
  bool wait = true;    // for another holder's refresh; else token_refresh_error
};

// refresh_connection gives the connection with newer tokens than it came with. One caller spends
// the refresh token, under a lease that is durable before the request leaves; the others wait on
// the record (DESIGN 4). Failures: token_expired when the provider ended the grant,
// token_refresh_error or network_error when it did not answer well, circuit_open or rate_limited
// while its host is left alone (the connection stays in all of these), configuration_error when it
// refused our client, database_error/pair_held while too many pairs wait for storage,
// no_refresh_token, account_not_found, forbidden.
task<located_connection> refresh_connection(flow_scope& scope, located_connection connection,
                                            refresh_options options);

}  // namespace tenon
