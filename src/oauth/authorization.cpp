#include "oauth/authorization.hpp"

#include <algorithm>

#include "encoding/form.hpp"

namespace tenon {
namespace {

// RFC 6749 section 3.3, less what parts the scopes from each other.
bool is_scope(std::string_view scope, std::string_view separator) noexcept {
  const auto is_legal = [](char c) { return c > 0x20 && c <= 0x7e && c != '"' && c != '\\'; };
  return !scope.empty() && std::all_of(scope.begin(), scope.end(), is_legal) &&
         (separator.empty() || scope.find(separator) == std::string_view::npos);
}

error_reason fault_in_scopes(const provider& provider, const std::vector<std::string>& scopes) {
  if (scopes.size() > scopes_max) return error_reason::too_large;
  // A row without a separator takes one scope at most, one without a parameter takes none.
  if (provider.scope_separator.empty() && scopes.size() > 1) return error_reason::not_allowed;
  if (provider.scope_param.empty() && !scopes.empty()) return error_reason::not_allowed;
  const bool sound = std::all_of(scopes.begin(), scopes.end(), [&](std::string_view scope) {
    return is_scope(scope, provider.scope_separator);
  });
  return sound ? error_reason::none : error_reason::not_allowed;
}

bool names_one_of(const std::vector<http_header>& list, std::string_view name) {
  return std::any_of(list.begin(), list.end(),
                     [&](const http_header& pair) { return pair.name == name; });
}

// A repeated parameter would let the server choose between two values (RFC 6749 section 3.1).
bool is_extra_allowed(const provider& provider, const std::vector<http_header>& extra) {
  for (auto pair = extra.begin(); pair != extra.end(); ++pair) {
    const bool is_earlier = std::any_of(
        extra.begin(), pair, [&](const http_header& other) { return other.name == pair->name; });
    if (pair->name.empty() || is_earlier || pair->name == provider.scope_param ||
        is_reserved_parameter(pair->name) ||
        names_one_of(provider.extra_authorize_params, pair->name)) {
      return false;
    }
  }
  return true;
}

std::string joined(const std::vector<std::string>& scopes, std::string_view separator) {
  std::string text;
  for (const std::string& scope : scopes) {
    if (!text.empty()) text += separator;
    text += scope;
  }
  return text;
}

}  // namespace

result<std::string> authorization_url(const provider& provider, const oauth_client& client,
                                      const authorization_request& request) {
  const auto refused = [](error_reason reason) {
    return error{error_code::validation_error, reason, 0};
  };
  const bool with_pkce = provider.pkce != pkce_support::unsupported;
  if (request.state.empty() || (with_pkce && request.code_challenge.empty())) {
    return refused(error_reason::parameter_missing);
  }
  const auto& scopes = request.scopes.empty() ? provider.default_scopes : request.scopes;
  const error_reason fault = fault_in_scopes(provider, scopes);
  if (fault != error_reason::none) return refused(fault);
  if (!is_extra_allowed(provider, request.extra)) return refused(error_reason::not_allowed);

  form_builder query;
  query.append("response_type", "code");
  query.append("client_id", client.id);
  query.append("redirect_uri", client.redirect_uri);
  if (!scopes.empty()) query.append(provider.scope_param, joined(scopes, provider.scope_separator));
  query.append("state", request.state);
  if (with_pkce) {
    query.append("code_challenge", request.code_challenge);
    query.append("code_challenge_method", "S256");
  }
  for (const http_header& pair : provider.extra_authorize_params)
    query.append(pair.name, pair.value);
  for (const http_header& pair : request.extra) query.append(pair.name, pair.value);
  std::string url = provider.authorization_url;
  url += url.find('?') == std::string::npos ? '?' : '&';
  url += query.text();
  if (url.size() > authorization_url_chars_max) return refused(error_reason::too_large);
  return url;
}

}  // namespace tenon
