#pragma once

#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/secret_buffer.hpp"

namespace tenon {

inline constexpr std::size_t pkce_random_bytes = 32;

// pkce_pair is one flow's verifier and its S256 challenge, 43 characters each (RFC 7636 section
// 4).
struct pkce_pair {
  secret_string verifier;
  std::string challenge;
};

// make_pkce turns 32 fresh random bytes into a pair. Traps on any other length.
pkce_pair make_pkce(byte_view random);

// pkce_challenge returns the S256 challenge of a verifier, or validation_error when it is none.
result<std::string> pkce_challenge(std::string_view verifier);

// is_code_verifier says whether text is 43 to 128 unreserved characters (RFC 7636 section 4.1).
bool is_code_verifier(std::string_view text) noexcept;

}  // namespace tenon
