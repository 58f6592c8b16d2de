#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "json/json.hpp"

// How stored records read and write the JSON they share.

namespace tenon {

inline std::vector<std::string> read_texts(const json_value* list) {
  std::vector<std::string> texts;
  if (list == nullptr) return texts;
  for (const json_value& item : list->items()) {
    if (const std::string* text = item.string()) texts.push_back(*text);
  }
  return texts;
}

inline std::optional<time_ms> read_time(const json_value& object, std::string_view name) {
  const json_value* member = object.find(name);
  return member == nullptr ? std::nullopt : member->integer();
}

inline std::string read_raw(const json_value& object, std::string_view name,
                            std::string_view fallback) {
  const json_value* member = object.find(name);
  if (member == nullptr) return std::string(fallback);
  json_writer copy;
  copy.value(*member);
  return copy.take();
}

inline void write_texts(json_writer& json, std::string_view name,
                        const std::vector<std::string>& texts) {
  json.key(name);
  json.begin_array();
  for (const std::string& text : texts) json.string(text);
  json.end_array();
}

}  // namespace tenon
