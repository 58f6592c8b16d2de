#include "catalog/entry_reader.hpp"

#include <algorithm>
#include <utility>

#include "catalog/provider.hpp"
#include "encoding/url.hpp"

namespace tenon {
namespace {

bool is_control(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

}  // namespace

entry_reader::entry_reader(const json_value& entry, bool loopback_http)
    : entry_(entry), loopback_http_(loopback_http) {}

void entry_reader::fail(std::string_view path, error_reason reason) {
  if (!ok()) return;
  reason_ = reason;
  field_ = path;
}

bool entry_reader::object(std::string_view path) {
  const json_value* value = find(path);
  if (value == nullptr) return false;
  if (!value->is_object()) fail(path, error_reason::wrong_type);
  return true;
}

void entry_reader::absent(std::string_view path) {
  if (find(path) != nullptr) fail(path, error_reason::not_allowed);
}

std::string entry_reader::required_text(std::string_view path) {
  std::string value = text(path);
  if (value.empty()) fail(path, error_reason::parameter_missing);
  return value;
}

std::string entry_reader::text(std::string_view path, std::string_view fallback) {
  const json_value* value = find(path);
  if (value == nullptr) return std::string(fallback);
  const std::string* text = value->string();
  if (text == nullptr) fail(path, error_reason::wrong_type);
  return text != nullptr && is_sound(path, *text) ? *text : std::string();
}

std::size_t entry_reader::choice(std::string_view path, std::span<const std::string_view> list,
                                 std::size_t fallback) {
  if (find(path) == nullptr) return fallback;
  const auto place = std::find(list.begin(), list.end(), text(path));
  if (place != list.end()) return static_cast<std::size_t>(place - list.begin());
  fail(path, error_reason::not_allowed);
  return fallback;
}

bool entry_reader::flag(std::string_view path) {
  const json_value* value = find(path);
  if (value == nullptr) return false;
  if (!value->is_boolean()) fail(path, error_reason::wrong_type);
  return value->boolean().value_or(false);
}

std::vector<std::string> entry_reader::texts(std::string_view path) {
  std::vector<std::string> list;
  const json_value* value = find(path);
  if (value == nullptr) return list;
  if (!value->is_array()) fail(path, error_reason::wrong_type);
  if (value->items().size() > entry_list_items_max) fail(path, error_reason::too_large);
  for (const json_value& item : value->items()) {
    const std::string* text = item.string();
    if (text == nullptr || text->empty()) fail(path, error_reason::wrong_type);
    if (!ok() || !is_sound(path, *text)) break;
    list.push_back(*text);
  }
  return list;
}

std::vector<http_header> entry_reader::pairs(std::string_view path,
                                             bool (*is_refused)(std::string_view)) {
  std::vector<http_header> list;
  const json_value* value = find(path);
  if (value == nullptr) return list;
  if (!value->is_object()) fail(path, error_reason::wrong_type);
  if (value->members().size() > entry_list_items_max) fail(path, error_reason::too_large);
  for (const json_member& member : value->members()) {
    const std::string place = std::string(path) + "." + member.name;
    const std::string* text = member.value.string();
    if (text == nullptr) fail(place, error_reason::wrong_type);
    if (member.name.empty() || is_refused(member.name)) fail(place, error_reason::not_allowed);
    if (!ok() || !is_sound(place, member.name) || !is_sound(place, *text)) break;
    list.push_back({member.name, *text});
  }
  return list;
}

std::string entry_reader::url(std::string_view path) {
  std::string address = text(path);
  check_url(path, address);
  return address;
}

std::string entry_reader::url_of_client(std::string_view path) {
  std::string address = text(path);
  std::string filled = address;
  const std::size_t at = filled.find(client_id_placeholder);
  if (at != std::string::npos) filled.replace(at, client_id_placeholder.size(), "id");
  check_url(path, filled);
  return address;
}

void entry_reader::check_url(std::string_view path, std::string_view address) {
  if (address.empty()) return;
  const auto parts = split_url(address);
  if (!parts || parts->has_userinfo || parts->has_fragment) {
    return fail(path, error_reason::not_allowed);
  }
  const bool is_loopback = parts->scheme == "http" && is_loopback_host(parts->host);
  if (parts->scheme != "https" && !(loopback_http_ && is_loopback)) {
    fail(path, error_reason::not_https);
  }
}

const json_value* entry_reader::find(std::string_view path) const {
  const json_value* value = entry_.at_path(path);
  return value == nullptr || value->is_null() ? nullptr : value;
}

bool entry_reader::is_sound(std::string_view path, std::string_view text) {
  if (text.size() > entry_text_bytes_max) fail(path, error_reason::too_large);
  if (std::any_of(text.begin(), text.end(), is_control)) fail(path, error_reason::not_allowed);
  return ok();
}

}  // namespace tenon
