#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "catalog/provider.hpp"
#include "crypto/hmac.hpp"
#include "oauth/client.hpp"

namespace tenon {

// state_key signs and verifies states; it is derived from a ring key and cannot be turned back.
struct state_key {
  std::uint32_t id;
  hmac_key mac;
};

struct configured_provider {
  provider entry;
  oauth_client client;
};

// service_settings is what a deployment says once. It is never changed while flows run.
struct service_settings {
  std::vector<state_key> state_keys;  // the first signs, all verify
  std::optional<hmac_key> route_key;  // absent where one store holds everything
  std::vector<configured_provider> providers;
  std::vector<std::string> return_origins;
  duration_ms state_ttl_ms = 10 * minute_ms;
  bool refresh_ahead = true;             // runDue refreshes before tokens run out
  duration_ms health_every_ms = day_ms;  // runDue checks what nothing else touches; 0: never

  const configured_provider* find_provider(std::string_view id) const noexcept;
  const state_key* find_key(std::uint32_t id) const noexcept;
};

// settings_error names the field that is wrong, for the operator, such as "keys[0].secret".
struct settings_error {
  error failure;
  std::string field;
};

// parse_settings reads the configuration that docs/abi.md describes. Every key needs at least 32
// bytes, ids are unique, a state lives 1 to 60 minutes, and redirect URIs are https, or http on a
// loopback address when loopbackHttp is true (R13).
std::variant<service_settings, settings_error> parse_settings(std::string_view json_text);

}  // namespace tenon
