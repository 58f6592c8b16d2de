#include "oauth/pkce.hpp"

#include <algorithm>

#include "crypto/sha256.hpp"
#include "encoding/base64.hpp"

namespace tenon {
namespace {

constexpr std::size_t verifier_chars_min = 43;
constexpr std::size_t verifier_chars_max = 128;

std::string challenge_of(std::string_view verifier) {
  return encode_base64url(sha256::of(as_bytes(verifier)));
}

bool is_unreserved(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

}  // namespace

pkce_pair make_pkce(byte_view random) {
  if (random.size() != pkce_random_bytes) __builtin_trap();
  secret_string verifier = secret_string::take(encode_base64url(random));
  std::string challenge = challenge_of(verifier.view());
  return {std::move(verifier), std::move(challenge)};
}

result<std::string> pkce_challenge(std::string_view verifier) {
  if (!is_code_verifier(verifier)) return error_code::validation_error;
  return challenge_of(verifier);
}

bool is_code_verifier(std::string_view text) noexcept {
  return text.size() >= verifier_chars_min && text.size() <= verifier_chars_max &&
         std::all_of(text.begin(), text.end(), is_unreserved);
}

}  // namespace tenon
