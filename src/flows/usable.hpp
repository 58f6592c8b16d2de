#pragma once

#include <cstdint>

#include "coro/task.hpp"
#include "flows/connection.hpp"

// From a stored connection to a token that may be used now.

namespace tenon {

// check_usable refuses a connection whose token must not be handed out. One whose grant has ended
// is used up while its access token lasts.
result<unit> check_usable(const connection_record& record, time_ms now);

// learn_lifetime notes how long a token lasted that an API refuses, where the provider never says.
void learn_lifetime(connection_record& record, time_ms now);

// freshened gives a connection whose token may be handed out. Inside the margin the old token is
// used at once, and runDue refreshes behind the caller. newer asks for another token than this one.
enum class freshness : std::uint8_t { valid, newer };
task<located_connection> freshened(flow_scope& scope, located_connection connection,
                                   freshness wanted);

}  // namespace tenon
