#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "crypto/hmac.hpp"

namespace tenon {

inline constexpr std::size_t route_chars = 22;

// route_of names a user's shard: HMAC-SHA256 of organization and user under the deployment's route
// key, 16 bytes of it in base64url. It tells an outsider nothing.
std::string route_of(const hmac_key& key, std::string_view organization, std::string_view user);

}  // namespace tenon
