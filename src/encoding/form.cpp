#include "encoding/form.hpp"

#include <algorithm>
#include <utility>

#include "base/wipe.hpp"
#include "encoding/percent.hpp"

namespace tenon {
namespace {

constexpr error malformed{error_code::validation_error, error_reason::wrong_type};
constexpr error too_large{error_code::validation_error, error_reason::too_large};

// grow_wiping makes room for more characters and wipes the text that is left behind.
void grow_wiping(std::string& text, std::size_t more) {
  if (text.capacity() - text.size() >= more) return;
  std::string larger;
  larger.reserve(std::max(text.size() + more, 2 * text.capacity()));
  larger = text;
  std::swap(text, larger);
  secure_wipe(larger);
}

}  // namespace

result<std::vector<form_pair>> parse_form(std::string_view text) {
  if (text.size() > form_bytes_max) return too_large;
  std::vector<form_pair> pairs;
  while (!text.empty()) {
    const std::size_t stop = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, stop);
    text.remove_prefix(std::min(stop + 1, text.size()));
    if (pair.empty()) continue;
    if (pairs.size() == form_pairs_max) return too_large;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = form_decode(pair.substr(0, equals));
    auto value = form_decode(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value) return malformed;
    pairs.push_back({std::move(*name), std::move(*value)});
  }
  return pairs;
}

form_builder::~form_builder() { secure_wipe(text_); }

void form_builder::append(std::string_view name, std::string_view value) {
  const std::size_t separators = 2;
  grow_wiping(text_, form_encoded_chars(name) + form_encoded_chars(value) + separators);
  if (!text_.empty()) text_ += '&';
  append_form_encoded(text_, name);
  text_ += '=';
  append_form_encoded(text_, value);
}

}  // namespace tenon
