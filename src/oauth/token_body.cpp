#include "oauth/token_body.hpp"

#include <utility>

#include "encoding/content_type.hpp"
#include "encoding/form.hpp"
#include "encoding/header_field.hpp"

namespace tenon {
namespace {

constexpr error unusable{error_code::provider_error, error_reason::token_protocol, 0};

// Every parameter becomes a text member; a repeated one is refused like a repeated key.
result<json_value> read_form(std::string_view body) {
  auto pairs = parse_form(body);
  if (!pairs.ok()) return unusable;
  json_value::object members;
  for (form_pair& pair : pairs.value()) {
    for (const json_member& earlier : members) {
      if (earlier.name == pair.name) return unusable;
    }
    members.push_back({std::move(pair.name), json_value(std::move(pair.value))});
  }
  return json_value(std::move(members));
}

}  // namespace

result<json_value> read_token_body(const token_response_rules& rules, const http_reply& reply) {
  if (reply.body.size() > token_body_bytes_max) return unusable;
  const std::string* field = find_header(reply.headers, "content-type");
  const std::string type = field == nullptr ? std::string() : media_type_of(*field);
  if (rules.form_encoded && type == "application/x-www-form-urlencoded") {
    return read_form(reply.body);
  }
  if (!rules.any_content_type && type != "application/json") return unusable;
  auto parsed = parse_json(reply.body);
  if (!parsed.ok() || !parsed.value().is_object()) return unusable;
  return parsed;
}

}  // namespace tenon
