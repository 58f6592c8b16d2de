#pragma once

#include "oauth/expiry.hpp"
#include "vault/connection_record.hpp"

namespace tenon {

// expiry_of decides about a record's access token, with a jitter that is the connection's own, so
// that tokens issued together are not refreshed together (R44).
expiry_decision expiry_of(const connection_record& record, time_ms now);

// refresh_is_due says whether an unforced refresh has anything to do.
bool refresh_is_due(const connection_record& record, time_ms now);

}  // namespace tenon
