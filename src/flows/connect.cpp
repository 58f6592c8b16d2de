#include <utility>

#include "encoding/base64.hpp"
#include "flows/binding.hpp"
#include "flows/events.hpp"
#include "flows/input.hpp"
#include "flows/sealing.hpp"
#include "flows/steps.hpp"
#include "oauth/authorization.hpp"
#include "oauth/pkce.hpp"
#include "oauth/return_to.hpp"
#include "oauth/route.hpp"
#include "oauth/state.hpp"
#include "vault/pending_record.hpp"
#include "vault/storage_keys.hpp"

namespace tenon {
namespace {

constexpr std::uint32_t connect_random_bytes =
    pkce_random_bytes + state_nonce_bytes + binding_bytes;

struct connect_request {
  const configured_provider* target = nullptr;
  std::string user;
  std::string return_to;
  std::string session;
  std::vector<std::string> scopes;
  std::string metadata_json;
  bool bound_to_browser = true;
};

result<bool> read_binding(const json_value& input) {
  const std::string_view binding = input.text("binding", "cookie");
  if (binding == "cookie") return true;
  if (binding == "none") return false;
  return {error_code::validation_error, error_reason::not_allowed};
}

task<connect_request> read_connect(flow_scope& scope, const json_value& input) {
  connect_request request;
  request.target = co_await require_provider(scope, input.text("provider"));
  if (request.target->entry.kind != auth_kind::oauth2) {
    co_return error{error_code::invalid_provider, error_reason::not_allowed};
  }
  request.user = co_await read_user(input);
  request.return_to = input.text("redirectUrl", "/");
  co_await check_return_to(request.return_to, scope.settings.return_origins);
  request.session = input.text("session");
  request.scopes = co_await read_scopes(input);
  if (request.scopes.empty()) request.scopes = request.target->entry.default_scopes;
  request.metadata_json = co_await read_metadata(input);
  request.bound_to_browser = co_await read_binding(input);
  co_return request;
}

// random_parts is the one draw of a flow, cut into its three uses.
struct random_parts {
  pkce_pair pkce;
  byte_string nonce_bytes;
  std::string cookie_value;  // "" when the flow is not bound to a browser
};

random_parts cut_random(byte_string& drawn, bool bound_to_browser) {
  const byte_view all(drawn);
  const byte_view nonce = all.subspan(pkce_random_bytes, state_nonce_bytes);
  const byte_view cookie = all.subspan(pkce_random_bytes + state_nonce_bytes);
  random_parts parts{make_pkce(all.first(pkce_random_bytes)),
                     byte_string(nonce.begin(), nonce.end()),
                     bound_to_browser ? encode_base64url(cookie) : std::string()};
  secure_wipe(drawn.data(), drawn.size());
  return parts;
}

pending_record make_pending(const flow_scope& scope, const connect_request& request,
                            std::string_view cookie_value) {
  const configured_provider& target = *request.target;
  pending_record pending;
  pending.organization = scope.call.organization;
  pending.user = request.user;
  pending.provider = target.entry.id;
  pending.issuer = target.entry.issuer;
  pending.token_endpoint = target.entry.token_url;
  pending.redirect_uri = target.client.redirect_uri;
  pending.binding = request.bound_to_browser ? binding_of(cookie_value) : "none";
  pending.session = session_mark(request.session);
  pending.return_to = request.return_to;
  pending.scopes = request.scopes;
  pending.metadata_json = request.metadata_json;
  pending.issued_at = scope.host.now();
  pending.expires_at = pending.issued_at + scope.settings.state_ttl_ms;
  return pending;
}

std::string sign_state(const flow_scope& scope, const pending_record& pending, byte_view nonce) {
  const state_key& key = scope.settings.state_keys.front();
  const std::string route = scope.settings.route_key ? route_of(*scope.settings.route_key,
                                                                pending.organization, pending.user)
                                                     : std::string();
  return issue_state(key.mac, {key.id, pending.issued_at}, nonce,
                     {route, pending.organization, pending.user, pending.provider, pending.issuer,
                      pending.redirect_uri, pending.binding});
}

struct connect_answer {
  std::string_view auth_url;
  std::string_view state;
  std::string_view nonce;
  std::string_view cookie_value;
};

std::string write_answer(const connect_answer& answer, const pending_record& pending) {
  json_writer json;
  json.begin_object();
  json.member("authUrl", answer.auth_url);
  json.member("state", answer.state);
  json.member("expiresAt", pending.expires_at);
  json.member("flow", flow_name(answer.nonce));
  json.key("cookie");
  if (answer.cookie_value.empty()) {
    json.null();
  } else {
    json.begin_object();
    json.member("name", binding_cookie_name(answer.nonce, pending.redirect_uri));
    json.member("value", answer.cookie_value);
    json.member("maxAgeS", (pending.expires_at - pending.issued_at) / second_ms);
    json.member("secure", pending.redirect_uri.starts_with("https:"));
    json.end_object();
  }
  json.end_object();
  return json.take();
}

}  // namespace

task<std::string> connect_flow(flow_scope& scope, const json_value& input) {
  const connect_request request = co_await read_connect(scope, input);
  byte_string drawn = co_await scope.host.random_bytes(connect_random_bytes);
  random_parts parts = cut_random(drawn, request.bound_to_browser);
  const std::string nonce = encode_base64url(parts.nonce_bytes);

  pending_record pending = make_pending(scope, request, parts.cookie_value);
  const std::string state = sign_state(scope, pending, parts.nonce_bytes);
  const std::string auth_url = co_await authorization_url(
      request.target->entry, request.target->client,
      authorization_request{state, parts.pkce.challenge, request.scopes, {}});

  const seal_place place{pending.organization, pending_key(nonce), "code_verifier", 0};
  pending.verifier = co_await seal_secret(scope, place, parts.pkce.verifier);
  commit_request batch;
  batch.expect_absent(pending_key(nonce));
  batch.put(pending_key(nonce), encode_pending(pending), pending.expires_at);
  const commit_reply stored = co_await scope.host.commit(std::move(batch));
  if (!stored.ok) co_return error_code::oauth_init_error;

  const bool pkce = request.target->entry.pkce != pkce_support::unsupported;
  emit_event(scope, {"oauth.initiated"},
             {pending.user, pending.provider, "", pkce ? "" : "pkce_unsupported"});
  co_return write_answer({auth_url, state, nonce, parts.cookie_value}, pending);
}

}  // namespace tenon
