#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "flows/scope.hpp"
#include "json/json.hpp"

// How flows read what a caller hands in. Every input has a limit, and every refusal a code.

namespace tenon {

inline constexpr std::size_t identifier_bytes_max = 128;
inline constexpr std::size_t account_bytes_max = 512;
inline constexpr std::size_t scope_chars_max = 256;
inline constexpr std::size_t metadata_bytes_max = 16 * 1024;

// read_call fills the caller's part of the scope: organizationId ("default" when left out),
// correlationId, ip, userAgent.
result<unit> read_call(const json_value& input, call_info& call);

// read_user gives the user id: 1 to 128 bytes without control characters; invalid_user_id.
result<std::string> read_user(const json_value& input);

// read_scopes gives the scopes asked for, empty when left out: at most 100 scope tokens of RFC
// 6749 section 3.3, each at most 256 characters; validation_error.
result<std::vector<std::string>> read_scopes(const json_value& input);

// read_metadata gives an object of at most 16 KiB as text, "{}" when left out; validation_error.
result<std::string> read_metadata(const json_value& input);

// require_provider gives the configured provider or invalid_provider.
result<const configured_provider*> require_provider(const flow_scope& scope, std::string_view id);

}  // namespace tenon
