#include "oauth/return_to.hpp"

#include <algorithm>
#include <cstddef>

#include "encoding/header_field.hpp"
#include "encoding/url.hpp"

namespace tenon {
namespace {

// Browsers strip tabs and line breaks, read "\" as "/", and map other characters to ASCII; none of
// them may stand in a target, nor a space or anything beyond ASCII, which has to be escaped.
bool is_url_text(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c > 0x20 && c < 0x7f && c != '\\'; });
}

// WHATWG URL section 4.4: "%2e" counts as a full stop here.
bool take_dot(std::string_view& segment) noexcept {
  if (segment.starts_with('.')) {
    segment.remove_prefix(1);
    return true;
  }
  if (!equal_ignoring_case(segment.substr(0, 3), "%2e")) return false;
  segment.remove_prefix(3);
  return true;
}

// Returns 1 for ".", 2 for "..", else 0.
int dots_in(std::string_view segment) noexcept {
  int dots = 0;
  while (dots < 3 && take_dot(segment)) ++dots;
  return segment.empty() && dots < 3 ? dots : 0;
}

// Says whether the path, its dot segments resolved, begins with two slashes, which a browser reads
// as the name of another host.
bool resolves_to_two_slashes(std::string_view path) noexcept {
  std::size_t depth = 0;
  bool is_first_empty = false;
  for (bool is_last = false; !is_last;) {
    path.remove_prefix(1);
    const std::size_t slash = path.find('/');
    is_last = slash == std::string_view::npos;
    const std::string_view segment = path.substr(0, slash);
    path.remove_prefix(is_last ? path.size() : slash);
    const int dots = dots_in(segment);
    if (dots == 2 && depth > 0) --depth;
    // A dot segment at the end leaves an empty segment behind.
    if (dots != 0 && !is_last) continue;
    if (depth++ == 0) is_first_empty = dots != 0 || segment.empty();
  }
  return depth > 1 && is_first_empty;
}

bool is_own_path(std::string_view target) noexcept {
  if (!target.starts_with('/') || target.starts_with("//")) return false;
  return !resolves_to_two_slashes(target.substr(0, target.find_first_of("?#")));
}

bool is_allowed_url(std::string_view target, const std::vector<std::string>& allowed_origins) {
  const auto url = split_url(target);
  if (!url || url->has_userinfo) return false;
  if (url->scheme != "https" && !is_loopback_host(url->host)) return false;
  const std::string origin = origin_of(*url);
  return std::any_of(allowed_origins.begin(), allowed_origins.end(), [&](std::string_view text) {
    const auto allowed = split_url(text);
    return allowed && origin_of(*allowed) == origin;
  });
}

}  // namespace

result<unit> check_return_to(std::string_view target,
                             const std::vector<std::string>& allowed_origins) {
  if (target.size() > return_to_chars_max) {
    return {error_code::invalid_redirect_url, error_reason::too_large};
  }
  const bool allowed =
      is_url_text(target) && (is_own_path(target) || is_allowed_url(target, allowed_origins));
  if (!allowed) return {error_code::invalid_redirect_url, error_reason::not_allowed};
  return unit{};
}

}  // namespace tenon
