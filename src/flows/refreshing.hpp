#pragma once

#include "coro/task.hpp"
#include "flows/connection.hpp"
#include "retry/backoff.hpp"

namespace tenon {

// refresh_lease_ms is how long a refresher is believed alive: longer than the longest series of
// tries (token_call.hpp), so that a live holder is never overtaken.
inline constexpr duration_ms refresh_lease_ms = 30 * second_ms;

// is_held says that somebody is believed to be refreshing this connection now.
bool is_held(const connection_record& record, time_ms now);

// refresh_connection gives the connection with newer tokens than it came with. One caller spends
// the refresh token, under a lease that is durable before the request leaves; the others wait on
// the record (DESIGN 4). Failures: token_expired when the provider ended the grant,
// token_refresh_error or network_error when it did not answer well (the connection stays),
// configuration_error when it refused our client, no_refresh_token, account_not_found, forbidden.
task<located_connection> refresh_connection(flow_scope& scope, located_connection connection,
                                            backoff_policy policy);

}  // namespace tenon
