#pragma once

#include <optional>
#include <string_view>

namespace tenon {

// limit_value is the name of an item or the value of a parameter.
struct limit_value {
  std::string_view text;  // as written; a String without its quotes
  bool is_string = false;
  std::optional<double> count;  // of an Integer from 0 on
};

// limit_list_reader walks over a structured field that is a List of Items with parameters (RFC 9651
// section 4.2.1), as RateLimit and RateLimit-Policy are. A fault in the list fails the whole field,
// so a caller acts only once failed() is known to be false at the end; inner lists are faults too.
// Items of other types than String and Integer are passed over without a look at their inside. What
// it hands out points into the text.
class limit_list_reader {
 public:
  explicit limit_list_reader(std::string_view text) noexcept : rest_(text) { skip_space(); }

  // next_item reads up to the item's parameters, and skips those of the item before that were not
  // read. False at the end and after a fault.
  bool next_item(limit_value& item) noexcept;
  // next_parameter reads one parameter of the item. False when it has no more, and after a fault.
  bool next_parameter(std::string_view& key, limit_value& value) noexcept;
  bool failed() const noexcept { return failed_; }

 private:
  bool fail() noexcept;
  bool skip(char expected) noexcept;
  void skip_space() noexcept;
  std::string_view take_bare() noexcept;
  bool take_string(limit_value& value) noexcept;

  std::string_view rest_;
  bool failed_ = false;
  bool started_ = false;
};

}  // namespace tenon
