#pragma once

#include <string>

#include "coro/task.hpp"
#include "flows/scope.hpp"
#include "vault/pending_record.hpp"

namespace tenon {

// located_pending is a pending record as it was read, with the version that a change must check.
struct located_pending {
  std::string key;
  std::string version;
  pending_record record;
};

// load_pending reads a pending record; invalid_state/state_unknown when there is none or it is
// past its time.
task<located_pending> load_pending(flow_scope& scope, std::string key);

// save_pending writes the record if nobody changed it since; gives whether this caller won, and
// then carries the new version.
task<bool> save_pending(flow_scope& scope, located_pending& pending);

// put_pending adds the record and the move of its due row to a batch.
void put_pending(flow_scope& scope, commit_request& batch, located_pending& pending);

// take_pending wins the record for this caller and destroys the stored verifier (R21); gives
// whether it won.
task<bool> take_pending(flow_scope& scope, located_pending& pending);

// ending says whether this caller's own write ended an authorization, and why it failed if it
// did. A caller that lost a race ended nothing: it reads the record again.
struct ending {
  bool here = false;
  error cause;
};

// fail_pending ends the authorization with a code that the browser may be shown, and drops what
// is secret in the record.
task<ending> fail_pending(flow_scope& scope, located_pending& pending, std::string shown_code,
                          error cause);

}  // namespace tenon
