#include "flows/input.hpp"

#include <algorithm>

#include "oauth/authorization.hpp"

namespace tenon {
namespace {

constexpr std::size_t call_text_bytes_max = 512;

bool is_identifier(std::string_view text) {
  const auto printable = [](unsigned char c) { return c >= 0x20 && c != 0x7f; };
  return !text.empty() && text.size() <= identifier_bytes_max &&
         std::all_of(text.begin(), text.end(), printable);
}

// is_scope_token checks the characters of RFC 6749 section 3.3.
bool is_scope_token(std::string_view text) {
  const auto legal = [](char c) { return c >= 0x21 && c <= 0x7e && c != '"' && c != '\\'; };
  return !text.empty() && text.size() <= scope_chars_max &&
         std::all_of(text.begin(), text.end(), legal);
}

std::string shortened(std::string_view text) {
  return std::string(text.substr(0, call_text_bytes_max));
}

}  // namespace

result<unit> read_call(const json_value& input, call_info& call) {
  call.organization = input.text("organizationId", "default");
  if (!is_identifier(call.organization)) return error_code::validation_error;
  call.correlation_id = shortened(input.text("correlationId"));
  call.ip = shortened(input.text("ip"));
  call.user_agent = shortened(input.text("userAgent"));
  return unit{};
}

result<std::string> read_user(const json_value& input) {
  const std::string_view user = input.text("userId");
  if (!is_identifier(user)) return error_code::invalid_user_id;
  return std::string(user);
}

result<std::vector<std::string>> read_scopes(const json_value& input) {
  std::vector<std::string> scopes;
  const json_value* list = input.find("scopes");
  if (list == nullptr || list->is_null()) return scopes;
  if (!list->is_array()) return {error_code::validation_error, error_reason::wrong_type};
  if (list->items().size() > scopes_max)
    return {error_code::validation_error, error_reason::too_large};
  for (const json_value& item : list->items()) {
    if (item.string() == nullptr || !is_scope_token(*item.string())) {
      return {error_code::validation_error, error_reason::wrong_type};
    }
    scopes.push_back(*item.string());
  }
  return scopes;
}

result<std::string> read_metadata(const json_value& input) {
  const json_value* metadata = input.find("metadata");
  if (metadata == nullptr || metadata->is_null()) return std::string("{}");
  if (!metadata->is_object()) return {error_code::validation_error, error_reason::wrong_type};
  json_writer copy;
  copy.value(*metadata);
  std::string text = copy.take();
  if (text.size() > metadata_bytes_max)
    return {error_code::validation_error, error_reason::too_large};
  return text;
}

result<const configured_provider*> require_provider(const flow_scope& scope, std::string_view id) {
  const configured_provider* found = scope.settings.find_provider(id);
  if (found == nullptr) return error_code::invalid_provider;
  return found;
}

}  // namespace tenon
