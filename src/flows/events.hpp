#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "coro/task.hpp"
#include "flows/scope.hpp"

namespace tenon {

// event_subject is what an event is about. It holds ids only: never a token, code or state.
struct event_subject {
  std::string user;
  std::string provider;
  std::string connection_id;
  std::string_view details = {};  // a literal that says more, such as "pkce_unsupported"
};

// news is what there is to tell about a change; an empty type tells nothing. failure, where given,
// adds code and reason: the reason is for the operator's log and never leaves in an answer (R60).
struct news {
  std::string_view type = {};
  error failure = {};
  int attempts = 0;  // requests a refresh took
};

// emit_event hands an event to the host that tells of no stored change.
void emit_event(flow_scope& scope, const news& what, const event_subject& subject);

// record_event adds an audited event to the batch with the change it tells. commit_told commits
// such a batch; when that is done, its events go to the host, and to the audit log when the flow
// ends.
void record_event(flow_scope& scope, commit_request& batch, const news& what,
                  const event_subject& subject);
task<commit_reply> commit_told(flow_scope& scope, commit_request batch);

// tell stores and announces an audited event whose change was made in several commits.
task<unit> tell(flow_scope& scope, const news& what, const event_subject& subject);

}  // namespace tenon
