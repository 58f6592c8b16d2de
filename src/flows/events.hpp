#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "flows/scope.hpp"

namespace tenon {

// event_subject is what an event is about. It holds ids only: never a token, code or state.
struct event_subject {
  std::string user;
  std::string provider;
  std::string connection_id;
  std::string_view details = {};  // a literal that says more, such as "pkce_unsupported"
};

// emit_event hands an event to the host. failure, where given, adds code and reason: the reason
// is for the operator's log and never leaves in an answer (R60).
void emit_event(flow_scope& scope, std::string_view type, const event_subject& subject,
                error failure = {});

}  // namespace tenon
