#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/secret_buffer.hpp"
#include "json/value.hpp"

namespace tenon {

// json_writer builds one JSON text. It places commas; the caller balances begin and end and puts
// a key before each value of an object. Bytes that are not UTF-8 become U+FFFD. What it holds is
// wiped when it grows and when it is destroyed.
class json_writer {
 public:
  void begin_object();
  void end_object();
  void begin_array();
  void end_array();
  void key(std::string_view name);
  void string(std::string_view text);
  void integer(std::int64_t value);
  void integer_or_null(std::optional<std::int64_t> value);
  void boolean(bool value);
  void null();
  // raw copies a JSON text in as one value; the caller answers for its being one.
  void raw(std::string_view json);
  void texts(std::span<const std::string> texts);
  void value(const json_value& value);

  void member(std::string_view name, std::string_view text);
  void member(std::string_view name, const std::string& text);
  void member(std::string_view name, const char* text) { member(name, std::string_view(text)); }
  void member(std::string_view name, const std::vector<std::string>& texts);
  template <typename T>
  requires std::is_integral_v<T>
  void member(std::string_view name, T value) {
    key(name);
    if constexpr (std::is_same_v<T, bool>) {
      boolean(value);
    } else {
      integer(static_cast<std::int64_t>(value));
    }
  }
  void member(std::string_view name, const json_value& value);
  // member_or_null writes null where there is no value.
  void member_or_null(std::string_view name, std::optional<std::int64_t> value);
  void member_or_null(std::string_view name, const std::optional<std::string>& text);

  // take hands the text out and leaves the writer empty.
  std::string take();

 private:
  void begin_value();
  void append_escaped(std::string_view text);

  secret_string out_;
  bool comma_due_ = false;
};

}  // namespace tenon
