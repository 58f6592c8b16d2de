#include "oauth/route.hpp"

#include "encoding/base64.hpp"
#include "encoding/length_prefixed.hpp"

namespace tenon {
namespace {

constexpr std::size_t route_bytes = 16;

}  // namespace

std::string route_of(const hmac_key& key, std::string_view organization, std::string_view user) {
  length_prefixed_builder list;
  list.append("tenon.route.v1");
  list.append(organization);
  list.append(user);
  return encode_base64url(mac(key, list.view()).view().first(route_bytes));
}

}  // namespace tenon
