#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/auth_kind.hpp"
#include "base/error.hpp"
#include "base/http.hpp"
#include "catalog/rate_limit_headers.hpp"
#include "catalog/token_rules.hpp"
#include "json/value.hpp"

namespace tenon {

enum class client_auth : std::uint8_t { none, basic, post };
enum class pkce_support : std::uint8_t { required, supported, unsupported };
enum class revocation_style : std::uint8_t {
  none,
  rfc7009,
  rfc7009_no_client_auth,
  delete_json_basic,
  unknown,  // the provider can revoke, in a way that no row describes yet
};

// profile_call is the one call that identifies an account. An empty url means that there is none.
struct profile_call {
  std::string method = "GET";
  std::string url;
  std::vector<http_header> headers;
  std::string id_path;
  std::string username_path;
  std::string display_name_path;
  std::string email_path;
};

// client_id_placeholder may stand in a revocation_url, once.
inline constexpr std::string_view client_id_placeholder = "{client_id}";

// provider is one row of the catalog, checked. What belongs to OAuth is empty where the kind is
// another. URLs are https (or loopback http where that was
// allowed), without user info and fragment.
struct provider {
  std::string id;
  std::string display_name;
  auth_kind kind = auth_kind::oauth2;
  std::string key_header = "Authorization";  // carries the access token or key in calls
  std::string key_scheme = "Bearer";         // stands before it, and a space; "" for neither
  std::string issuer;                        // "" when the provider names none
  bool issuer_advertised = false;            // metadata promise an iss parameter (RFC 9207)
  bool issuer_tolerated = false;             // iss may come though it is not advertised
  std::string authorization_url;
  std::string token_url;
  std::string refresh_url;  // never empty: the token_url where the entry names no other
  revocation_style revocation = revocation_style::none;
  std::string revocation_url;
  std::vector<std::string> default_scopes;
  std::string scope_separator = " ";  // "" when at most one scope may be asked for
  std::string scope_param = "scope";  // "" when no scope parameter is sent
  std::vector<http_header> extra_authorize_params;
  pkce_support pkce = pkce_support::supported;
  client_auth auth = client_auth::post;
  std::vector<http_header> token_headers;
  std::vector<http_header> token_params;    // added to the code exchange
  std::vector<http_header> refresh_params;  // added to the refresh
  token_response_rules token_response;
  std::optional<std::int64_t> access_lifetime_s;  // for answers without expires_in
  profile_call profile;
  std::optional<rate_limit_headers> rate_limit;  // where the entry names a header field of its own
};

struct provider_error {
  error failure;
  std::string field;  // dotted path of what is wrong, such as "oauth.token_url"
};

// parse_provider reads an entry in the shape of bindings/providers/*.json. loopback_http allows
// http for 127.0.0.1, [::1] and localhost. Fails with configuration_error and parameter_missing,
// wrong_type, not_https, not_allowed or too_large, and names the first field that is wrong.
std::variant<provider, provider_error> parse_provider(const json_value& entry, bool loopback_http);

// is_reserved_parameter says whether an authorization parameter is set by the product alone, so
// that neither a caller nor an entry may give it (R14).
bool is_reserved_parameter(std::string_view name) noexcept;

}  // namespace tenon
