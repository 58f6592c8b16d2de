#include "json/value.hpp"

#include <utility>

#include "base/wipe.hpp"
#include "json/number_text.hpp"

namespace tenon {
namespace {

// The item that a path beginning with "[" names; the path is cut behind its "]".
const json_value* take_item(const json_value& value, std::string_view& path) noexcept {
  const std::size_t close = path.find(']');
  if (close == std::string_view::npos) return nullptr;
  const auto index = integer_of(path.substr(1, close - 1));
  path.remove_prefix(close + 1);
  const auto items = value.items();
  if (!index || *index < 0 || static_cast<std::uint64_t>(*index) >= items.size()) return nullptr;
  return &items[static_cast<std::size_t>(*index)];
}

const json_value* take_member(const json_value& value, std::string_view& path) noexcept {
  const std::string_view name = path.substr(0, path.find_first_of(".["));
  path.remove_prefix(name.size());
  return name.empty() ? nullptr : value.find(name);
}

const json_value* follow(const json_value& root, std::string_view path) noexcept {
  if (path.empty()) return nullptr;
  const json_value* at = path.front() == '[' ? take_item(root, path) : take_member(root, path);
  while (at != nullptr && !path.empty()) {
    if (path.front() == '[') {
      at = take_item(*at, path);
    } else if (path.front() == '.') {
      path.remove_prefix(1);
      at = take_member(*at, path);
    } else {
      return nullptr;
    }
  }
  return at;
}

}  // namespace

json_value::json_value() noexcept = default;
json_value::json_value(bool value) noexcept : state_(value) {}
json_value::json_value(number_token number) noexcept : state_(std::move(number)) {}
json_value::json_value(std::string text) noexcept : state_(std::move(text)) {}
json_value::json_value(array items) noexcept : state_(std::move(items)) {}
json_value::json_value(object members) noexcept : state_(std::move(members)) {}

json_value::json_value(const json_value& other) = default;

// A short string's characters stay behind in the string they were moved from.
json_value::json_value(json_value&& other) noexcept : state_(std::move(other.state_)) {
  other.wipe();
}

json_value& json_value::operator=(const json_value& other) {
  json_value copy(other);
  return *this = std::move(copy);
}

json_value& json_value::operator=(json_value&& other) noexcept {
  if (this == &other) return *this;
  // other may be a part of this value, which wiping would destroy.
  json_value taken(std::move(other));
  wipe();
  state_ = std::move(taken.state_);
  return *this;
}

json_value::~json_value() { wipe(); }

void json_value::wipe() noexcept {
  if (auto* text = std::get_if<std::string>(&state_)) secure_wipe(*text);
  if (auto* number = std::get_if<number_token>(&state_)) secure_wipe(number->text);
}

bool json_value::is_null() const noexcept { return std::holds_alternative<std::monostate>(state_); }
bool json_value::is_boolean() const noexcept { return std::holds_alternative<bool>(state_); }
bool json_value::is_number() const noexcept { return std::holds_alternative<number_token>(state_); }
bool json_value::is_string() const noexcept { return std::holds_alternative<std::string>(state_); }
bool json_value::is_array() const noexcept { return std::holds_alternative<array>(state_); }
bool json_value::is_object() const noexcept { return std::holds_alternative<object>(state_); }

const json_value* json_value::find(std::string_view name) const noexcept {
  for (const json_member& member : members()) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

const std::string* json_value::string() const noexcept { return std::get_if<std::string>(&state_); }

std::optional<bool> json_value::boolean() const noexcept {
  const bool* value = std::get_if<bool>(&state_);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

std::optional<std::int64_t> json_value::integer() const noexcept {
  return integer_of(number_text());
}

std::string_view json_value::number_text() const noexcept {
  const number_token* number = std::get_if<number_token>(&state_);
  return number == nullptr ? std::string_view() : std::string_view(number->text);
}

std::span<const json_value> json_value::items() const noexcept {
  const array* items = std::get_if<array>(&state_);
  if (items == nullptr) return {};
  return *items;
}

std::span<const json_member> json_value::members() const noexcept {
  const object* members = std::get_if<object>(&state_);
  if (members == nullptr) return {};
  return *members;
}

const json_value* json_value::at_path(std::string_view path) const noexcept {
  for (;;) {
    const std::size_t bar = path.find('|');
    const json_value* found = follow(*this, path.substr(0, bar));
    if (found != nullptr || bar == std::string_view::npos) return found;
    path.remove_prefix(bar + 1);
  }
}

std::string_view json_value::text(std::string_view name, std::string_view fallback) const noexcept {
  const json_value* member = find(name);
  const std::string* text = member == nullptr ? nullptr : member->string();
  return text == nullptr ? fallback : std::string_view(*text);
}

std::int64_t json_value::integer(std::string_view name, std::int64_t fallback) const noexcept {
  return optional_integer(name).value_or(fallback);
}

std::optional<std::int64_t> json_value::optional_integer(std::string_view name) const noexcept {
  const json_value* member = find(name);
  return member == nullptr ? std::nullopt : member->integer();
}

bool json_value::flag(std::string_view name, bool fallback) const noexcept {
  const json_value* member = find(name);
  return member == nullptr ? fallback : member->boolean().value_or(fallback);
}

}  // namespace tenon
