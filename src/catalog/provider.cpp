#include "catalog/provider.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <span>
#include <utility>

#include "catalog/entry_reader.hpp"
#include "encoding/header_field.hpp"
#include "encoding/percent.hpp"

namespace tenon {
namespace {

constexpr std::size_t id_chars_max = 64;
constexpr std::size_t display_name_bytes_max = 100;
constexpr std::int64_t lifetime_s_max = std::int64_t{10} * 366 * 24 * 3600;

bool is_id(std::string_view id) noexcept {
  if (id.empty() || id.size() > id_chars_max) return false;
  return id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string_view::npos;
}

bool none_refused(std::string_view) { return false; }

// The names that token requests set themselves.
bool is_token_request_parameter(std::string_view name) {
  return name == "grant_type" || name == "refresh_token" || name == "code_verifier" ||
         name == "code" || name == "scope" || is_reserved_parameter(name);
}

bool is_own_header(std::string_view name) {
  for (const std::string_view own :
       {"authorization", "content-type", "content-length", "host", "connection", "cookie"}) {
    if (equal_ignoring_case(name, own)) return true;
  }
  return name.empty() || name.find_first_not_of(
                             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                             "0123456789-_") != std::string_view::npos;
}

void append(std::vector<http_header>& list, std::vector<http_header> more) {
  for (http_header& pair : more) list.push_back(std::move(pair));
}

// fixed_part is a field that may have one value, or one of two.
struct fixed_part {
  std::string_view path;
  std::string_view allowed[2];
};

// What the flows take for granted of every row; an entry that says otherwise is refused instead of
// being half obeyed.
constexpr fixed_part fixed_parts[] = {
    {"oauth.response_type", {"code"}},  // R15
    {"oauth.grant_type", {"authorization_code"}},
    {"oauth.authorize_param_names.client_id", {"client_id"}},
    {"oauth.callback_param_names.code", {"code"}},
    {"oauth.callback_param_names.state", {"state"}},
    {"oauth.callback_param_names.error", {"error"}},
    {"oauth.pkce.challenge_encoding", {"base64url"}},
    {"oauth.client_auth.client_id_param", {"client_id"}},
    {"oauth.client_auth.client_secret_param", {"client_secret"}},
    {"oauth.token_request.method", {"POST"}},
    {"oauth.token_request.body_format", {"form", "form_or_query"}},
    {"oauth.token_request.code_param", {"code"}},
    {"oauth.token_response.expires_in_unit", {"s"}},
    {"oauth.refresh.style", {"standard", "none"}},
    {"oauth.refresh.method", {"POST"}},
    {"oauth.bearer.header", {"Authorization"}},
    {"oauth.bearer.scheme", {"Bearer"}},
};

constexpr std::string_view absent_parts[] = {"oauth.token_response.expires_at_path",
                                             "oauth.long_lived_exchange", "profile.body",
                                             "basic.url_params"};

void check_fixed_parts(entry_reader& read) {
  for (const fixed_part& part : fixed_parts) {
    const std::span allowed(part.allowed);
    read.choice(part.path, allowed.first(allowed[1].empty() ? 1 : 2), 0);
  }
  for (const std::string_view path : absent_parts) read.absent(path);
}

void read_endpoints(entry_reader& read, provider& row) {
  row.authorization_url = read.url("oauth.authorization_url");
  if (row.authorization_url.empty()) {
    read.fail("oauth.authorization_url", error_reason::parameter_missing);
  }
  row.token_url = read.url("oauth.token_url");
  if (row.token_url.empty()) read.fail("oauth.token_url", error_reason::parameter_missing);
  row.refresh_url = read.url("oauth.refresh.url");
  if (row.refresh_url.empty()) row.refresh_url = read.url("oauth.refresh_url");
  if (row.refresh_url.empty()) row.refresh_url = row.token_url;
}

void read_issuer(entry_reader& read, provider& row) {
  row.issuer = read.url("oauth.issuer");
  if (row.issuer.find('?') != std::string::npos) {
    read.fail("oauth.issuer", error_reason::not_allowed);  // RFC 8414 section 2
  }
  constexpr std::string_view promises[] = {"none", "tolerated", "advertised"};
  const std::size_t promise = read.choice("oauth.iss_parameter", promises, 0);
  row.issuer_tolerated = promise == 1;
  row.issuer_advertised = promise == 2;
  if (promise != 0 && row.issuer.empty()) {
    read.fail("oauth.issuer", error_reason::parameter_missing);
  }
}

void read_revocation(entry_reader& read, provider& row) {
  if (!read.object("oauth.revocation")) return;
  constexpr std::string_view styles[] = {"none", "rfc7009", "rfc7009_no_client_auth",
                                         "delete_json_basic"};
  const std::string style = read.text("oauth.revocation.style", "none");
  // What is not in the list is at its end, which is revocation_style::unknown.
  const auto place = std::find(std::begin(styles), std::end(styles), style);
  row.revocation = static_cast<revocation_style>(place - std::begin(styles));
  if (row.revocation == revocation_style::none || row.revocation == revocation_style::unknown) {
    return;
  }
  row.revocation_url = read.url_of_client("oauth.revocation.url");
  if (row.revocation_url.empty()) {
    read.fail("oauth.revocation.url", error_reason::parameter_missing);
  }
}

void read_scopes(entry_reader& read, provider& row) {
  constexpr std::string_view names[] = {"space", "plus", "comma", "none"};
  constexpr const char* separators[] = {" ", " ", ",", ""};  // a form writes a space as "+"
  row.scope_separator = separators[read.choice("oauth.scope_separator", names, 0)];
  row.scope_param = read.text("oauth.scope_param", "scope");
  row.default_scopes = read.texts("oauth.default_scopes");
  for (std::string& scope : read.texts("oauth.offline_access.scopes")) {
    row.default_scopes.push_back(std::move(scope));
  }
}

void read_authorize_params(entry_reader& read, provider& row) {
  constexpr std::string_view path = "oauth.extra_authorize_params";
  row.extra_authorize_params = read.pairs(path, is_reserved_parameter);
  for (const http_header& pair : row.extra_authorize_params) {
    // A list of possible values is a note for people, not something to send.
    if (pair.value.find('|') == std::string::npos) continue;
    read.fail(std::string(path) + "." + pair.name, error_reason::not_allowed);
  }
  constexpr std::string_view params = "oauth.offline_access.params";
  const std::string via = read.text("oauth.offline_access.via");
  if (via == "token_param") {
    append(row.token_params, read.pairs(params, is_token_request_parameter));
  } else {
    append(row.extra_authorize_params, read.pairs(params, is_reserved_parameter));
  }
}

void read_client_rules(entry_reader& read, provider& row) {
  constexpr std::string_view pkce[] = {"supported", "required", "unsupported", "conditional",
                                       "unknown"};
  // Only "unsupported" leaves PKCE out; where nothing is known it is sent (R19).
  const std::size_t support = read.choice("oauth.pkce.status", pkce, 0);
  row.pkce = support == 1   ? pkce_support::required
             : support == 2 ? pkce_support::unsupported
                            : pkce_support::supported;
  constexpr std::string_view ways[] = {"post", "basic", "none", "none_public"};
  const std::size_t way = read.choice("oauth.client_auth.preferred", ways, 0);
  row.auth = way == 0 ? client_auth::post : way == 1 ? client_auth::basic : client_auth::none;

  row.token_headers = read.pairs("oauth.token_request.headers", is_own_header);
  append(row.token_params,
         read.pairs("oauth.token_request.extra_params", is_token_request_parameter));
  append(row.refresh_params,
         read.pairs("oauth.token_request.refresh_extra_params", is_token_request_parameter));
  append(row.refresh_params, read.pairs("oauth.refresh.params", is_token_request_parameter));
}

constexpr struct {
  std::string_view name;
  std::string token_response_rules::*path;
} rule_paths[] = {
    {"access_token_path", &token_response_rules::access_token_path},
    {"refresh_token_path", &token_response_rules::refresh_token_path},
    {"expires_in_path", &token_response_rules::expires_in_path},
    {"refresh_expires_in_path", &token_response_rules::refresh_expires_in_path},
    {"scope_path", &token_response_rules::scope_path},
    {"error_path", &token_response_rules::error_path},
};

constexpr struct {
  std::string_view name;
  bool token_response_rules::*flag;
} rule_flags[] = {
    {"error_with_200", &token_response_rules::error_with_200},
    {"token_type_optional", &token_response_rules::token_type_optional},
    {"any_content_type", &token_response_rules::any_content_type},
    {"form_encoded", &token_response_rules::form_encoded},
};

void read_token_response(entry_reader& read, token_response_rules& rules) {
  if (!read.object("oauth.token_response")) return;
  const std::string place = "oauth.token_response.";
  for (const auto& rule : rule_paths) {
    std::string& path = rules.*rule.path;
    path = read.text(place + std::string(rule.name), path);
  }
  for (const auto& rule : rule_flags) {
    rules.*rule.flag = read.flag(place + std::string(rule.name));
  }
  constexpr std::string_view formats[] = {"space", "comma", "space_or_comma", "array"};
  const std::size_t format = read.choice("oauth.token_response.scope_format", formats, 0);
  rules.scope_format = static_cast<scope_list_format>(format);
}

void read_access_lifetime(entry_reader& read, provider& row) {
  // "optional" means: a missing expires_in is a token that does not expire.
  const std::string expiry = read.text("oauth.access_token.expiry", "unknown");
  constexpr std::string_view path = "oauth.access_token.lifetime_s";
  const json_value* lifetime = read.entry().at_path(path);
  if (lifetime == nullptr || lifetime->is_null()) return;
  const auto seconds = lifetime->integer();
  if (!seconds || *seconds <= 0 || *seconds > lifetime_s_max) {
    return read.fail(path, error_reason::wrong_type);
  }
  if (expiry == "expires" || expiry == "policy") row.access_lifetime_s = seconds;
}

void read_profile_call(entry_reader& read, profile_call& call) {
  if (!read.object("profile")) return;
  constexpr std::string_view methods[] = {"GET", "POST"};
  call.method = methods[read.choice("profile.method", methods, 0)];
  call.url = read.url("profile.url");
  if (call.url.empty()) return;
  call.headers = read.pairs("profile.headers", is_own_header);
  for (const http_header& pair : read.pairs("profile.query", none_refused)) {
    call.url += call.url.find('?') == std::string::npos ? '?' : '&';
    call.url += form_encode(pair.name) + '=' + form_encode(pair.value);
  }
  call.id_path = read.required_text("profile.id_path");
  call.username_path = read.text("profile.username_path");
  call.display_name_path = read.text("profile.display_name_path");
  call.email_path = read.text("profile.email_path");
}

void read_rate_limit(entry_reader& read, provider& row) {
  if (!read.object("rate_limit")) return;
  rate_limit_headers headers;
  headers.limit = read.text("rate_limit.limit_header");
  headers.remaining = read.text("rate_limit.remaining_header");
  headers.reset = read.text("rate_limit.reset_header");
  constexpr std::string_view units[] = {"unknown", "epoch_seconds", "seconds_from_now",
                                        "epoch_seconds_decimal"};
  const std::size_t unit = read.choice("rate_limit.reset_unit", units, 0);
  headers.unit = unit == 3 ? reset_unit::epoch_seconds : static_cast<reset_unit>(unit);
  if (!(headers.remaining.empty() && headers.reset.empty())) row.rate_limit = std::move(headers);
}

void read_identity(entry_reader& read, provider& row) {
  row.id = read.required_text("id");
  if (!is_id(row.id)) read.fail("id", error_reason::not_allowed);
  row.display_name = read.required_text("display_name");
  if (row.display_name.size() > display_name_bytes_max) {
    read.fail("display_name", error_reason::too_large);
  }
  read.required_text("auth_kind");
  constexpr std::string_view kinds[] = {"oauth2", "api_key", "basic"};
  constexpr std::string_view parts[] = {"oauth", "api_key", "basic"};
  const std::size_t kind = read.choice("auth_kind", kinds, 0);
  row.kind = static_cast<auth_kind>(kind);
  if (!read.object(parts[kind])) read.fail(parts[kind], error_reason::parameter_missing);
}

void read_key_rules(entry_reader& read, provider& row) {
  read.absent("oauth");
  row.key_header = read.text("api_key.header", row.key_header);
  if (!equal_ignoring_case(row.key_header, "authorization") && is_own_header(row.key_header)) {
    read.fail("api_key.header", error_reason::not_allowed);
  }
  // A scheme of null is none at all, unlike one that is missing.
  const json_value* scheme = read.entry().at_path("api_key.scheme");
  if (scheme != nullptr) row.key_scheme = read.text("api_key.scheme");
  if (row.key_scheme.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                       "0123456789-_") != std::string::npos) {
    read.fail("api_key.scheme", error_reason::not_allowed);
  }
}

void read_oauth(entry_reader& read, provider& row) {
  read_endpoints(read, row);
  read_issuer(read, row);
  read_revocation(read, row);
  read_scopes(read, row);
  read_authorize_params(read, row);
  read_client_rules(read, row);
  read_token_response(read, row.token_response);
  row.token_response.reauth_errors = read.texts("oauth.reauth_errors");
  read_access_lifetime(read, row);
}

}  // namespace

std::variant<provider, provider_error> parse_provider(const json_value& entry, bool loopback_http) {
  entry_reader read(entry, loopback_http);
  provider row;
  read_identity(read, row);
  check_fixed_parts(read);
  row.kind == auth_kind::oauth2 ? read_oauth(read, row) : read_key_rules(read, row);
  read_profile_call(read, row.profile);
  read_rate_limit(read, row);
  if (!read.ok()) {
    return provider_error{{error_code::configuration_error, read.reason(), 0}, read.field()};
  }
  return row;
}

bool is_reserved_parameter(std::string_view name) noexcept {
  constexpr std::string_view reserved[] = {
      "client_id", "client_secret", "redirect_uri", "response_type", "response_mode",
      "state",     "scope",         "nonce",        "request",       "request_uri",
      "code",      "grant_type",    "code_verifier"};
  for (const std::string_view own : reserved) {
    if (equal_ignoring_case(name, own)) return true;
  }
  constexpr std::string_view challenge = "code_challenge";
  return equal_ignoring_case(name.substr(0, challenge.size()), challenge);
}

}  // namespace tenon
