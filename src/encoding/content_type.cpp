#include "encoding/content_type.hpp"

#include <algorithm>
#include <cstddef>

namespace tenon {
namespace {

bool is_space(char c) noexcept { return c == ' ' || c == '\t'; }

bool is_token_character(char c) noexcept {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || marks.find(c) != marks.npos;
}

bool is_token(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

}  // namespace

std::string media_type_of(std::string_view content_type) {
  std::string_view essence = content_type.substr(0, content_type.find(';'));
  while (!essence.empty() && is_space(essence.front())) essence.remove_prefix(1);
  while (!essence.empty() && is_space(essence.back())) essence.remove_suffix(1);
  std::string lower(essence);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  const std::string_view text = lower;
  const std::size_t slash = text.find('/');
  if (slash == text.npos || !is_token(text.substr(0, slash)) || !is_token(text.substr(slash + 1))) {
    return {};
  }
  return lower;
}

}  // namespace tenon
