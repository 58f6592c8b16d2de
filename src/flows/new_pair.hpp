#pragma once

#include "coro/task.hpp"
#include "flows/lease.hpp"
#include "flows/token_call.hpp"

// Where the tokens of a good refresh go. They are never dropped: they become the connection's pair,
// or are held until storage takes them (R41), or are kept aside behind a newer pair (R38), or are
// revoked because the connection was ended meanwhile (R46).

namespace tenon {

// store_refreshed finds a place for new tokens, and leaves in connection what the connection is
// then. Changes that others made to the record meanwhile stay (R42).
task<unit> store_refreshed(flow_scope& scope, located_connection& connection,
                           const held_lease& lease, const refresh_answer& answer);

// flush_held tries again to store the pairs that storage would not take.
task<unit> flush_held(flow_scope& scope);

// with_held gives a connection as it is with the pair that this instance holds for it, if any.
located_connection with_held(const flow_scope& scope, located_connection connection);

}  // namespace tenon
