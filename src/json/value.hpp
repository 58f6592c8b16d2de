#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tenon {

struct json_member;

// json_value is one parsed JSON value. Objects keep the order of their members, numbers keep
// their source text, and every string and number text is wiped when the value is destroyed.
// Pointers and views it hands out live as long as the value and die with any change to it.
class json_value {
 public:
  struct number_token {
    std::string text;
  };
  using array = std::vector<json_value>;
  using object = std::vector<json_member>;

  json_value() noexcept;  // null
  explicit json_value(bool value) noexcept;
  json_value(const char*) = delete;  // would become a boolean
  explicit json_value(number_token number) noexcept;
  explicit json_value(std::string text) noexcept;
  explicit json_value(array items) noexcept;
  explicit json_value(object members) noexcept;
  json_value(const json_value& other);
  json_value(json_value&& other) noexcept;
  json_value& operator=(const json_value& other);
  json_value& operator=(json_value&& other) noexcept;
  ~json_value();

  bool is_null() const noexcept { return kind_ == kind::null; }
  bool is_boolean() const noexcept { return kind_ == kind::boolean; }
  bool is_number() const noexcept { return kind_ == kind::number; }
  bool is_string() const noexcept { return kind_ == kind::string; }
  bool is_array() const noexcept { return kind_ == kind::array; }
  bool is_object() const noexcept { return kind_ == kind::object; }

  // find returns the member of an object, or nullptr when there is none or this is no object.
  const json_value* find(std::string_view name) const noexcept;
  // string returns the text of a string, or nullptr when this is no string.
  const std::string* string() const noexcept;
  std::optional<bool> boolean() const noexcept;
  // integer returns an integer that fits; "1.0" and "1e3" are numbers but no integers.
  std::optional<std::int64_t> integer() const noexcept;
  // number_text returns a number as it was written, or "" when this is no number.
  std::string_view number_text() const noexcept;
  // items returns the items of an array, or nothing when this is no array.
  std::span<const json_value> items() const noexcept;
  // members returns the members of an object, or nothing when this is no object.
  std::span<const json_member> members() const noexcept;

  // at_path follows a dotted path such as "data[0].id". Alternatives are parted by "|"; the first
  // one that exists wins. Returns nullptr when none exists or the path is empty or malformed.
  const json_value* at_path(std::string_view path) const noexcept;

  // text returns a string member, or the fallback when it is missing or no string.
  std::string_view text(std::string_view name, std::string_view fallback = {}) const noexcept;
  // integer returns an integer member, or the fallback when it is missing or no integer.
  std::int64_t integer(std::string_view name, std::int64_t fallback) const noexcept;
  // optional_integer returns an integer member, or nothing when it is missing or no integer.
  std::optional<std::int64_t> optional_integer(std::string_view name) const noexcept;
  // flag returns a boolean member, or the fallback when it is missing or no boolean.
  bool flag(std::string_view name, bool fallback = false) const noexcept;

 private:
  friend class tree_builder;

  enum class kind : std::uint8_t { null, boolean, number, string, array, object };

  void take(json_value& other) noexcept;
  void clear() noexcept;

  // A union and not a std::variant, whose visiting functions are 4 kB of wasm.
  kind kind_ = kind::null;
  union {
    bool boolean_;
    std::string text_;  // of a string or a number
    array items_;
    object members_;
  };
};

struct json_member {
  std::string name;
  json_value value;
};

}  // namespace tenon
