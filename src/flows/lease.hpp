#pragma once

#include <string>

#include "coro/task.hpp"
#include "flows/connection.hpp"

// The right to spend a connection's refresh token. It stands in the record itself, so every store
// that can compare and swap can grant it, and it is durable before the request leaves (R40).

namespace tenon {

// lease_ms is how long a holder is believed alive: longer than the longest series of tries
// (token_call.hpp), so that a live holder is never overtaken.
inline constexpr duration_ms lease_ms = 30 * second_ms;

// clock_skew_ms is what the clocks of two isolates may differ by.
inline constexpr duration_ms clock_skew_ms = minute_ms;

// is_believed says that a lease ends no later than any that is given: else its end comes from a
// clock that jumped.
bool is_believed(const refresh_lease& lease, time_ms now);

// held_lease is a lease that this caller won. fence only grows from lease to lease (R38). reclaimed
// says that the holder before never came back: the refresh token may have been spent then. seen and
// spare_seen are the generations of the tokens that it was taken for.
struct held_lease {
  std::string owner;
  std::int64_t fence = 0;
  time_ms deadline = 0;
  bool reclaimed = false;
  std::int64_t seen = 0;
  std::int64_t spare_seen = 0;
};

// last_start is when the holder of a lease may last begin an exchange and still be done in time.
time_ms last_start(const held_lease& lease);

// is_held says that somebody is believed to be refreshing this connection now: a flow of this
// instance for certain, another one until its lease ends, if that is to be believed.
bool is_held(const flow_scope& scope, const connection_record& record);

// lease_in_flight marks a lease as held by a flow of this instance for as long as the mark lives,
// whatever the clock does meanwhile.
class lease_in_flight {
 public:
  lease_in_flight(service_memory& memory, const held_lease& lease);
  lease_in_flight(const lease_in_flight&) = delete;
  lease_in_flight& operator=(const lease_in_flight&) = delete;
  ~lease_in_flight();

 private:
  service_memory& memory_;
  std::string owner_;
};

// holds says that the record's lease is still this one.
bool holds(const connection_record& record, const held_lease& lease);

// take_lease writes a lease into a record that has no live one; an empty owner means that another
// caller was first. forced marks that this cool-down's forced refresh is used up.
task<held_lease> take_lease(flow_scope& scope, located_connection& connection, bool forced);

// release_failed gives a lease back after a refresh that brought no tokens and notes in the record
// what that means for the next one; false when the lease was not ours any more, or a pair that came
// late has renewed the connection: what failed says nothing about that one. Nor does invalid_grant
// end a connection that was meanwhile given a spare token to try.
struct failed_refresh {
  error cause;
  duration_ms asked_ms = 0;  // the provider's Retry-After
  bool maybe_spent = false;
  int attempts = 0;
};
task<bool> release_failed(flow_scope& scope, located_connection& connection,
                          const held_lease& lease, failed_refresh failure);

}  // namespace tenon
