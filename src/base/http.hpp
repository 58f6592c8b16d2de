#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tenon {

struct http_header {
  std::string name;
  std::string value;
};

struct http_request {
  std::string method = "GET";
  std::string url;
  std::vector<http_header> headers;
  std::string body;
};

// network_kind says how an exchange failed below HTTP. The numbers cross the wasm border.
enum class network_kind : std::uint8_t {
  none = 0,
  dns,
  refused,
  timeout,
  reset,
  tls,
  blocked,
  too_large,
  unknown,
};

// http_reply is what came of one exchange. network is none when a whole answer was read;
// otherwise maybe_sent says whether the request may have reached the peer.
struct http_reply {
  network_kind network = network_kind::none;
  bool maybe_sent = false;
  std::uint16_t status = 0;
  std::vector<http_header> headers;
  std::string body;
};

}  // namespace tenon
