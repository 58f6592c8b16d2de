#include "retry/retry_after.hpp"

#include <algorithm>

#include "encoding/header_field.hpp"
#include "retry/http_date.hpp"

namespace tenon {
namespace {

std::string_view without_outer_space(std::string_view text) noexcept {
  const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<duration_ms> parse_seconds(std::string_view text) noexcept {
  if (text.empty()) return std::nullopt;
  duration_ms seconds = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    seconds = std::min(seconds * 10 + (c - '0'), retry_after_ms_max / second_ms);
  }
  return seconds * second_ms;
}

}  // namespace

std::optional<duration_ms> parse_retry_after(std::string_view value, time_ms now) noexcept {
  value = without_outer_space(value);
  if (const auto wait = parse_seconds(value)) return wait;
  const auto date = parse_http_date(value, now);
  if (!date) return std::nullopt;
  return *date <= now ? 0 : std::min(*date - now, retry_after_ms_max);
}

std::optional<duration_ms> retry_after_of(const http_reply& reply, time_ms now) noexcept {
  const std::string* value = find_header(reply.headers, "retry-after");
  return value == nullptr ? std::nullopt : parse_retry_after(*value, now);
}

}  // namespace tenon
