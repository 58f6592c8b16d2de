#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "catalog/provider.hpp"

namespace tenon {

inline constexpr std::size_t callback_query_bytes_max = 8192;
inline constexpr std::size_t callback_value_bytes_max = 4096;

struct callback_parameters {
  std::string code;
  std::string state;
  std::string iss;
  std::string error;
  bool has_iss = false;
};

// parse_callback reads the query of an authorization response, without its "?" (RFC 6749 section
// 4.1.2, RFC 9207). Exactly one of code and error, and state, must be there and not be empty.
// Fails with validation_error: parameter_repeated, parameter_missing, parameter_conflict,
// parameter_too_long, or the reason of parse_form. Unknown parameters, error_description and
// error_uri are dropped (R9).
result<callback_parameters> parse_callback(std::string_view query);

// check_issuer compares iss with the issuer the flow began with, byte for byte (RFC 9207 section
// 2.4). Fails with invalid_state: issuer_missing when the provider advertises iss and none came,
// issuer_unexpected when it does not and one came that it is not said to send, issuer_mismatch.
result<unit> check_issuer(const callback_parameters& callback, std::string_view expected_issuer,
                          const provider& provider);

// public_callback_error returns the error code when it is one of RFC 6749 section 4.1.2.1 or
// OpenID Connect Core section 3.1.2.6, else "provider_error". What it returns lives forever.
std::string_view public_callback_error(std::string_view error) noexcept;

}  // namespace tenon
