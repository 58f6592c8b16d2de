#pragma once

#include "crypto/block_hash.hpp"

namespace tenon {

// sha1 is SHA-1 (FIPS 180-4 section 6.1): update and finish, or sha1::of(message). Only for HMAC
// with peers that still sign so: collisions can be found, so never compare content by it.
using sha1 = basic_hash<hash_kind::sha1>;
using sha1_digest = sha1::digest;

}  // namespace tenon
