#include "oauth/granted_scopes.hpp"

#include <algorithm>
#include <string_view>

namespace tenon {
namespace {

std::string_view separators_of(scope_list_format format) noexcept {
  switch (format) {
    case scope_list_format::comma:
      return ",";
    case scope_list_format::space_or_comma:
      return " ,";
    default:
      return " ";
  }
}

// Returns whether the scope is one; an empty one is skipped.
bool add_scope(std::vector<std::string>& scopes, std::string_view scope) {
  const auto is_legal = [](char c) { return c >= 0x20 && c <= 0x7e && c != '"' && c != '\\'; };
  if (!std::all_of(scope.begin(), scope.end(), is_legal)) return false;
  const bool is_new = std::find(scopes.begin(), scopes.end(), scope) == scopes.end();
  if (!scope.empty() && is_new) scopes.emplace_back(scope);
  return scopes.size() <= granted_scopes_max;
}

std::string_view without_outer_spaces(std::string_view text) noexcept {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

bool split_scopes(std::string_view text, std::string_view separators,
                  std::vector<std::string>& scopes) {
  for (;;) {
    const std::size_t end = text.find_first_of(separators);
    if (!add_scope(scopes, without_outer_spaces(text.substr(0, end)))) return false;
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

bool read_granted_scopes(scope_list_format format, const json_value* value,
                         std::optional<std::vector<std::string>>& scopes) {
  if (value == nullptr || value->is_null()) return true;
  std::vector<std::string> granted;
  if (const std::string* text = value->string()) {
    if (!split_scopes(*text, separators_of(format), granted)) return false;
  } else {
    if (!value->is_array()) return false;
    for (const json_value& item : value->items()) {
      if (item.string() == nullptr || !add_scope(granted, *item.string())) return false;
    }
  }
  scopes = std::move(granted);
  return true;
}

}  // namespace tenon
