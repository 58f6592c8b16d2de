#pragma once

#include <string_view>

#include "base/result.hpp"
#include "json/events.hpp"
#include "json/value.hpp"
#include "json/writer.hpp"

namespace tenon {

// parse_json reads one RFC 8259 text, strictly; a UTF-8 byte order mark in front is skipped
// (section 8.1). Fails with validation_error and one of too_large, not_utf8, json_syntax,
// json_depth, json_repeated_key. Numbers beyond the range of a double are json_syntax.
result<json_value> parse_json(std::string_view text, json_limits limits = {});

}  // namespace tenon
