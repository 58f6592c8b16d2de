#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/error.hpp"

namespace tenon {

struct json_limits {
  std::size_t bytes_max = std::size_t{1} << 20;
  std::size_t depth_max = 64;
  // repeated_keys_allowed keeps every member of that name; find returns the first. For plain
  // syntax checks only: what tenon acts upon never allows them (R80).
  bool repeated_keys_allowed = false;
};

enum class json_step : std::uint8_t {
  null,
  boolean,
  integer,  // fits the event's integer
  number,   // any other, as it was written
  string,
  key,
  begin_object,
  end_object,
  begin_array,
  end_array,
};

// json_event is one step on the way through a JSON text. Its text ends with the call.
struct json_event {
  json_step step = json_step::null;
  bool boolean = false;
  std::int64_t integer = 0;
  std::string_view text;  // of a string, a key or a number
};

// json_sink takes the events of one text, which come balanced and in an order that the grammar
// allows. What it gives other than none ends the reading with that reason.
class json_sink {
 public:
  virtual error_reason take(const json_event& event) = 0;

 protected:
  ~json_sink() = default;
};

// read_json sends a text's events and gives none, the sink's own reason, or one of too_large,
// not_utf8, json_syntax, json_depth. Repeated keys are the sink's business.
error_reason read_json(std::string_view text, const json_limits& limits, json_sink& sink);

}  // namespace tenon
