#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tenon {

// url_parts are views into an absolute URL that was split; the text must outlive them.
struct url_parts {
  std::string_view scheme;    // "https" or "http", lower case
  std::string_view host;      // as written; an IPv6 literal with its brackets
  std::string_view port;      // digits, or "" when none is written
  std::string_view path;      // with its slash, or ""
  std::string_view query;     // without "?"
  std::string_view fragment;  // without "#"
  bool has_userinfo = false;
  bool has_query = false;
  bool has_fragment = false;
};

inline constexpr std::size_t url_bytes_max = 8192;

// split_url splits an absolute http or https URL (RFC 3986). It is strict, not forgiving:
// lower-case scheme, "//", a port of 1 to 65535, printable ASCII only, no space, backslash, quote,
// "<", ">", "^", "`", "{", "|" or "}", whole percent sequences, at most url_bytes_max bytes. The
// host is a bracketed IPv6 literal, four canonical decimals, or labels of letters, digits and "-"
// of which the last is no number. Nothing otherwise.
std::optional<url_parts> split_url(std::string_view url);

// origin_of gives scheme, host in lower case, and port when it is not the scheme's own.
std::string origin_of(const url_parts& url);

// is_loopback_host says whether a host names this machine: 127.0.0.0/8, [::1] or localhost.
bool is_loopback_host(std::string_view host);

}  // namespace tenon
