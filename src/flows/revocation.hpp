#pragma once

#include <string>

#include "coro/task.hpp"
#include "flows/scope.hpp"
#include "vault/connection_record.hpp"

namespace tenon {

// revocation_job is what is left to do at the provider after a disconnect (RFC 7009). The tokens
// are the sealed texts of the connection as it was, so they open only as what they were.
struct revocation_job {
  std::string organization;
  std::string user;
  std::string provider;
  std::string connection_id;
  std::int64_t generation = 0;
  std::string access_token;   // sealed; "" when done or absent
  std::string refresh_token;  // sealed; "" when done or absent
  std::int64_t attempt = 0;
};

inline constexpr std::string_view revocation_kind = "revoke";

std::string encode_revocation(const revocation_job& job);
result<revocation_job> decode_revocation(std::string_view text);

// revocation_key is where a job stands that is due at this time; jobs of several token pairs of one
// connection do not meet.
std::string revocation_key(const revocation_job& job, time_ms at);

// revocation_for gives the job of a connection, spare_revocation_for that of the token it keeps
// aside; empty where there is no such token or the provider's row offers none.
std::optional<revocation_job> revocation_for(const flow_scope& scope,
                                             const connection_record& record);
std::optional<revocation_job> spare_revocation_for(const flow_scope& scope,
                                                   const connection_record& record);

// queue_revocation adds a job to a batch, due at this time, and has the host call runDue for it:
// before the commit, whose reply can get lost. It gives the key of the job's row.
std::string queue_revocation(flow_scope& scope, commit_request& batch, const revocation_job& job,
                             time_ms at);

// revoke_later queues, in a commit of its own, the revocation of tokens that nobody will use.
task<unit> revoke_later(flow_scope& scope, const connection_record& record);

// revoke makes one try at what is left, the refresh token first, and gives whether all is done;
// the job then says what still is to do. The provider's 200 means done for unknown tokens too.
task<bool> revoke(flow_scope& scope, revocation_job& job);

// next_revocation gives when to try again after `attempt` tries, nullopt when enough was tried.
std::optional<time_ms> next_revocation(time_ms now, std::int64_t attempt);

}  // namespace tenon
