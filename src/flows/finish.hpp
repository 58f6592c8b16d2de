#pragma once

#include "base/secret_buffer.hpp"
#include "coro/task.hpp"
#include "flows/pending.hpp"
#include "oauth/token_response.hpp"

namespace tenon {

// finish_connection turns stored tokens into a connection: asks who the account is, seals the
// tokens for their row and writes connection, pointers and outcome in one commit. A provider that
// cannot say who the account is ends the authorization; one that does not answer leaves it to be
// finished by the next callback of this browser, and gives network_error or provider_error.
task<ending> finish_connection(flow_scope& scope, located_pending& pending);

// encode_tokens writes a token set as JSON for sealing; decode_tokens reads it back.
secret_string encode_tokens(const token_set& tokens);
result<token_set> decode_tokens(std::string_view text);

}  // namespace tenon
