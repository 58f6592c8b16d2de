#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace tenon {

inline constexpr std::size_t form_bytes_max = 16 * 1024;
inline constexpr std::size_t form_pairs_max = 64;

struct form_pair {
  std::string name;
  std::string value;

  friend bool operator==(const form_pair&, const form_pair&) = default;
};

// parse_form reads a query or a form body into pairs, in order, repeated names and all (WHATWG URL
// section 5.1, but strict). A bad percent sequence is validation_error with wrong_type; more than
// form_pairs_max pairs or form_bytes_max bytes is validation_error with too_large.
result<std::vector<form_pair>> parse_form(std::string_view text);

// form_builder writes pairs: name=value&name=value. Values may be secrets: text it has outgrown is
// wiped, and so is what it holds when it ends. Move-only.
class form_builder {
 public:
  form_builder() = default;
  form_builder(form_builder&&) = default;
  form_builder& operator=(form_builder&&) = delete;
  ~form_builder();

  void append(std::string_view name, std::string_view value);
  const std::string& text() const noexcept { return text_; }
  // take gives the text away, and with it the duty to wipe it.
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace tenon
