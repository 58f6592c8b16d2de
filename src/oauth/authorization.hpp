#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/http.hpp"
#include "base/result.hpp"
#include "catalog/provider.hpp"
#include "oauth/client.hpp"

namespace tenon {

inline constexpr std::size_t scopes_max = 100;
inline constexpr std::size_t authorization_url_chars_max = 8192;

struct authorization_request {
  std::string_view state;
  std::string_view code_challenge;  // S256; left out where the provider's row says unsupported
  std::vector<std::string> scopes;  // empty: the provider's default scopes
  std::vector<http_header> extra;   // the caller's own parameters
};

// authorization_url returns where the browser is sent (RFC 6749 section 4.1.1, RFC 7636 section
// 4.3). Every value is form-encoded. Fails with validation_error: not_allowed for a reserved or
// repeated extra parameter, a scope that is no scope-token (section 3.3) or one scope too many
// for the provider's row, parameter_missing for an empty state or challenge, too_large for more
// than 100 scopes or 8,192 characters.
result<std::string> authorization_url(const provider& provider, const oauth_client& client,
                                      const authorization_request& request);

}  // namespace tenon
