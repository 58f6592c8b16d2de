#pragma once

#include <string>
#include <string_view>

#include "base/bytes.hpp"

// The browser binding: a cookie of one flow holds 32 random bytes, their SHA-256 is bound into
// the state. A callback in another browser has no such cookie (R4).

namespace tenon {

inline constexpr std::size_t binding_bytes = 32;
inline constexpr std::size_t flow_name_chars = 8;

// flow_name is the first eight characters of a nonce: enough to tell a browser's flows apart,
// and no secret.
inline std::string_view flow_name(std::string_view nonce) {
  return nonce.substr(0, flow_name_chars);
}

// binding_cookie_name is `__Host-tenon-<flow>`, or `tenon-<flow>` where the redirect URI is plain
// http on a loopback address, because a browser refuses the prefix there.
std::string binding_cookie_name(std::string_view nonce, std::string_view redirect_uri);

// binding_of gives the text that is bound for a cookie's bytes; "" when value is not the
// base64url of 32 bytes.
std::string binding_of(std::string_view cookie_value);

// session_mark is what is stored of the session that began a flow: its SHA-256, because the name of
// a session may be all it takes to use it. "" stays "".
std::string session_mark(std::string_view session);

// find_cookie gives the value of the named cookie in a Cookie header (RFC 6265 section 4.2.1), or
// "" when it is missing or stands there twice.
std::string_view find_cookie(std::string_view header, std::string_view name);

}  // namespace tenon
