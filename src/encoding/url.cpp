#include "encoding/url.hpp"

#include <algorithm>
#include <cstddef>

#include "encoding/decimal.hpp"
#include "encoding/hex_digit.hpp"

namespace tenon {
namespace {

constexpr std::uint64_t port_max = 65535;

bool is_url_character(char c) {
  constexpr std::string_view refused = "\\\"<>^`{|}";
  return c > 0x20 && c < 0x7f && refused.find(c) == std::string_view::npos;
}

bool has_url_characters(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_url_character(text[at])) return false;
    if (text[at] != '%') continue;
    const std::string_view digits = text.substr(at + 1, 2);
    if (digits.size() < 2 || hex_digit_value(digits[0]) < 0 || hex_digit_value(digits[1]) < 0) {
      return false;
    }
  }
  return true;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-' || c == '.';
}

bool is_literal_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
}

// has_whole_labels refuses an empty host, an empty label and the dot at the end: one host would
// have two spellings.
bool has_whole_labels(std::string_view host) {
  return !host.empty() && host.front() != '.' && host.back() != '.' &&
         host.find("..") == std::string_view::npos;
}

// ends_in_number finds what fetch would read as an IPv4 address (WHATWG URL section 3.5): a last
// label that is decimal or begins with 0x.
bool ends_in_number(std::string_view host) {
  const std::string_view last = host.substr(host.rfind('.') + 1);
  if (std::all_of(last.begin(), last.end(), is_digit)) return true;
  return last.size() > 1 && last[0] == '0' && (last[1] | 0x20) == 'x';
}

// is_ipv4 takes four canonical decimals only: "127.1", "0x7f.0.0.1" and "0177.0.0.1" name the same
// machine in a spelling that no check downstream expects.
bool is_ipv4(std::string_view host) {
  for (int part = 0; part < 4; ++part) {
    const std::size_t stop = std::min(host.find('.'), host.size());
    const auto number = decode_unsigned_decimal(host.substr(0, stop));
    if (!number || *number > 255 || (part < 3) != (stop < host.size())) return false;
    host.remove_prefix(std::min(stop + 1, host.size()));
  }
  return true;
}

bool is_host(std::string_view host) {
  if (host.starts_with('[')) {
    if (host.size() < 4 || !host.ends_with(']')) return false;
    const std::string_view literal = host.substr(1, host.size() - 2);
    return std::all_of(literal.begin(), literal.end(), is_literal_character);
  }
  return std::all_of(host.begin(), host.end(), is_name_character) && has_whole_labels(host) &&
         (!ends_in_number(host) || is_ipv4(host));
}

bool is_port(std::string_view port) {
  const auto number = decode_unsigned_decimal(port);
  return number && *number >= 1 && *number <= port_max;
}

// cut takes what stands before the first of `stops` off the front of rest.
std::string_view cut(std::string_view& rest, std::string_view stops) {
  const std::size_t stop = std::min(rest.find_first_of(stops), rest.size());
  const std::string_view part = rest.substr(0, stop);
  rest.remove_prefix(stop);
  return part;
}

// read_authority splits userinfo, host and port; false when one of them is malformed.
bool read_authority(std::string_view authority, url_parts& url) {
  const std::size_t at = authority.rfind('@');
  url.has_userinfo = at != std::string_view::npos;
  if (url.has_userinfo) authority.remove_prefix(at + 1);
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.rfind(':');
  const bool has_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  url.host = authority.substr(0, has_port ? colon : std::string_view::npos);
  if (has_port) url.port = authority.substr(colon + 1);
  return is_host(url.host) && (!has_port || is_port(url.port));
}

std::string lowered(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return lower;
}

}  // namespace

std::optional<url_parts> split_url(std::string_view text) {
  if (text.size() > url_bytes_max || !has_url_characters(text)) return std::nullopt;
  url_parts url;
  for (const std::string_view scheme : {"https", "http"}) {
    if (!text.starts_with(scheme) || !text.substr(scheme.size()).starts_with("://")) continue;
    url.scheme = text.substr(0, scheme.size());
    text.remove_prefix(scheme.size() + 3);
    break;
  }
  if (url.scheme.empty() || !read_authority(cut(text, "/?#"), url)) return std::nullopt;
  url.path = cut(text, "?#");
  if (text.starts_with('?')) {
    text.remove_prefix(1);
    url.has_query = true;
    url.query = cut(text, "#");
  }
  if (text.starts_with('#')) {
    url.has_fragment = true;
    url.fragment = text.substr(1);
  }
  return url;
}

std::string origin_of(const url_parts& url) {
  std::string origin(url.scheme);
  origin += "://";
  origin += lowered(url.host);
  const std::string_view usual = url.scheme == "https" ? "443" : "80";
  if (!url.port.empty() && url.port != usual) {
    origin += ':';
    origin += url.port;
  }
  return origin;
}

bool is_loopback_host(std::string_view host) {
  return host == "[::1]" || lowered(host) == "localhost" ||
         (host.starts_with("127.") && is_ipv4(host));
}

}  // namespace tenon
