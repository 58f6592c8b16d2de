#include "flows/binding.hpp"

#include "crypto/sha256.hpp"
#include "encoding/base64.hpp"

namespace tenon {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string binding_cookie_name(std::string_view nonce, std::string_view redirect_uri) {
  const bool secure = redirect_uri.starts_with("https:");
  std::string name(secure ? "__Host-tenon-" : "tenon-");
  name += flow_name(nonce);
  return name;
}

std::string binding_of(std::string_view cookie_value) {
  const auto bytes = decode_base64url(cookie_value);
  if (!bytes || bytes->size() != binding_bytes) return "";
  return encode_base64url(sha256::of(*bytes));
}

std::string session_mark(std::string_view session) {
  if (session.empty()) return "";
  return encode_base64url(sha256::of(as_bytes(session)));
}

std::string_view find_cookie(std::string_view header, std::string_view name) {
  std::string_view found;
  std::size_t matches = 0;
  while (!header.empty()) {
    const std::size_t stop = header.find(';');
    const std::string_view pair = trimmed(header.substr(0, stop));
    header = stop == std::string_view::npos ? std::string_view() : header.substr(stop + 1);
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
    found = pair.substr(equals + 1);
    ++matches;
  }
  return matches == 1 ? found : std::string_view();
}

}  // namespace tenon
