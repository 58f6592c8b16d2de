#include "json/tree_builder.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "json/number_text.hpp"

namespace tenon {
namespace {

// Below this size comparing all pairs of names is faster than sorting them.
constexpr std::size_t pairwise_members_max = 32;
constexpr std::size_t members_expected = 6;

bool has_repeated_name(std::span<const json_member> members) {
  if (members.size() <= pairwise_members_max) {
    for (std::size_t i = 1; i < members.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (members[i].name == members[j].name) return true;
      }
    }
    return false;
  }
  // Sorted and not hashed: chosen names cannot make it slow (R83). A heap is a third of std::sort's
  // code.
  std::vector<std::string_view> names;
  names.reserve(members.size());
  for (const json_member& member : members) names.push_back(member.name);
  std::make_heap(names.begin(), names.end());
  std::sort_heap(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) != names.end();
}

json_value value_of(const json_event& event) {
  switch (event.step) {
    case json_step::boolean:
      return json_value(event.boolean);
    case json_step::integer:
      return json_value(json_value::number_token{decimal_of(event.integer)});
    case json_step::number:
      return json_value(json_value::number_token{std::string(event.text)});
    case json_step::string:
      return json_value(std::string(event.text));
    case json_step::begin_object:
      return json_value(json_value::object());
    case json_step::begin_array:
      return json_value(json_value::array());
    default:
      return json_value();
  }
}

}  // namespace

error_reason tree_builder::take(const json_event& event) {
  switch (event.step) {
    case json_step::key:
      begin_member(event.text);
      return error_reason::none;
    case json_step::end_object:
      return end_object();
    case json_step::end_array:
      open_.pop_back();
      return error_reason::none;
    default:
      break;
  }
  json_value& at = place();
  json_value made = value_of(event);
  at.take(made);
  if (at.is_object() || at.is_array()) open_.push_back(&at);
  return error_reason::none;
}

void tree_builder::begin_member(std::string_view name) {
  json_value::object& members = open_.back()->members_;
  if (members.capacity() == 0) members.reserve(members_expected);
  members.push_back({std::string(name), json_value()});
}

// place gives the null that the next value takes the place of. It stays where it is while it is
// open: only then is anything put behind it.
json_value& tree_builder::place() {
  if (open_.empty()) return root_;
  json_value& top = *open_.back();
  if (top.is_object()) return top.members_.back().value;
  return top.items_.emplace_back();
}

error_reason tree_builder::end_object() {
  const json_value& done = *open_.back();
  open_.pop_back();
  const bool refused = !repeated_keys_allowed_ && has_repeated_name(done.members());
  return refused ? error_reason::json_repeated_key : error_reason::none;
}

}  // namespace tenon
