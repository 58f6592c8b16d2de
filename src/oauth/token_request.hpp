#pragma once

#include <string_view>

#include "base/http.hpp"
#include "catalog/provider.hpp"
#include "oauth/client.hpp"

namespace tenon {

struct code_grant {
  std::string_view code;
  std::string_view verifier;  // "" where the provider's row says that PKCE is unsupported
  std::string_view redirect_uri;
};

// These make requests and send nothing. Method, client authentication and headers follow the
// provider's row; no secret stands in a URL, and every answer is asked for as JSON. With Basic,
// id and secret are form-encoded first (RFC 6749 section 2.3.1). A client without a secret names
// itself by client_id in the body. The caller wipes body and headers after use.

// code_exchange_request makes the request of RFC 6749 section 4.1.3.
http_request code_exchange_request(const provider& provider, const oauth_client& client,
                                   const code_grant& grant);

// refresh_request makes the request of RFC 6749 section 6. It never asks for scopes (R31).
http_request refresh_request(const provider& provider, const oauth_client& client,
                             std::string_view refresh_token);

// revocation_request makes the provider's call that revokes one token; hint is "access_token" or
// "refresh_token" (RFC 7009 section 2.1). The url is empty where the row knows no call for it.
http_request revocation_request(const provider& provider, const oauth_client& client,
                                std::string_view token, std::string_view hint);

// profile_request makes the call that tells whose account it is, with the token or key in the
// header that the row names (RFC 6750 section 2.1, RFC 7617). The url is empty where there is none.
http_request profile_request(const provider& provider, std::string_view credential);

// wipe_request overwrites what a request holds: its body and header values.
void wipe_request(http_request& request) noexcept;

}  // namespace tenon
