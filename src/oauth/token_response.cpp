#include "oauth/token_response.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/wipe.hpp"
#include "encoding/header_field.hpp"
#include "json/json.hpp"
#include "oauth/granted_scopes.hpp"
#include "oauth/lifetime.hpp"
#include "oauth/token_body.hpp"
#include "oauth/token_error.hpp"

namespace tenon {
namespace {

bool is_between(std::string_view text, char low, char high) noexcept {
  return std::all_of(text.begin(), text.end(), [=](char c) { return c >= low && c <= high; });
}

bool is_absent(const json_value* value) noexcept { return value == nullptr || value->is_null(); }

// The access token goes into a header, where outer spaces would be lost (RFC 6750 section 2.1).
bool read_access_token(const json_value* value, std::string& token) {
  const std::string* text = value == nullptr ? nullptr : value->string();
  if (text == nullptr || text->empty() || text->size() > token_chars_max) return false;
  token = *text;
  return is_between(token, '\x21', '\x7e');
}

// None, null and "" all keep the old refresh token (R35).
bool read_refresh_token(const json_value* value, std::string& token) {
  if (is_absent(value)) return true;
  const std::string* text = value->string();
  if (text == nullptr || text->size() > token_chars_max) return false;
  token = *text;
  return is_between(token, '\x20', '\x7e');
}

bool read_token_type(const json_value* value, bool optional, std::string& type) {
  type = "Bearer";
  if (is_absent(value)) return optional;
  const std::string* text = value->string();
  return text != nullptr && equal_ignoring_case(*text, type);
}

// Some providers send the number as text.
bool read_lifetime(const json_value* value, std::optional<std::int64_t>& seconds) {
  if (is_absent(value)) return true;
  const std::string* text = value->string();
  seconds = parse_lifetime_s(text != nullptr ? std::string_view(*text) : value->number_text());
  return seconds.has_value();
}

// The refresh token's own end is a hint, so nonsense in it costs nothing; 0 means none.
std::optional<std::int64_t> read_hint(const json_value* value) {
  std::optional<std::int64_t> seconds;
  if (!read_lifetime(value, seconds) || seconds == 0) return std::nullopt;
  return seconds;
}

bool read_tokens(const token_response_rules& rules, const json_value& body, token_set& tokens) {
  tokens.refresh_expires_in_s = read_hint(body.at_path(rules.refresh_expires_in_path));
  return read_access_token(body.at_path(rules.access_token_path), tokens.access_token) &&
         read_refresh_token(body.at_path(rules.refresh_token_path), tokens.refresh_token) &&
         read_token_type(body.find("token_type"), rules.token_type_optional, tokens.token_type) &&
         read_lifetime(body.at_path(rules.expires_in_path), tokens.expires_in_s) &&
         read_granted_scopes(rules.scope_format, body.at_path(rules.scope_path), tokens.scopes);
}

// Returns the error code in a body, as it was sent; "" when there is none. Providers that number
// their errors count from 1.
std::string_view error_in(const token_response_rules& rules, const json_value& body) {
  const json_value* value = body.at_path(rules.error_path);
  if (value == nullptr) return {};
  if (const std::string* text = value->string()) return *text;
  return value->number_text() == "0" ? std::string_view() : value->number_text();
}

void read_success(const token_response_rules& rules, const http_reply& reply,
                  token_outcome& outcome) {
  const auto body = read_token_body(rules, reply);
  if (!body.ok()) return;
  const std::string_view error = error_in(rules, body.value());
  if (!error.empty()) {
    outcome.error = sanitised(error);
    // In a 200 of a provider that is not known to answer so, an error ends nothing (R23).
    outcome.kind = rules.error_with_200 ? class_of_error(rules, error, token_class::rejected)
                                        : token_class::rejected;
    return;
  }
  if (read_tokens(rules, body.value(), outcome.tokens)) {
    outcome.kind = token_class::ok;
  } else {
    outcome.tokens = token_set{};
  }
}

void read_failure(const token_response_rules& rules, const http_reply& reply,
                  token_outcome& outcome) {
  outcome.kind = class_of_status(reply.status);
  const auto body = read_token_body(rules, reply);
  if (!body.ok()) return;
  const std::string_view error = error_in(rules, body.value());
  outcome.error = sanitised(error);
  if (is_status_final(reply.status) || error.empty()) return;
  outcome.kind = class_of_error(rules, error, outcome.kind);
  // Without the nonce there is nothing to repeat the request with (RFC 9449 section 8).
  if (outcome.kind == token_class::retry_with_nonce &&
      find_header(reply.headers, "dpop-nonce") == nullptr) {
    outcome.kind = token_class::protocol_error;
  }
}

}  // namespace

token_set::~token_set() {
  secure_wipe(access_token);
  secure_wipe(refresh_token);
}

token_outcome read_token_response(const token_response_rules& rules, const http_reply& reply) {
  token_outcome outcome;
  outcome.status = reply.status;
  if (reply.network != network_kind::none) {
    outcome.kind = class_of_network(reply);
  } else if (reply.status == 200 || reply.status == 201) {
    read_success(rules, reply, outcome);
  } else {
    read_failure(rules, reply, outcome);
  }
  return outcome;
}

std::string_view name_of(token_class kind) noexcept {
  constexpr std::string_view names[] = {
      "ok",           "retry",    "ambiguous",      "reauth_required",
      "config_error", "rejected", "protocol_error", "retry_with_nonce"};
  return names[static_cast<std::size_t>(kind)];
}

}  // namespace tenon
