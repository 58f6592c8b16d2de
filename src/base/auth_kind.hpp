#pragma once

#include <cstdint>

namespace tenon {

// auth_kind says what a connection's access token is: an OAuth access token, an API key, or the
// user and password of Basic authentication (RFC 7617), already joined by a colon.
enum class auth_kind : std::uint8_t { oauth2, api_key, basic };

}  // namespace tenon
