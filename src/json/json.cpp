#include "json/json.hpp"

#include "json/tree_builder.hpp"

namespace tenon {

result<json_value> parse_json(std::string_view text, json_limits limits) {
  tree_builder builder(limits.repeated_keys_allowed);
  const error_reason reason = read_json(text, limits, builder);
  if (reason != error_reason::none) return {error_code::validation_error, reason};
  return builder.take_value();
}

}  // namespace tenon
