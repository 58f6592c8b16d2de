#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace tenon {

// key_use is what is stored of one key of the ring. Random nonces are safe for 2^32 texts under one
// key (SP 800-38D section 8.3); sealing ends at a quarter of that.
struct key_use {
  std::int64_t sealed = 0;     // texts sealed under it at most: blocks count when they are taken
  bool retired = false;        // nothing is sealed under it any more
  time_ms reserved_until = 0;  // no instance seals from a block of this key after that
};

inline constexpr std::int64_t seals_per_key_max = std::int64_t{1} << 30;

std::string encode_key_use(const key_use& use);
// decode_key_use fails with database_error/record_unreadable.
result<key_use> decode_key_use(std::string_view text);

}  // namespace tenon
