#include <string>

#include "catch.hpp"
#include "encoding/header_field.hpp"
#include "oauth/token_request.hpp"

using namespace tenon;

namespace {

provider row(client_auth auth) {
  provider row;
  row.token_url = "https://acme.example/token";
  row.refresh_url = "https://acme.example/refresh";
  row.auth = auth;
  row.profile.url = "https://acme.example/me";
  return row;
}

const oauth_client client{"id", "secret", "https://app.example/cb"};
const code_grant grant{"c&d", "v", "https://app.example/cb"};

std::string header(const http_request& request, std::string_view name) {
  const std::string* value = find_header(request.headers, name);
  return value == nullptr ? std::string() : *value;
}

}  // namespace

TEST_CASE("a code exchange posts the fields of RFC 6749 section 4.1.3 and asks for JSON",
          "[oauth]") {
  const http_request request = code_exchange_request(row(client_auth::post), client, grant);
  CHECK(request.method == "POST");
  CHECK(request.url == "https://acme.example/token");
  CHECK(header(request, "accept") == "application/json");
  CHECK(header(request, "content-type") == "application/x-www-form-urlencoded");
  CHECK(request.body ==
        "grant_type=authorization_code&code=c%26d&redirect_uri=https%3A%2F%2Fapp.example%2Fcb"
        "&code_verifier=v&client_id=id&client_secret=secret");
}

TEST_CASE("[R26] Basic form-encodes id and secret before it joins them", "[oauth]") {
  const oauth_client odd{"client %&+-_.!~*'()", "client %&+-_.!~*'()", ""};
  const http_request request = code_exchange_request(row(client_auth::basic), odd, grant);
  // client+%25%26%2B-_.%21%7E*%27%28%29 on both sides of the colon
  CHECK(header(request, "authorization") ==
        "Basic Y2xpZW50KyUyNSUyNiUyQi1fLiUyMSU3RSolMjclMjglMjk6"
        "Y2xpZW50KyUyNSUyNiUyQi1fLiUyMSU3RSolMjclMjglMjk=");
  CHECK(request.body.find("client_id") == std::string::npos);
  CHECK(request.body.find("client_secret") == std::string::npos);
}

TEST_CASE("[R26] credentials go one way only and never into the URL", "[oauth]") {
  for (const client_auth auth : {client_auth::basic, client_auth::post, client_auth::none}) {
    for (const http_request& request : {code_exchange_request(row(auth), client, grant),
                                        refresh_request(row(auth), client, "rt")}) {
      const bool in_header = !header(request, "authorization").empty();
      const bool in_body = request.body.find("client_secret=secret") != std::string::npos;
      CHECK(in_header == (auth == client_auth::basic));
      CHECK(in_body == (auth == client_auth::post));
      CHECK(request.method == "POST");
      CHECK(request.url.find('?') == std::string::npos);
    }
  }
}

TEST_CASE("a client without a secret names itself in the body", "[oauth]") {
  const oauth_client pub{"id", "", ""};
  const http_request request = refresh_request(row(client_auth::basic), pub, "rt");
  CHECK(header(request, "authorization").empty());
  CHECK(request.body == "grant_type=refresh_token&refresh_token=rt&client_id=id");
}

TEST_CASE("[R31] a refresh asks for no scopes and goes to the refresh address", "[oauth]") {
  provider custom = row(client_auth::post);
  custom.default_scopes = {"read"};
  custom.refresh_params = {{"x", "1 2"}};
  custom.token_headers = {{"Accept", "application/json"}, {"X-Version", "3"}};
  const http_request request = refresh_request(custom, client, "r+t");
  CHECK(request.url == "https://acme.example/refresh");
  CHECK(request.body ==
        "grant_type=refresh_token&refresh_token=r%2Bt&x=1+2&client_id=id&client_secret=secret");
  CHECK(header(request, "x-version") == "3");
  CHECK(header(request, "accept") == "application/json");
}

TEST_CASE("a flow without PKCE sends no verifier", "[oauth]") {
  const http_request request =
      code_exchange_request(row(client_auth::none), client, {"c", "", "https://app.example/cb"});
  CHECK(request.body.find("code_verifier") == std::string::npos);
}

TEST_CASE("[R33] revocation follows the style of the row", "[oauth]") {
  provider custom = row(client_auth::basic);
  CHECK(revocation_request(custom, client, "t", "access_token").url.empty());
  custom.revocation = revocation_style::unknown;
  custom.revocation_url = "https://acme.example/revoke";
  CHECK(revocation_request(custom, client, "t", "access_token").url.empty());

  custom.revocation = revocation_style::rfc7009;
  http_request request = revocation_request(custom, client, "t&", "refresh_token");
  CHECK(request.method == "POST");
  CHECK(request.body == "token=t%26&token_type_hint=refresh_token");
  CHECK(header(request, "authorization") == "Basic aWQ6c2VjcmV0");

  custom.revocation = revocation_style::rfc7009_no_client_auth;
  request = revocation_request(custom, client, "t", "refresh_token");
  CHECK(request.body == "token=t");
  CHECK(header(request, "authorization").empty());
}

TEST_CASE("[R33] the delete style names the client in the path and the token in JSON", "[oauth]") {
  provider custom = row(client_auth::post);
  custom.revocation = revocation_style::delete_json_basic;
  custom.revocation_url = "https://api.acme.example/applications/{client_id}/token";
  const oauth_client odd{"a/b", "s", ""};
  const http_request request = revocation_request(custom, odd, "t\"", "access_token");
  CHECK(request.method == "DELETE");
  CHECK(request.url == "https://api.acme.example/applications/a%2Fb/token");
  CHECK(request.body == "{\"access_token\":\"t\\\"\"}");
  CHECK(header(request, "content-type") == "application/json");
  CHECK(header(request, "authorization") == "Basic YSUyRmI6cw==");
  CHECK(revocation_request(custom, odd, "t", "refresh_token").url.empty());
}

TEST_CASE("[R32] a profile call carries the token in the Authorization header only", "[oauth]") {
  provider custom = row(client_auth::post);
  custom.profile.headers = {{"User-Agent", "required"}, {"X-Version", "3"}};
  const http_request request = profile_request(custom, "at");
  CHECK(request.method == "GET");
  CHECK(request.url == "https://acme.example/me");
  CHECK(header(request, "authorization") == "Bearer at");
  CHECK(header(request, "user-agent") == "tenon");
  CHECK(header(request, "accept") == "application/json");
  CHECK(header(request, "x-version") == "3");
  CHECK(request.body.empty());
  custom.profile.url = "";
  CHECK(profile_request(custom, "at").url.empty());
}

TEST_CASE("a wiped request holds no header values and no body", "[oauth]") {
  http_request request = code_exchange_request(row(client_auth::basic), client, grant);
  wipe_request(request);
  CHECK(request.body.empty());
  for (const http_header& field : request.headers) CHECK(field.value.empty());
}
