#pragma once

#include <cstddef>

#include "base/http.hpp"
#include "base/result.hpp"
#include "catalog/token_rules.hpp"
#include "json/json.hpp"

namespace tenon {

inline constexpr std::size_t token_body_bytes_max = 64 * 1024;

// read_token_body reads the body of a token answer as an object: JSON of an accepted media type,
// or a form where the row says that the provider may send one. Fails with provider_error and
// token_protocol for anything else, more than 64 KiB included.
result<json_value> read_token_body(const token_response_rules& rules, const http_reply& reply);

}  // namespace tenon
