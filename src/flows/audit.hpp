#pragma once

#include <string>

#include "coro/task.hpp"
#include "flows/scope.hpp"
#include "vault/audit_chain.hpp"

namespace tenon {

// link_events moves up to 20 stored events to the end of the audit log, in three storage operations
// at most. Events that it does not get to, because another flow was first or storage failed, stay
// for whoever links next.
task<unit> link_events(flow_scope& scope);

// read_audit_head gives the end of the audit log as it is stored, and the version of its row.
struct stored_head {
  audit_head head;
  std::string version;  // "" while there is no row
};
task<stored_head> read_audit_head(flow_scope& scope);

}  // namespace tenon
