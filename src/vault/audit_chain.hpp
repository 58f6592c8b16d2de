#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

// The audit log is a chain: each entry carries the SHA-256 of the one before, so that nobody can
// change, drop or reorder entries without that showing to whoever knows the end of the chain.

namespace tenon {

// audit_head is the end of the chain: the number of its last entry and the hex SHA-256 of that
// entry's text; 0 and 64 zeros while there is none.
struct audit_head {
  std::int64_t seq = 0;
  std::string hash = std::string(64, '0');
};

// encode_audit_head writes the stored form, version 1; decode_audit_head fails with
// database_error/record_unreadable.
std::string encode_audit_head(const audit_head& head);
result<audit_head> decode_audit_head(std::string_view text);

// append_entry gives the text of the entry that follows the head, and moves the head to it.
std::string append_entry(audit_head& head, std::string_view event_json);

}  // namespace tenon
