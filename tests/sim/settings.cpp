#include "settings.hpp"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

namespace tenon::sim {
namespace {

constexpr const char* key_one =
    R"({"id": 1, "secret": "HxAREhMUFRYXGBkaGxwdHh8AAQIDBAUGBwgJCgsMDQ4"})";
constexpr const char* key_two =
    R"({"id": 2, "secret": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"})";

constexpr const char* providers_json = R"([
  {"clientId": "client", "clientSecret": "zQ7xK0s0",
   "redirectUri": "https://tenon.example/v1/callback/alder",
   "entry": {
     "id": "alder", "display_name": "Alder", "category": ["dev"], "auth_kind": "oauth2",
     "oauth": {
       "issuer": "https://alder.example", "iss_parameter": "tolerated",
       "authorization_url": "https://alder.example/authorize",
       "token_url": "https://alder.example/token",
       "revocation": {"style": "rfc7009", "url": "https://alder.example/revoke"},
       "default_scopes": ["read", "write"], "scope_separator": "space", "scope_param": "scope",
       "pkce": {"status": "required"},
       "client_auth": {"methods": ["basic"], "preferred": "basic"}},
     "profile": {"method": "GET", "url": "https://alder.example/me", "headers": {},
       "id_path": "sub", "username_path": "name", "display_name_path": "name"}}},
  {"clientId": "client", "clientSecret": "zQ7xK0s1",
   "redirectUri": "https://tenon.example/v1/callback/birch",
   "entry": {
     "id": "birch", "display_name": "Birch", "category": ["dev"], "auth_kind": "oauth2",
     "oauth": {
       "authorization_url": "https://birch.example/authorize",
       "token_url": "https://birch.example/token",
       "revocation": {"style": "rfc7009", "url": "https://birch.example/revoke"},
       "default_scopes": [], "scope_separator": "space", "scope_param": "scope",
       "pkce": {"status": "supported"},
       "client_auth": {"methods": ["post"], "preferred": "post"}},
     "profile": {"method": "GET", "url": "https://birch.example/me", "headers": {},
       "id_path": "sub", "username_path": "name", "display_name_path": "name"}}},
  {"clientId": "client", "clientSecret": "zQ7xK0s2",
   "redirectUri": "https://tenon.example/v1/callback/cedar",
   "entry": {
     "id": "cedar", "display_name": "Cedar", "category": ["dev"], "auth_kind": "oauth2",
     "oauth": {
       "authorization_url": "https://cedar.example/authorize",
       "token_url": "https://cedar.example/token",
       "default_scopes": ["all"], "scope_separator": "space", "scope_param": "scope",
       "pkce": {"status": "supported"},
       "client_auth": {"methods": ["post"], "preferred": "post"}},
     "profile": null}}])";

service_settings read_settings(const std::string& keys) {
  const std::string text = R"({"routeKey": "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8",
    "returnOrigins": [], "stateTtlMs": 600000, "loopbackHttp": false, "keys": [)" +
                           keys + "], \"providers\": " + providers_json + "}";
  auto parsed = parse_settings(text);
  if (const auto* wrong = std::get_if<settings_error>(&parsed)) {
    std::fprintf(stderr, "settings: %s\n", wrong->field.c_str());
    std::abort();
  }
  return std::move(std::get<service_settings>(parsed));
}

}  // namespace

service& fresh_instance(key_ring ring, std::size_t isolate) {
  thread_local std::vector<std::unique_ptr<service>> instances[2];
  auto& mine = instances[static_cast<std::size_t>(ring)];
  while (mine.size() <= isolate) {
    auto made = std::make_unique<service>();
    made->settings =
        read_settings(ring == key_ring::first ? key_one : std::string(key_two) + "," + key_one);
    mine.push_back(std::move(made));
  }
  mine[isolate]->memory = {};
  return *mine[isolate];
}

const std::vector<std::uint32_t>& ids_of(key_ring ring) {
  static const std::vector<std::uint32_t> first = {1};
  static const std::vector<std::uint32_t> both = {2, 1};
  return ring == key_ring::first ? first : both;
}

}  // namespace tenon::sim
