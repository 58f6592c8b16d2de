#pragma once

#include <optional>

#include "flows/settings.hpp"
#include "oauth/expiry.hpp"
#include "vault/connection_record.hpp"

namespace tenon {

// expiry_of decides about a record's access token, with a jitter that is the connection's own, so
// that tokens issued together are not refreshed together (R44).
expiry_decision expiry_of(const connection_record& record, time_ms now);

// refresh_is_due says whether an unforced refresh has anything to do.
bool refresh_is_due(const connection_record& record, time_ms now);

// still_valid says whether the access token may be handed out, as far as its time goes.
bool still_valid(const connection_record& record, time_ms now);

// cool_down_left gives for how long nobody refreshes a connection yet (R43). A time further ahead
// than this code ever sets it comes from a clock that jumped, and does not count.
duration_ms cool_down_left(const connection_record& record, time_ms now);

// next_check_at gives when a connection's health is to be checked: some time after it was last used
// with success, sooner after a check that failed. time_ms_max where checks are off.
time_ms next_check_at(const service_settings& settings, const connection_record& record,
                      time_ms now);

// next_care_at gives when runDue is to look at a connection: ahead of expiry, when a lease that was
// never given back ends, after a cool-down, before the refresh token's life ends, for a health
// check. Nothing for a connection that needs no care.
std::optional<time_ms> next_care_at(const service_settings& settings,
                                    const connection_record& record, time_ms now);

// spread_of is a duration between 0 and `within` that is always the same for this connection.
duration_ms spread_of(const connection_record& record, duration_ms within);

}  // namespace tenon
