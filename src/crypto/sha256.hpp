#pragma once

#include "crypto/block_hash.hpp"

namespace tenon {

// sha256 is SHA-256 (FIPS 180-4 section 6.2): update and finish, or sha256::of(message).
using sha256 = basic_hash<hash_kind::sha256>;
using sha256_digest = sha256::digest;

}  // namespace tenon
