#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "json/events.hpp"
#include "json/value.hpp"

namespace tenon {

// tree_builder makes a json_value of a text's events. Gives json_repeated_key.
class tree_builder final : public json_sink {
 public:
  explicit tree_builder(bool repeated_keys_allowed = false)
      : repeated_keys_allowed_(repeated_keys_allowed) {}

  error_reason take(const json_event& event) override;
  // whole says that the value is complete.
  bool whole() const { return open_.empty(); }
  json_value take_value() { return std::move(root_); }

 private:
  void begin_member(std::string_view name);
  json_value& place();
  error_reason end_object();

  bool repeated_keys_allowed_;
  json_value root_;
  // The containers that are not complete, each the last part of the one before it.
  std::vector<json_value*> open_;
};

}  // namespace tenon
