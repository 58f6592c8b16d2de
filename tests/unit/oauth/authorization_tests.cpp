#include <algorithm>
#include <string>

#include "catch.hpp"
#include "encoding/form.hpp"
#include "oauth/authorization.hpp"

using namespace tenon;

namespace {

provider row() {
  provider row;
  row.id = "acme";
  row.authorization_url = "https://acme.example/auth";
  row.default_scopes = {"read"};
  return row;
}

const oauth_client client{"client 1", "", "https://app.example/cb?x=1"};

authorization_request request() { return {"state-1", "challenge-1", {}, {}}; }

std::vector<form_pair> parameters(const std::string& url) {
  auto pairs = parse_form(std::string_view(url).substr(url.find('?') + 1));
  REQUIRE(pairs.ok());
  return std::move(pairs).value();
}

std::vector<std::string> values(const std::vector<form_pair>& pairs, std::string_view name) {
  std::vector<std::string> found;
  for (const form_pair& pair : pairs) {
    if (pair.name == name) found.push_back(pair.value);
  }
  return found;
}

error_reason fault(const provider& row, const authorization_request& request) {
  const auto url = authorization_url(row, client, request);
  if (url.ok()) return error_reason::none;
  CHECK(url.error().code == error_code::validation_error);
  return url.error().reason;
}

}  // namespace

TEST_CASE("an authorization URL carries the parameters of the code flow with PKCE", "[oauth]") {
  const auto url = authorization_url(row(), client, request());
  REQUIRE(url.ok());
  CHECK(url.value() ==
        "https://acme.example/auth?response_type=code&client_id=client+1"
        "&redirect_uri=https%3A%2F%2Fapp.example%2Fcb%3Fx%3D1&scope=read&state=state-1"
        "&code_challenge=challenge-1&code_challenge_method=S256");
}

TEST_CASE("an authorization endpoint with a query keeps it", "[oauth]") {
  provider custom = row();
  custom.authorization_url += "?tenant=1";
  const auto url = authorization_url(custom, client, request());
  REQUIRE(url.ok());
  CHECK(url.value().starts_with("https://acme.example/auth?tenant=1&response_type=code"));
}

TEST_CASE("[R14] a scope with &redirect_uri= in it stays one encoded value", "[oauth]") {
  authorization_request asked = request();
  asked.scopes = {"read&redirect_uri=https://evil.test", "x#y", "a+b%26"};
  const auto url = authorization_url(row(), client, asked);
  REQUIRE(url.ok());
  const auto pairs = parameters(url.value());
  CHECK(values(pairs, "redirect_uri") == std::vector<std::string>{client.redirect_uri});
  CHECK(values(pairs, "scope") ==
        std::vector<std::string>{"read&redirect_uri=https://evil.test x#y a+b%26"});
  CHECK(url.value().find('#') == std::string::npos);
}

TEST_CASE("[R14] a caller cannot set, repeat or disguise a reserved parameter", "[oauth]") {
  for (const char* name : {"client_id", "redirect_uri", "state", "code_challenge",
                           "code_challenge_method", "response_type", "response_mode", "scope",
                           "nonce", "request", "request_uri", "STATE", ""}) {
    INFO(name);
    authorization_request asked = request();
    asked.extra = {{name, "x"}};
    CHECK(fault(row(), asked) == error_reason::not_allowed);
  }
  authorization_request twice = request();
  twice.extra = {{"hint", "a"}, {"hint", "b"}};
  CHECK(fault(row(), twice) == error_reason::not_allowed);
  provider custom = row();
  custom.scope_param = "user_scope";
  custom.extra_authorize_params = {{"prompt", "consent"}};
  authorization_request clash = request();
  clash.extra = {{"user_scope", "a"}};
  CHECK(fault(custom, clash) == error_reason::not_allowed);
  clash.extra = {{"prompt", "none"}};
  CHECK(fault(custom, clash) == error_reason::not_allowed);
}

TEST_CASE("extra parameters of the row and of the caller are sent, encoded", "[oauth]") {
  provider custom = row();
  custom.extra_authorize_params = {{"prompt", "consent"}};
  authorization_request asked = request();
  asked.extra = {{"login_hint", "a&state=b"}};
  const auto url = authorization_url(custom, client, asked);
  REQUIRE(url.ok());
  const auto pairs = parameters(url.value());
  CHECK(values(pairs, "prompt") == std::vector<std::string>{"consent"});
  CHECK(values(pairs, "login_hint") == std::vector<std::string>{"a&state=b"});
  CHECK(values(pairs, "state") == std::vector<std::string>{"state-1"});
}

TEST_CASE("scopes that are no scope-tokens, or too many for the row, are refused", "[oauth]") {
  for (const char* scope : {"", "a b", "a\"b", "a\\b", "\xc3\xa9", "a\nb"}) {
    authorization_request asked = request();
    asked.scopes = {scope};
    CHECK(fault(row(), asked) == error_reason::not_allowed);
  }
  provider comma = row();
  comma.scope_separator = ",";
  authorization_request asked = request();
  asked.scopes = {"a,b"};
  CHECK(fault(comma, asked) == error_reason::not_allowed);
  provider single = row();
  single.scope_separator = "";
  asked.scopes = {"a", "b"};
  CHECK(fault(single, asked) == error_reason::not_allowed);
  asked.scopes = {"a"};
  CHECK(fault(single, asked) == error_reason::none);
}

TEST_CASE("[R82] 100 scopes are asked for, 101 are too many", "[oauth]") {
  authorization_request asked = request();
  asked.scopes.assign(100, "s");
  CHECK(fault(row(), asked) == error_reason::none);
  asked.scopes.assign(101, "s");
  CHECK(fault(row(), asked) == error_reason::too_large);
  asked.scopes = {std::string(authorization_url_chars_max, 's')};
  CHECK(fault(row(), asked) == error_reason::too_large);
}

TEST_CASE("[R19] only a row that says unsupported leaves PKCE out", "[oauth]") {
  authorization_request asked = request();
  asked.code_challenge = {};
  for (const pkce_support support : {pkce_support::required, pkce_support::supported}) {
    provider custom = row();
    custom.pkce = support;
    CHECK(fault(custom, asked) == error_reason::parameter_missing);
  }
  provider without = row();
  without.pkce = pkce_support::unsupported;
  const auto url = authorization_url(without, client, asked);
  REQUIRE(url.ok());
  CHECK(url.value().find("code_challenge") == std::string::npos);
  asked = request();
  asked.state = {};
  CHECK(fault(row(), asked) == error_reason::parameter_missing);
}
