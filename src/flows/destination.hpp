#pragma once

#include <string>

#include "base/http.hpp"
#include "coro/task.hpp"
#include "flows/events.hpp"
#include "flows/scope.hpp"
#include "retry/destination.hpp"

// What an organization's calls share about one host: circuit breaker, retry budget and the time
// that the host asked to be left alone for (retry/destination.hpp), in one row that every change
// compares and swaps.

namespace tenon {

// destination is a host as one call knows it.
struct destination {
  std::string key;
  std::string version;  // "" while there is no row
  destination_state state;
  bool probes = false;  // this call is the one probe
  double place = 0;     // 0..1, the caller's own place among those that wait
  const rate_limit_headers* headers = nullptr;
  event_subject subject;
};

// enter_destination asks whether a call to the provider's token endpoint may go out now; where a
// circuit is half-open, it makes this call the one probe. Fails with a time to come back:
// rate_limited where the host asked to be left alone, circuit_open where it is failing.
task<destination> enter_destination(flow_scope& scope, const connection_record& record,
                                    const configured_provider& target);

// leave_destination gives the place of the probe back where nothing was sent after all.
task<unit> leave_destination(flow_scope& scope, destination& host);

// asked_of gives for how long an answer asks to be left alone, a day at most: a maintenance page
// may ask for more.
duration_ms asked_of(const flow_scope& scope, const destination& host, const http_reply& reply);

// note_try counts a call that did not go well, and what its answer asked for. wants_retry asks for
// one retry out of the budget; gives whether there is one. A storage that fails counts nothing.
struct failed_try {
  const http_reply& reply;
  duration_ms asked_ms = 0;
  bool wants_retry = false;
};
task<bool> note_try(flow_scope& scope, destination& host, const failed_try& failed);

// note_well counts a call that went well, where that is news.
task<unit> note_well(flow_scope& scope, destination& host, duration_ms asked_ms);

}  // namespace tenon
