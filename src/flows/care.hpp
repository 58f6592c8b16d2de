#pragma once

#include <string>

#include "coro/task.hpp"
#include "flows/scope.hpp"

// What runDue does for a connection and for an unfinished authorization. Each record has one due
// row, which moves in the commit that changes the record: when the work here is done, the row that
// led to it is gone or stands later.

namespace tenon {

// care_for does what a connection needs now: refreshes it ahead of expiry or after a lease that was
// never given back, announces the end of its refresh token's life, ends it when its token ran out
// and none can follow. due_at is when that was due: what is long overdue is spread over the next
// minutes (R92). False when it was tried and failed; account_not_found when the row belongs to
// nothing any more.
task<bool> care_for(flow_scope& scope, std::string key, time_ms due_at);

// finish_later goes on with an authorization whose tokens are stored but whose account is unknown.
task<bool> finish_later(flow_scope& scope, std::string key);

}  // namespace tenon
