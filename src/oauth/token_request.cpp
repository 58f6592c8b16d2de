#include "oauth/token_request.hpp"

#include <string>
#include <utility>

#include "base/wipe.hpp"
#include "encoding/base64.hpp"
#include "encoding/header_field.hpp"
#include "encoding/percent.hpp"
#include "json/writer.hpp"

namespace tenon {
namespace {

constexpr std::string_view form_type = "application/x-www-form-urlencoded";

void add_header(http_request& request, std::string_view name, std::string value) {
  request.headers.push_back({std::string(name), std::move(value)});
}

// Grows by hand: std::string would free the smaller copy with the secrets in it.
void add_parameter(http_request& request, std::string_view name, std::string_view value) {
  std::string pair = form_encode(value);
  std::string larger;
  larger.reserve(request.body.size() + name.size() + pair.size() + 2);
  larger += request.body;
  if (!larger.empty()) larger += '&';
  larger += form_encode(name);
  larger += '=';
  larger += pair;
  secure_wipe(pair);
  request.body.swap(larger);
  secure_wipe(larger);
}

// RFC 6749 section 2.3.1 and appendix B: id and secret are form-encoded before they are joined.
std::string basic_credentials(const oauth_client& client) {
  std::string joined = form_encode(client.id) + ':' + form_encode(client.secret);
  std::string value = "Basic " + encode_base64(as_bytes(joined));
  secure_wipe(joined);
  return value;
}

// Adds the client's credentials, one way only.
void authenticate(http_request& request, const provider& provider, const oauth_client& client) {
  const bool has_secret = !client.secret.empty() && provider.auth != client_auth::none;
  if (has_secret && provider.auth == client_auth::basic) {
    add_header(request, "Authorization", basic_credentials(client));
    return;
  }
  add_parameter(request, "client_id", client.id);
  if (has_secret) add_parameter(request, "client_secret", client.secret);
}

http_request form_request(std::string_view url) {
  http_request request;
  request.method = "POST";
  request.url = url;
  add_header(request, "Accept", "application/json");
  add_header(request, "Content-Type", std::string(form_type));
  return request;
}

http_request token_request(const provider& provider, std::string_view url) {
  http_request request = form_request(url);
  for (const http_header& header : provider.token_headers) {
    if (!equal_ignoring_case(header.name, "accept")) request.headers.push_back(header);
  }
  return request;
}

std::string with_client_id(std::string url, std::string_view client_id) {
  const std::size_t at = url.find(client_id_placeholder);
  if (at != std::string::npos) {
    url.replace(at, client_id_placeholder.size(), percent_encode(client_id));
  }
  return url;
}

// The call that a provider in the manner of GitHub's "delete an app token" asks for.
http_request delete_request(std::string url, const oauth_client& client, std::string_view token) {
  http_request request;
  request.method = "DELETE";
  request.url = std::move(url);
  add_header(request, "Accept", "application/json");
  add_header(request, "Content-Type", "application/json");
  add_header(request, "User-Agent", "tenon");
  add_header(request, "Authorization", basic_credentials(client));
  json_writer body;
  body.begin_object();
  body.member("access_token", token);
  body.end_object();
  request.body = body.take();
  return request;
}

}  // namespace

http_request code_exchange_request(const provider& provider, const oauth_client& client,
                                   const code_grant& grant) {
  http_request request = token_request(provider, provider.token_url);
  add_parameter(request, "grant_type", "authorization_code");
  add_parameter(request, "code", grant.code);
  add_parameter(request, "redirect_uri", grant.redirect_uri);
  if (!grant.verifier.empty()) add_parameter(request, "code_verifier", grant.verifier);
  for (const http_header& pair : provider.token_params)
    add_parameter(request, pair.name, pair.value);
  authenticate(request, provider, client);
  return request;
}

http_request refresh_request(const provider& provider, const oauth_client& client,
                             std::string_view refresh_token) {
  http_request request = token_request(provider, provider.refresh_url);
  add_parameter(request, "grant_type", "refresh_token");
  add_parameter(request, "refresh_token", refresh_token);
  for (const http_header& pair : provider.refresh_params) {
    add_parameter(request, pair.name, pair.value);
  }
  authenticate(request, provider, client);
  return request;
}

http_request revocation_request(const provider& provider, const oauth_client& client,
                                std::string_view token, std::string_view hint) {
  if (provider.revocation == revocation_style::none ||
      provider.revocation == revocation_style::unknown) {
    return {};
  }
  std::string url = with_client_id(provider.revocation_url, client.id);
  if (provider.revocation == revocation_style::delete_json_basic) {
    // It ends the grant by the access token and knows no refresh tokens.
    return hint == "refresh_token" ? http_request{} : delete_request(std::move(url), client, token);
  }
  http_request request = form_request(url);
  add_parameter(request, "token", token);
  if (provider.revocation == revocation_style::rfc7009) {
    add_parameter(request, "token_type_hint", hint);
    authenticate(request, provider, client);
  }
  return request;
}

http_request profile_request(const provider& provider, std::string_view credential) {
  http_request request;
  request.method = provider.profile.method;
  request.url = provider.profile.url;
  if (request.url.empty()) return request;
  for (const http_header& header : provider.profile.headers) {
    if (!equal_ignoring_case(header.name, "user-agent")) request.headers.push_back(header);
  }
  if (find_header(request.headers, "accept") == nullptr) {
    add_header(request, "Accept", "application/json");
  }
  add_header(request, "User-Agent", "tenon");
  std::string value;
  if (provider.kind == auth_kind::basic) {
    value = "Basic " + encode_base64(as_bytes(credential));
  } else {
    value.reserve(provider.key_scheme.size() + 1 + credential.size());
    value += provider.key_scheme;
    if (!value.empty()) value += ' ';
    value += credential;
  }
  add_header(request, provider.key_header, std::move(value));
  return request;
}

void wipe_request(http_request& request) noexcept {
  secure_wipe(request.body);
  for (http_header& header : request.headers) secure_wipe(header.value);
}

}  // namespace tenon
