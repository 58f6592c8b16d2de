#pragma once

#include "base/secret_buffer.hpp"
#include "coro/task.hpp"
#include "flows/scope.hpp"
#include "oauth/token_response.hpp"
#include "vault/connection_record.hpp"

namespace tenon {

// store_pair puts a new pair of tokens into a record, sealed for the record's next generation, and
// clears its lease. An answer without a refresh token keeps the old one (RFC 6749 section 6), which
// is sealed anew. The caller commits the record in one write (R35).
task<unit> store_pair(flow_scope& scope, connection_record& record, const token_set& tokens,
                      time_ms requested_at);

// open_access_token and open_refresh_token give a record's tokens; no_access_token or
// no_refresh_token when there is none.
task<secret_string> open_access_token(flow_scope& scope, const connection_record& record);
task<secret_string> open_refresh_token(flow_scope& scope, const connection_record& record);

}  // namespace tenon
