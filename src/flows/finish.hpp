#pragma once

#include "base/secret_buffer.hpp"
#include "coro/task.hpp"
#include "flows/pending.hpp"
#include "flows/token_call.hpp"
#include "oauth/token_response.hpp"

namespace tenon {

// finish_connection turns stored tokens into a connection: asks who the account is, seals the
// tokens for their row and writes connection, pointers and outcome in one commit. A provider that
// cannot say who the account is ends the authorization, and its tokens are revoked; one that does
// not answer leaves the record without an owner, to be finished by runDue or the next callback of
// this browser. Gives whether this caller's own write ended the authorization: one that lost a race
// ended nothing and reads the record again.
task<bool> finish_connection(flow_scope& scope, located_pending& pending);

// revoke_unclaimed queues the revocation of tokens that no authorization takes up.
task<unit> revoke_unclaimed(flow_scope& scope, const located_pending& pending,
                            const issued_tokens& issued);

// encode_tokens writes a token set as JSON for sealing; decode_tokens reads it back.
secret_string encode_tokens(const token_set& tokens);
result<token_set> decode_tokens(std::string_view text);

}  // namespace tenon
