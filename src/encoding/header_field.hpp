#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/http.hpp"

namespace tenon {

// equal_ignoring_case compares ASCII text as field names are compared (RFC 9110 section 5.1).
inline bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

// find_header returns the value of the only field of that name, or nullptr when there is none or
// more than one. The value lives as long as the headers.
inline const std::string* find_header(const std::vector<http_header>& headers,
                                      std::string_view name) noexcept {
  const std::string* found = nullptr;
  for (const http_header& header : headers) {
    if (!equal_ignoring_case(header.name, name)) continue;
    if (found != nullptr) return nullptr;
    found = &header.value;
  }
  return found;
}

}  // namespace tenon
