#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalog/token_rules.hpp"
#include "json/value.hpp"

namespace tenon {

inline constexpr std::size_t granted_scopes_max = 1000;

// read_granted_scopes reads the scope field of a token answer: a text split by the row's
// separators, or an array of texts, whichever came; repeats are dropped and the order is kept. A
// missing or null field leaves scopes absent. Returns false for any other type, for more than
// granted_scopes_max scopes and for characters that RFC 6749 section 3.3 does not allow.
bool read_granted_scopes(scope_list_format format, const json_value* value,
                         std::optional<std::vector<std::string>>& scopes);

}  // namespace tenon
