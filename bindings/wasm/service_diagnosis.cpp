// Calls that show how the service module reads JSON and token answers; tests and tools use them.
#include <optional>
#include <string>

#include "catalog/token_rules.hpp"
#include "json/json.hpp"
#include "memory.hpp"
#include "oauth/token_response.hpp"

using namespace tenon;
using namespace tenon::wasm;

namespace {

http_reply read_reply(const json_value& from) {
  http_reply reply;
  reply.network = static_cast<network_kind>(from.integer("network", 0) & 0x7);
  if (from.integer("network", 0) == 8) reply.network = network_kind::unknown;
  reply.maybe_sent = from.flag("maybeSent");
  reply.status = static_cast<std::uint16_t>(from.integer("status", 0));
  reply.body = from.text("body");
  const json_value* headers = from.find("headers");
  if (headers == nullptr) return reply;
  for (const json_value& header : headers->items()) {
    if (header.items().size() != 2 || header.items()[0].string() == nullptr ||
        header.items()[1].string() == nullptr) {
      continue;
    }
    reply.headers.push_back({*header.items()[0].string(), *header.items()[1].string()});
  }
  return reply;
}

token_response_rules read_rules(const json_value* from) {
  token_response_rules rules;
  if (from == nullptr) return rules;
  rules.error_with_200 = from->flag("errorWith200");
  rules.token_type_optional = from->flag("tokenTypeOptional");
  rules.any_content_type = from->flag("anyContentType");
  rules.form_encoded = from->flag("formEncoded");
  rules.error_path = from->text("errorPath", rules.error_path);
  if (const json_value* errors = from->find("reauthErrors")) {
    for (const json_value& each : errors->items()) {
      if (each.string() != nullptr) rules.reauth_errors.push_back(*each.string());
    }
  }
  return rules;
}

std::string write_outcome(const token_outcome& outcome) {
  json_writer json;
  json.begin_object();
  json.member("class", name_of(outcome.kind));
  json.member("error", outcome.error);
  json.key("stored");
  json.begin_object();
  if (outcome.kind == token_class::ok) {
    json.member("access_token", outcome.tokens.access_token);
    json.member("refresh_token", outcome.tokens.refresh_token);
    json.member_or_null("expires_in", outcome.tokens.expires_in_s);
    if (outcome.tokens.scopes) {
      json.key("scopes");
      json.begin_array();
      for (const std::string& scope : *outcome.tokens.scopes) json.string(scope);
      json.end_array();
    }
  }
  json.end_object();
  json.end_object();
  return json.take();
}

}  // namespace

extern "C" {

// tenon_json_check gives 0 when the text is JSON that the core accepts in syntax. Repeated keys,
// which every reader of real input refuses, are let through here, as RFC 8259 does.
std::int32_t tenon_json_check(std::uint32_t at, std::uint32_t size) {
  const auto text = memory_at(at, size);
  if (!text) return bad_call;
  const auto parsed = parse_json(as_text(*text), {.repeated_keys_allowed = true});
  return parsed.ok() ? 0 : failed(parsed.error());
}

// tenon_token_outcome reads {rules, reply} and writes how the token answer is classed over it;
// see docs/abi.md. The buffer needs room for the answer: as long as the input plus 256 bytes.
std::int32_t tenon_token_outcome(std::uint32_t at, std::uint32_t size) {
  constexpr std::uint32_t slack = 256;
  const auto text = memory_at(at, size);
  const auto room = memory_at(at, size + slack);
  if (!text || !room) return bad_call;
  const auto input = parse_json(as_text(*text));
  if (!input.ok()) return failed(input.error());
  const json_value* reply = input.value().find("reply");
  if (reply == nullptr) return bad_call;
  const token_response_rules rules = read_rules(input.value().find("rules"));
  return write_text(*room, write_outcome(read_token_response(rules, read_reply(*reply))));
}
}
