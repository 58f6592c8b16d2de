#pragma once

#include <string>

namespace tenon {

// oauth_client is what the provider registered us as.
struct oauth_client {
  std::string id;
  std::string secret;        // "" for a public client
  std::string redirect_uri;  // a configured constant (R12)
};

}  // namespace tenon
