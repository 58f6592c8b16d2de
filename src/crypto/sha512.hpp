#pragma once

#include "crypto/block_hash.hpp"

namespace tenon {

// sha512 is SHA-512 (FIPS 180-4 section 6.4): update and finish, or sha512::of(message).
using sha512 = basic_hash<hash_kind::sha512>;
using sha512_digest = sha512::digest;

}  // namespace tenon
