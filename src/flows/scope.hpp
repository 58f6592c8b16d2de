#pragma once

#include <optional>
#include <string>
#include <utility>

#include "effects/host.hpp"
#include "flows/memory.hpp"
#include "flows/settings.hpp"

namespace tenon {

// call_info is who calls; it is copied into every event.
struct call_info {
  std::string organization;
  std::string correlation_id;
  std::string ip;
  std::string user_agent;
};

// flow_scope is what every step of one flow shares. It lives in the flow's own frame holder and
// outlives all of its tasks, so tasks may take it by reference.
class flow_scope {
 public:
  flow_scope(const service_settings& settings, service_memory& memory, time_ms now)
      : host(now), settings(settings), memory(memory), began_at(now) {}

  tenon::host host;
  const service_settings& settings;
  service_memory& memory;
  call_info call;
  seal_block reserved;        // seals that only this flow may use
  time_ms began_at;           // when the work under way began, for the durations in events
  bool has_unlinked = false;  // events were stored that the audit log does not have yet
  std::optional<duration_ms> retry_after;  // goes out with the error that ends the flow
};

}  // namespace tenon
