#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tenon {

enum class scope_list_format : std::uint8_t { space, comma, space_or_comma, array };

// token_response_rules says how one provider's token answers differ from RFC 6749. Paths are
// those of json_value::at_path; the defaults are the RFC's.
struct token_response_rules {
  std::string access_token_path = "access_token";
  std::string refresh_token_path = "refresh_token";
  std::string expires_in_path = "expires_in";
  std::string refresh_expires_in_path = "refresh_token_expires_in";
  std::string scope_path = "scope";
  std::string error_path = "error";
  scope_list_format scope_format = scope_list_format::space;
  bool error_with_200 = false;
  bool token_type_optional = false;
  bool any_content_type = false;
  bool form_encoded = false;
  std::vector<std::string> reauth_errors;  // besides invalid_grant
};

}  // namespace tenon
