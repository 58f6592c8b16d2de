#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tenon {

// structured_value is one bare item of RFC 9651 section 3.3, read but not decoded.
struct structured_value {
  std::string_view text;  // as written, without quotes and padding
  bool is_string = false;
  std::optional<std::int64_t> integer;  // of an Integer, not of a Decimal or Date
};

// structured_list_reader walks over a structured field that is a List of Items with parameters (RFC
// 9651 section 4.2.1). Any fault fails the whole field, so a caller acts only once failed() is
// known to be false at the end. Inner lists and Display Strings are faults too: no field that is
// read here has them. What it hands out points into the text.
//
//   while (reader.next_item(item)) while (reader.next_parameter(key, value)) ...
class structured_list_reader {
 public:
  explicit structured_list_reader(std::string_view text) noexcept;

  // next_item reads up to the item's parameters, and skips those of the item before that were not
  // read. False at the end and after a fault.
  bool next_item(structured_value& item) noexcept;
  // next_parameter reads one parameter of the item. False when it has no more, and after a fault.
  bool next_parameter(std::string_view& key, structured_value& value) noexcept;
  bool failed() const noexcept { return failed_; }

 private:
  bool fail() noexcept;
  bool skip(char expected) noexcept;
  // run takes as many characters from the front as the set holds, in one piece.
  std::string_view run(std::string_view set) noexcept;
  bool read_value(structured_value& value) noexcept;
  bool read_number(structured_value& value) noexcept;
  bool read_string(structured_value& value) noexcept;

  std::string_view rest_;
  bool failed_ = false;
  bool started_ = false;
};

}  // namespace tenon
