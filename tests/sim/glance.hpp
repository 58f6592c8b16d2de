#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "encoding/decimal.hpp"

// The rules look at every row that is written. They read members straight from the text, because
// parsing it all would take a fifth of a run; that the text is JSON is proved by whoever reads it.

namespace tenon::sim {

// value_end gives where the JSON value that begins at `at` ends.
inline std::size_t value_end(std::string_view text, std::size_t at) {
  int depth = 0;
  bool is_quoted = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (is_quoted) {
      if (c == '\\') ++at;
      is_quoted = c != '"';
      continue;
    }
    if (depth == 0 && (c == ',' || c == '}')) break;
    is_quoted = c == '"';
    depth += (c == '{' || c == '[') - (c == '}' || c == ']');
  }
  return at;
}

// each_member calls back with the name and the raw value of every member of an object.
template <typename callback>
void each_member(std::string_view object, callback&& take) {
  std::size_t at = 1;
  while (at < object.size() && object[at] == '"') {
    const std::size_t name_end = object.find("\":", at + 1);
    if (name_end == std::string_view::npos) return;
    const std::size_t end = value_end(object, name_end + 2);
    take(object.substr(at + 1, name_end - at - 1), object.substr(name_end + 2, end - name_end - 2));
    at = end + 1;
  }
}

// unquoted gives the inside of a string without escapes, as it stands; "" for any other value.
inline std::string_view unquoted(std::string_view raw) {
  return raw.size() >= 2 && raw.front() == '"' ? raw.substr(1, raw.size() - 2) : std::string_view();
}

inline std::int64_t number_in(std::string_view raw) { return decode_decimal(raw).value_or(-1); }

// text_member gives a top-level string member; "" when there is none.
inline std::string_view text_member(std::string_view object, std::string_view wanted) {
  std::string_view found;
  each_member(object, [&](std::string_view name, std::string_view raw) {
    if (name == wanted) found = unquoted(raw);
  });
  return found;
}

}  // namespace tenon::sim
