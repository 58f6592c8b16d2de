#include "flows/settings.hpp"

#include <algorithm>
#include <utility>

#include "base/wipe.hpp"
#include "crypto/hkdf.hpp"
#include "encoding/base64.hpp"
#include "encoding/decimal.hpp"
#include "encoding/url.hpp"
#include "json/json.hpp"

namespace tenon {
namespace {

constexpr std::size_t key_bytes_min = 32;
constexpr duration_ms state_ttl_min_ms = minute_ms;
constexpr duration_ms state_ttl_max_ms = hour_ms;
constexpr duration_ms health_every_min_ms = minute_ms;

std::string indexed(std::string_view list, std::size_t index, std::string_view member) {
  return std::string(list) + '[' + encode_decimal(static_cast<std::int64_t>(index)) + "]." +
         std::string(member);
}

// purpose_key derives a MAC key from a master secret in base64url and forgets the secret.
std::optional<hmac_key> purpose_key(std::string_view secret_text, key_purpose purpose) {
  auto secret = decode_base64url(secret_text);
  if (!secret || secret->size() < key_bytes_min) return std::nullopt;
  const derived_key derived = derive_key(*secret, purpose);
  secure_wipe(secret->data(), secret->size());
  return hmac_key(hash_kind::sha256, derived.view());
}

bool redirect_allowed(std::string_view text, bool loopback_http) {
  const auto url = split_url(text);
  if (!url || url->has_userinfo || url->has_fragment) return false;
  return url->scheme == "https" ||
         (loopback_http && url->scheme == "http" && is_loopback_host(url->host));
}

// settings_reader reads part after part; each part gives whether to go on, and the first thing that
// is wrong stays in refused.
class settings_reader {
 public:
  bool read(const json_value& from) {
    return read_keys(from) && read_route_key(from) && read_providers(from) && read_origins(from) &&
           read_state_ttl(from) && read_care(from);
  }

  bool wrong(std::string_view field, error_reason reason = error_reason::wrong_type) {
    refused = {{error_code::configuration_error, reason}, std::string(field)};
    return false;
  }

  service_settings settings;
  settings_error refused;

 private:
  bool read_keys(const json_value& from);
  bool read_route_key(const json_value& from);
  bool read_providers(const json_value& from);
  bool read_provider(const json_value& from, std::size_t index, bool loopback_http);
  bool read_origins(const json_value& from);
  bool read_state_ttl(const json_value& from);
  bool read_care(const json_value& from);
};

bool settings_reader::read_keys(const json_value& from) {
  const json_value* keys = from.find("keys");
  if (keys == nullptr || keys->items().empty())
    return wrong("keys", error_reason::parameter_missing);
  for (std::size_t index = 0; index < keys->items().size(); ++index) {
    const json_value& key = keys->items()[index];
    const std::int64_t id = key.integer("id", -1);
    if (id < 0 || id > 0xffffffffLL || settings.find_key(static_cast<std::uint32_t>(id))) {
      return wrong(indexed("keys", index, "id"));
    }
    auto mac = purpose_key(key.text("secret"), key_purpose::state);
    if (!mac) return wrong(indexed("keys", index, "secret"));
    settings.state_keys.push_back({static_cast<std::uint32_t>(id), std::move(*mac)});
  }
  return true;
}

bool settings_reader::read_route_key(const json_value& from) {
  const json_value* key = from.find("routeKey");
  if (key == nullptr || key->is_null()) return true;
  const std::string* text = key->string();
  if (text != nullptr) settings.route_key = purpose_key(*text, key_purpose::route);
  return settings.route_key || wrong("routeKey");
}

bool settings_reader::read_providers(const json_value& from) {
  const json_value* providers = from.find("providers");
  if (providers == nullptr) return true;
  const bool loopback_http = from.flag("loopbackHttp");
  for (std::size_t index = 0; index < providers->items().size(); ++index) {
    if (!read_provider(providers->items()[index], index, loopback_http)) return false;
  }
  return true;
}

bool settings_reader::read_provider(const json_value& from, std::size_t index, bool loopback_http) {
  const auto refuse = [&](std::string_view member, error_reason reason) {
    return wrong(indexed("providers", index, member), reason);
  };
  const json_value* entry = from.find("entry");
  if (entry == nullptr) return refuse("entry", error_reason::wrong_type);
  auto parsed = parse_provider(*entry, loopback_http);
  if (const auto* error = std::get_if<provider_error>(&parsed)) {
    refused = {error->failure, indexed("providers", index, "entry." + error->field)};
    return false;
  }
  configured_provider configured{
      std::move(std::get<provider>(parsed)),
      {std::string(from.text("clientId")), std::string(from.text("clientSecret")),
       std::string(from.text("redirectUri"))}};
  const oauth_client& client = configured.client;
  if (configured.entry.kind == auth_kind::oauth2) {
    if (client.id.empty()) return refuse("clientId", error_reason::wrong_type);
    if (!redirect_allowed(client.redirect_uri, loopback_http)) {
      return refuse("redirectUri", error_reason::not_https);
    }
    if (configured.entry.auth != client_auth::none && client.secret.empty()) {
      return refuse("clientSecret", error_reason::parameter_missing);
    }
  }
  if (settings.find_provider(configured.entry.id) != nullptr) {
    return refuse("entry.id", error_reason::wrong_type);
  }
  settings.providers.push_back(std::move(configured));
  return true;
}

bool settings_reader::read_origins(const json_value& from) {
  const json_value* origins = from.find("returnOrigins");
  if (origins == nullptr) return true;
  for (const json_value& origin : origins->items()) {
    if (origin.string() == nullptr) return wrong("returnOrigins");
    settings.return_origins.push_back(*origin.string());
  }
  return true;
}

bool settings_reader::read_state_ttl(const json_value& from) {
  settings.state_ttl_ms = from.integer("stateTtlMs", settings.state_ttl_ms);
  const bool legal =
      settings.state_ttl_ms >= state_ttl_min_ms && settings.state_ttl_ms <= state_ttl_max_ms;
  return legal || wrong("stateTtlMs", error_reason::not_allowed);
}

bool settings_reader::read_care(const json_value& from) {
  settings.refresh_ahead = from.flag("refreshAhead", true);
  settings.health_every_ms = from.integer("healthEveryMs", settings.health_every_ms);
  const bool legal =
      settings.health_every_ms == 0 || settings.health_every_ms >= health_every_min_ms;
  return legal || wrong("healthEveryMs", error_reason::not_allowed);
}

}  // namespace

const configured_provider* service_settings::find_provider(std::string_view id) const noexcept {
  const auto found = std::find_if(providers.begin(), providers.end(),
                                  [&](const auto& each) { return each.entry.id == id; });
  return found == providers.end() ? nullptr : &*found;
}

const state_key* service_settings::find_key(std::uint32_t id) const noexcept {
  const auto found = std::find_if(state_keys.begin(), state_keys.end(),
                                  [&](const auto& each) { return each.id == id; });
  return found == state_keys.end() ? nullptr : &*found;
}

std::variant<service_settings, settings_error> parse_settings(std::string_view json_text) {
  const auto parsed = parse_json(json_text);
  settings_reader reader;
  if (!parsed.ok()) {
    reader.wrong("", parsed.error().reason);
    return std::move(reader.refused);
  }
  if (!reader.read(parsed.value())) return std::move(reader.refused);
  return std::move(reader.settings);
}

}  // namespace tenon
