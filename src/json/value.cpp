#include "json/value.hpp"

#include <new>
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

json_value::json_value() noexcept {}
json_value::json_value(bool value) noexcept : kind_(kind::boolean), boolean_(value) {}
json_value::json_value(number_token number) noexcept
    : kind_(kind::number), text_(std::move(number.text)) {}
json_value::json_value(std::string text) noexcept : kind_(kind::string), text_(std::move(text)) {}
json_value::json_value(array items) noexcept : kind_(kind::array), items_(std::move(items)) {}
json_value::json_value(object members) noexcept
    : kind_(kind::object), members_(std::move(members)) {}

json_value::json_value(const json_value& other) : kind_(other.kind_) {
  switch (kind_) {
    case kind::null:
      break;
    case kind::boolean:
      boolean_ = other.boolean_;
      break;
    case kind::number:
    case kind::string:
      new (&text_) std::string(other.text_);
      break;
    case kind::array:
      new (&items_) array(other.items_);
      break;
    case kind::object:
      new (&members_) object(other.members_);
      break;
  }
}

json_value::json_value(json_value&& other) noexcept { take(other); }

json_value& json_value::operator=(const json_value& other) {
  json_value copy(other);
  return *this = std::move(copy);
}

json_value& json_value::operator=(json_value&& other) noexcept {
  if (this == &other) return *this;
  // other may be a part of this value, which clearing destroys.
  json_value taken(std::move(other));
  clear();
  take(taken);
  return *this;
}

json_value::~json_value() { clear(); }

// take moves other in here, where nothing is, and leaves null there.
void json_value::take(json_value& other) noexcept {
  kind_ = other.kind_;
  switch (kind_) {
    case kind::null:
      break;
    case kind::boolean:
      boolean_ = other.boolean_;
      break;
    case kind::number:
    case kind::string:
      new (&text_) std::string(std::move(other.text_));
      break;
    case kind::array:
      new (&items_) array(std::move(other.items_));
      break;
    case kind::object:
      new (&members_) object(std::move(other.members_));
      break;
  }
  other.clear();
}

// clear leaves null. Text is wiped even after it was moved out: a short string's characters stay
// behind in the string they were moved from, inside of it.
void json_value::clear() noexcept {
  switch (kind_) {
    case kind::null:
    case kind::boolean:
      break;
    case kind::number:
    case kind::string:
      secure_wipe(text_.data(), text_.size());
      text_.~basic_string();
      secure_wipe(&text_, sizeof text_);
      break;
    case kind::array:
      items_.~vector();
      break;
    case kind::object:
      members_.~vector();
      break;
  }
  kind_ = kind::null;
}

const json_value* json_value::find(std::string_view name) const noexcept {
  for (const json_member& member : members()) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

const std::string* json_value::string() const noexcept { return is_string() ? &text_ : nullptr; }

std::optional<bool> json_value::boolean() const noexcept {
  return is_boolean() ? std::optional(boolean_) : std::nullopt;
}

std::optional<std::int64_t> json_value::integer() const noexcept {
  return integer_of(number_text());
}

std::string_view json_value::number_text() const noexcept {
  return is_number() ? std::string_view(text_) : std::string_view();
}

std::span<const json_value> json_value::items() const noexcept {
  return is_array() ? std::span<const json_value>(items_) : std::span<const json_value>();
}

std::span<const json_member> json_value::members() const noexcept {
  return is_object() ? std::span<const json_member>(members_) : std::span<const json_member>();
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
