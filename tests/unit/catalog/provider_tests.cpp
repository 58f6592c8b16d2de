#include <string>

#include "catalog/provider.hpp"
#include "catch.hpp"
#include "unit/json/vector_file.hpp"

using namespace tenon;

namespace {

constexpr std::string_view smallest =
    R"({"id":"acme","display_name":"Acme","auth_kind":"oauth2","oauth":{)"
    R"("authorization_url":"https://acme.example/auth","token_url":"https://acme.example/token"}})";

json_value entry_of(std::string_view text) {
  auto entry = parse_json(text);
  INFO(text);
  REQUIRE(entry.ok());
  return std::move(entry).value();
}

provider accepted(const json_value& entry, bool loopback_http = false) {
  auto parsed = parse_provider(entry, loopback_http);
  if (const auto* fault = std::get_if<provider_error>(&parsed)) FAIL(fault->field);
  return std::get<provider>(std::move(parsed));
}

// The smallest entry with more members of "oauth", or of the entry itself.
json_value with_oauth(const std::string& members) {
  std::string text(smallest);
  return entry_of(text.insert(text.size() - 2, "," + members));
}

json_value with_entry(const std::string& members) {
  std::string text(smallest);
  return entry_of(text.insert(text.size() - 1, "," + members));
}

void check_refused(const json_value& entry, std::string_view field, error_reason reason) {
  const auto parsed = parse_provider(entry, true);
  const auto* fault = std::get_if<provider_error>(&parsed);
  INFO(field);
  REQUIRE(fault != nullptr);
  CHECK(fault->field == field);
  CHECK(fault->failure == error{error_code::configuration_error, reason, 0});
}

std::string replaced(std::string_view what, std::string_view by) {
  std::string text(smallest);
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

}  // namespace

TEST_CASE("the shipped entries of the catalog parse", "[catalog]") {
  const provider google = accepted(read_vectors("../../bindings/providers/google.json"));
  CHECK(google.id == "google");
  CHECK(google.revocation == revocation_style::rfc7009_no_client_auth);
  CHECK(google.auth == client_auth::post);
  CHECK(google.refresh_url == google.token_url);
  CHECK(google.access_lifetime_s == 3600);
  CHECK(google.issuer_tolerated);
  CHECK(google.profile.id_path == "sub");

  const provider github = accepted(read_vectors("../../bindings/providers/github.json"));
  CHECK(github.revocation == revocation_style::delete_json_basic);
  CHECK(github.token_response.error_with_200);
  CHECK(github.token_response.scope_format == scope_list_format::comma);
  CHECK(github.token_response.reauth_errors == std::vector<std::string>{"bad_refresh_token"});
  CHECK_FALSE(github.access_lifetime_s.has_value());

  const json_value practice_entry = read_vectors("../../bindings/providers/practice.json");
  const provider practice = accepted(practice_entry, true);
  CHECK(practice.pkce == pkce_support::required);
  CHECK(practice.auth == client_auth::basic);
  CHECK(practice.issuer_advertised);
}

TEST_CASE("an http address is refused where loopback is not allowed", "[catalog]") {
  const auto parsed = parse_provider(read_vectors("../../bindings/providers/practice.json"), false);
  const auto* fault = std::get_if<provider_error>(&parsed);
  REQUIRE(fault != nullptr);
  CHECK(fault->field == "oauth.authorization_url");
  CHECK(fault->failure.reason == error_reason::not_https);
}

TEST_CASE("the smallest entry gets the defaults of the RFCs", "[catalog]") {
  const provider row = accepted(entry_of(smallest));
  CHECK(row.issuer.empty());
  CHECK_FALSE(row.issuer_advertised);
  CHECK(row.revocation == revocation_style::none);
  CHECK(row.scope_separator == " ");
  CHECK(row.scope_param == "scope");
  CHECK(row.pkce == pkce_support::supported);
  CHECK(row.auth == client_auth::post);
  CHECK(row.token_response.access_token_path == "access_token");
  CHECK(row.token_response.error_path == "error");
  CHECK_FALSE(row.token_response.error_with_200);
  CHECK(row.profile.url.empty());
}

TEST_CASE("a broken entry is refused with the path of the field that is wrong", "[catalog]") {
  check_refused(json_value(), "id", error_reason::parameter_missing);
  check_refused(entry_of(replaced("\"acme\"", "\"Acme Inc\"")), "id", error_reason::not_allowed);
  check_refused(entry_of(replaced("\"acme\"", "7")), "id", error_reason::wrong_type);
  check_refused(entry_of(replaced("oauth2", "saml")), "auth_kind", error_reason::not_allowed);
  check_refused(entry_of(R"({"id":"a","display_name":"A","auth_kind":"oauth2"})"), "oauth",
                error_reason::parameter_missing);
  check_refused(entry_of(replaced("https://acme.example/auth", "")), "oauth.authorization_url",
                error_reason::parameter_missing);
  check_refused(entry_of(replaced("https://acme.example/token", "http://acme.example/token")),
                "oauth.token_url", error_reason::not_https);
  check_refused(entry_of(replaced("https://acme.example/token", "https://u@acme.example/")),
                "oauth.token_url", error_reason::not_allowed);
  check_refused(entry_of(replaced("https://acme.example/token", "https://acme.example/#f")),
                "oauth.token_url", error_reason::not_allowed);
  check_refused(entry_of(replaced("https://acme.example/token", "https://{shop}.example/")),
                "oauth.token_url", error_reason::not_allowed);
  check_refused(with_oauth(R"("pkce":{"status":"sometimes"})"), "oauth.pkce.status",
                error_reason::not_allowed);
  check_refused(with_oauth(R"("pkce":{"challenge_encoding":"hex"})"),
                "oauth.pkce.challenge_encoding", error_reason::not_allowed);
  check_refused(with_oauth(R"("client_auth":{"preferred":"query"})"), "oauth.client_auth.preferred",
                error_reason::not_allowed);
  check_refused(with_oauth(R"("scope_separator":";")"), "oauth.scope_separator",
                error_reason::not_allowed);
  check_refused(with_oauth(R"("default_scopes":"read")"), "oauth.default_scopes",
                error_reason::wrong_type);
  check_refused(with_oauth(R"("default_scopes":["read",5])"), "oauth.default_scopes",
                error_reason::wrong_type);
  check_refused(with_oauth(R"("revocation":{"style":"rfc7009"})"), "oauth.revocation.url",
                error_reason::parameter_missing);
  check_refused(with_oauth(R"("iss_parameter":"advertised")"), "oauth.issuer",
                error_reason::parameter_missing);
  check_refused(with_oauth(R"("token_response":{"error_with_200":1})"),
                "oauth.token_response.error_with_200", error_reason::wrong_type);
  check_refused(with_oauth(R"("token_response":{"expires_at_path":"expires_at"})"),
                "oauth.token_response.expires_at_path", error_reason::not_allowed);
  check_refused(with_oauth(R"("token_request":{"method":"GET"})"), "oauth.token_request.method",
                error_reason::not_allowed);
  check_refused(with_oauth(R"("access_token":{"lifetime_s":"1 h"})"),
                "oauth.access_token.lifetime_s", error_reason::wrong_type);
  check_refused(with_oauth(R"("access_token":{"lifetime_s":316224001})"),
                "oauth.access_token.lifetime_s", error_reason::wrong_type);
  check_refused(with_entry(R"("profile":{"url":"https://acme.example/me"})"), "profile.id_path",
                error_reason::parameter_missing);
  check_refused(with_entry(R"("profile":[])"), "profile", error_reason::wrong_type);
}

TEST_CASE("an entry for API keys says how the key is sent, and holds no OAuth", "[catalog]") {
  const auto keyed = [](const std::string& kind, const std::string& members) {
    return entry_of(R"({"id":"acme","display_name":"Acme","auth_kind":")" + kind + R"(",)" +
                    members + "}");
  };
  const provider usual = accepted(keyed("api_key", R"("oauth":null,"api_key":{})"));
  CHECK(usual.kind == auth_kind::api_key);
  CHECK(usual.key_header == "Authorization");
  CHECK(usual.key_scheme == "Bearer");
  const provider bare =
      accepted(keyed("api_key", R"("api_key":{"header":"X-Api-Key","scheme":null})"));
  CHECK(bare.key_header == "X-Api-Key");
  CHECK(bare.key_scheme.empty());
  CHECK(accepted(keyed("basic", R"("basic":{"username":"SID"})")).kind == auth_kind::basic);

  check_refused(keyed("api_key", R"("oauth":null)"), "api_key", error_reason::parameter_missing);
  check_refused(keyed("basic", R"("basic":null)"), "basic", error_reason::parameter_missing);
  check_refused(keyed("api_key", R"("oauth":{},"api_key":{})"), "oauth", error_reason::not_allowed);
  check_refused(keyed("api_key", R"("api_key":{"header":"Cookie"})"), "api_key.header",
                error_reason::not_allowed);
  check_refused(keyed("api_key", R"("api_key":{"header":"a b"})"), "api_key.header",
                error_reason::not_allowed);
  check_refused(keyed("api_key", R"("api_key":{"scheme":"Key:"})"), "api_key.scheme",
                error_reason::not_allowed);
  check_refused(keyed("basic", R"("basic":{"url_params":{}})"), "basic.url_params",
                error_reason::not_allowed);
}

TEST_CASE("[R15] an entry with another response type or grant is refused", "[catalog]") {
  check_refused(with_oauth(R"("response_type":"token")"), "oauth.response_type",
                error_reason::not_allowed);
  check_refused(with_oauth(R"("response_type":"code id_token")"), "oauth.response_type",
                error_reason::not_allowed);
  check_refused(with_oauth(R"("grant_type":"password")"), "oauth.grant_type",
                error_reason::not_allowed);
  CHECK(accepted(with_oauth(R"("response_type":"code")")).id == "acme");
}

TEST_CASE("[R14] an entry cannot add reserved parameters or unsettled values", "[catalog]") {
  check_refused(with_oauth(R"("extra_authorize_params":{"state":"x"})"),
                "oauth.extra_authorize_params.state", error_reason::not_allowed);
  check_refused(with_oauth(R"("extra_authorize_params":{"Code_Challenge_Method":"plain"})"),
                "oauth.extra_authorize_params.Code_Challenge_Method", error_reason::not_allowed);
  check_refused(with_oauth(R"("extra_authorize_params":{"signup":"true|false"})"),
                "oauth.extra_authorize_params.signup", error_reason::not_allowed);
  check_refused(with_oauth(R"("token_request":{"extra_params":{"grant_type":"x"}})"),
                "oauth.token_request.extra_params.grant_type", error_reason::not_allowed);
  check_refused(with_oauth(R"("token_request":{"headers":{"authorization":"x"}})"),
                "oauth.token_request.headers.authorization", error_reason::not_allowed);
  check_refused(with_oauth(R"("token_request":{"headers":{"X-Y":"a\r\nHost: b"}})"),
                "oauth.token_request.headers.X-Y", error_reason::not_allowed);
}

TEST_CASE("offline access and extra parameters end up where they are sent", "[catalog]") {
  const provider row = accepted(with_oauth(
      R"("default_scopes":["read"],"extra_authorize_params":{"a":"1"},)"
      R"("offline_access":{"via":"params","params":{"access_type":"offline"},"scopes":["offline"]},)"
      R"("refresh_url":"https://acme.example/refresh",)"
      R"("token_request":{"extra_params":{"b":"2"},"refresh_extra_params":{"c":"3"}})"));
  REQUIRE(row.extra_authorize_params.size() == 2);
  CHECK(row.extra_authorize_params[1].name == "access_type");
  CHECK(row.default_scopes == std::vector<std::string>{"read", "offline"});
  CHECK(row.refresh_url == "https://acme.example/refresh");
  CHECK(row.token_params[0].name == "b");
  CHECK(row.refresh_params[0].name == "c");
}

TEST_CASE("a profile query becomes a part of the address", "[catalog]") {
  const provider row = accepted(with_entry(
      R"("profile":{"url":"https://acme.example/me","query":{"fields":"id,name","v":"1 2"},)"
      R"("id_path":"id"})"));
  CHECK(row.profile.url == "https://acme.example/me?fields=id%2Cname&v=1+2");
}

TEST_CASE("[R82] texts of 2,048 bytes and lists of 100 items are read, more is too large",
          "[catalog]") {
  const auto entry = [](std::size_t chars) {
    return with_oauth("\"scope_param\":\"" + std::string(chars, 'x') + "\"");
  };
  CHECK(accepted(entry(2048)).scope_param.size() == 2048);
  check_refused(entry(2049), "oauth.scope_param", error_reason::too_large);
  const auto scopes = [](int count) {
    std::string list = "\"default_scopes\":[\"s\"";
    for (int i = 1; i < count; ++i) list += ",\"s\"";
    return with_oauth(list + "]");
  };
  CHECK(accepted(scopes(100)).default_scopes.size() == 100);
  check_refused(scopes(101), "oauth.default_scopes", error_reason::too_large);
}

TEST_CASE("the header fields of a rate limit are read as the entry spells them", "[catalog]") {
  CHECK_FALSE(accepted(entry_of(smallest)).rate_limit.has_value());
  const provider row =
      accepted(with_entry(R"("rate_limit":{"limit_header":"X-All","remaining_header":"X-Left",)"
                          R"("reset_header":"X-Reset","reset_unit":"epoch_seconds_decimal"})"));
  REQUIRE(row.rate_limit.has_value());
  CHECK(row.rate_limit->limit == "X-All");
  CHECK(row.rate_limit->remaining == "X-Left");
  CHECK(row.rate_limit->reset == "X-Reset");
  CHECK(row.rate_limit->unit == reset_unit::epoch_seconds);
  CHECK_FALSE(accepted(with_entry(R"("rate_limit":{"limit_header":null,"reset_unit":null})"))
                  .rate_limit.has_value());
  check_refused(with_entry(R"("rate_limit":{"reset_unit":"fortnights"})"), "rate_limit.reset_unit",
                error_reason::not_allowed);
  check_refused(with_entry(R"("rate_limit":{"reset_header":5})"), "rate_limit.reset_header",
                error_reason::wrong_type);
}

TEST_CASE("[R14] the reserved names are reserved in any case of letters", "[catalog]") {
  for (const char* name : {"client_id", "redirect_uri", "state", "code_challenge",
                           "code_challenge_method", "code_challenge_x", "response_type", "scope",
                           "nonce", "request_uri", "STATE", "Redirect_Uri"}) {
    CHECK(is_reserved_parameter(name));
  }
  for (const char* name : {"prompt", "access_type", "login_hint", "states", "code_chal", ""}) {
    CHECK_FALSE(is_reserved_parameter(name));
  }
}
