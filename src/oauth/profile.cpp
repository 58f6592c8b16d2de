#include "oauth/profile.hpp"

#include <cstddef>
#include <string_view>
#include <utility>

#include "json/json.hpp"

namespace tenon {
namespace {

constexpr std::size_t name_bytes_max = 512;

// Text, or an integer in its own digits (GitHub numbers its accounts).
std::string text_at(const json_value& body, std::string_view path) {
  const json_value* value = body.at_path(path);
  if (value == nullptr) return {};
  if (const std::string* text = value->string()) return *text;
  return value->integer() ? std::string(value->number_text()) : std::string();
}

// Cuts between characters, never inside one.
std::string shortened(std::string text) {
  if (text.size() <= name_bytes_max) return text;
  std::size_t size = name_bytes_max;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
  text.resize(size);
  return text;
}

}  // namespace

result<account_profile> read_profile(const profile_call& call, const http_reply& reply) {
  const error failed{error_code::provider_error, error_reason::profile_failed, reply.status};
  if (reply.network != network_kind::none) {
    return error{error_code::network_error, error_reason::profile_failed, 0};
  }
  if (reply.status != 200) return failed;
  const auto body = parse_json(reply.body);
  if (!body.ok()) return failed;
  account_profile profile;
  profile.id = text_at(body.value(), call.id_path);
  if (profile.id.empty() || profile.id.size() > name_bytes_max) return failed;
  profile.username = shortened(text_at(body.value(), call.username_path));
  profile.display_name = shortened(text_at(body.value(), call.display_name_path));
  profile.email = shortened(text_at(body.value(), call.email_path));
  return profile;
}

}  // namespace tenon
