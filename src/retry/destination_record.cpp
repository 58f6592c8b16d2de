#include "retry/destination_record.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "json/record.hpp"

namespace tenon {
namespace {

constexpr std::string_view phase_words[] = {"closed", "open", "ramping"};

constexpr record_field stored_fields[] = {
    record_version(1),
    TENON_FIELD("phase", destination_state, phase).words(phase_words).required(),
    TENON_FIELD("consecutive", destination_state, consecutive).required(),
    TENON_FIELD("openings", destination_state, openings).required(),
    TENON_FIELD("until", destination_state, until).required(),
    TENON_FIELD("probeOwner", destination_state, probe_owner).required(),
    TENON_FIELD("probeDeadline", destination_state, probe_deadline).required(),
    TENON_FIELD("notBefore", destination_state, not_before).required(),
    TENON_FIELD("countedFrom", destination_state, counted_from).required(),
    TENON_FIELD("calls", destination_state, current.calls).required(),
    TENON_FIELD("failures", destination_state, current.failures).required(),
    TENON_FIELD("retries", destination_state, current.retries).required(),
    TENON_FIELD("callsBefore", destination_state, previous.calls).required(),
    TENON_FIELD("failuresBefore", destination_state, previous.failures).required(),
    TENON_FIELD("retriesBefore", destination_state, previous.retries).required(),
};

bool is_sound(const destination_state& state) {
  const time_ms times[] = {state.until, state.probe_deadline, state.not_before, state.counted_from};
  return std::all_of(std::begin(times), std::end(times),
                     [](time_ms at) { return at >= 0 && at <= time_ms_max; });
}

}  // namespace

std::string encode_destination(const destination_state& state) {
  return encode_record(stored_fields, state);
}

result<destination_state> decode_destination(std::string_view text) {
  auto decoded = decode_record<destination_state>(stored_fields, text);
  if (decoded.ok() && !is_sound(decoded.value())) {
    return {error_code::database_error, error_reason::record_unreadable};
  }
  return decoded;
}

}  // namespace tenon
