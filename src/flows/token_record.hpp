#pragma once

#include "base/secret_buffer.hpp"
#include "coro/task.hpp"
#include "flows/scope.hpp"
#include "flows/token_call.hpp"
#include "vault/connection_record.hpp"

namespace tenon {

// store_pair puts a new pair of tokens into a record, sealed for its new generation, and clears
// what only mattered for the old one: lease, trouble, spare. An answer without a refresh token
// keeps the old one (RFC 6749 section 6), which is sealed anew. The caller commits the record in
// one write (R35).
task<unit> store_pair(flow_scope& scope, connection_record& record, const issued_tokens& issued,
                      std::int64_t generation);

// open_access_token and open_refresh_token give a record's tokens; no_access_token or
// no_refresh_token when there is none.
task<secret_string> open_access_token(flow_scope& scope, const connection_record& record);
task<secret_string> open_refresh_token(flow_scope& scope, const connection_record& record);
// open_spare gives the refresh token that was kept aside; empty when there is none to use.
task<secret_string> open_spare(flow_scope& scope, const connection_record& record);

}  // namespace tenon
