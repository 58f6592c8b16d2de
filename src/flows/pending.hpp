#pragma once

#include <string>

#include "coro/task.hpp"
#include "flows/events.hpp"
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
// then carries the new version. What there is to tell about the change goes into the audit log.
task<bool> save_pending(flow_scope& scope, located_pending& pending, news what = {});

// put_pending adds the record and the move of its due row to a batch.
void put_pending(flow_scope& scope, commit_request& batch, located_pending& pending);

// subject_of names an authorization in events.
event_subject subject_of(const pending_record& record);

// is_owned says that somebody is believed to be at work on an authorization. A deadline later than
// any that is given comes from a clock that jumped, and does not count.
bool is_owned(const pending_record& record, time_ms now);

// take_pending wins the record for this caller and destroys the stored verifier (R21); gives
// whether it won.
task<bool> take_pending(flow_scope& scope, located_pending& pending);

// fail_pending ends the authorization with a code that the browser may be shown, and drops what
// is secret in the record. Gives whether this caller's own write ended it.
task<bool> fail_pending(flow_scope& scope, located_pending& pending, std::string shown_code,
                        error cause);

}  // namespace tenon
