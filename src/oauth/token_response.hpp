#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/http.hpp"
#include "catalog/token_rules.hpp"

namespace tenon {

// token_class is what an answer of the token endpoint means (R22).
enum class token_class : std::uint8_t {
  ok,                // store and go on
  retry,             // transient: back off; the connection stays
  ambiguous,         // the request may have been carried out
  reauth_required,   // the grant is gone
  config_error,      // the operator must act; the user need not reconnect
  rejected,          // not retried; shown with the sanitised error
  protocol_error,    // the answer breaks the protocol; nothing is stored
  retry_with_nonce,  // repeat once with the DPoP nonce given (RFC 9449 section 8)
};

inline constexpr std::size_t token_chars_max = 16 * 1024;

// token_set is what a good answer brought. Its tokens are wiped when it is destroyed.
struct token_set {
  std::string access_token;
  std::string refresh_token;                 // "": keep the old one
  std::string token_type;                    // "Bearer", whatever its case was
  std::optional<std::int64_t> expires_in_s;  // absent: unknown, not endless; capped at 10 years
  std::optional<std::int64_t> refresh_expires_in_s;
  std::optional<std::vector<std::string>> scopes;  // absent: as asked (RFC 6749 section 5.1)
  ~token_set();
};

struct token_outcome {
  token_class kind = token_class::protocol_error;
  token_set tokens;   // filled when kind is ok
  std::string error;  // the provider's error code, [\x20-\x7e], at most 64, or ""
  std::uint16_t status = 0;
};

// read_token_response puts an answer of the token endpoint into one class (RFC 6749 sections 5.1
// and 5.2). It never fails: what cannot be understood is a class of its own. Only a 4xx, or an
// error inside a 200 where the row expects one there, can end a connection (R23).
token_outcome read_token_response(const token_response_rules& rules, const http_reply& reply);

// name_of gives a class's spelling, such as "reauth_required".
std::string_view name_of(token_class kind) noexcept;

}  // namespace tenon
