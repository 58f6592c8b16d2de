#include <string>

#include "catch.hpp"
#include "flows/settings.hpp"

using namespace tenon;

namespace {

constexpr std::string_view good_key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

std::string settings_with(std::string_view redirect_uri, bool loopback_http) {
  return R"({"keys":[{"id":1,"secret":")" + std::string(good_key) + R"("}],"loopbackHttp":)" +
         (loopback_http ? "true" : "false") + R"(,"providers":[{"clientId":"c","redirectUri":")" +
         std::string(redirect_uri) +
         R"(","entry":{"id":"acme","display_name":"Acme","category":["dev"],
            "auth_kind":"oauth2","oauth":{
            "authorization_url":"https://a.example/auth","token_url":"https://a.example/token",
            "default_scopes":[],"scope_separator":"space","scope_param":"scope",
            "pkce":{"status":"supported"},
            "client_auth":{"methods":["none_public"],"preferred":"none_public"}},
            "profile":null}}]})";
}

std::string wrong_field(const std::string& json) {
  const auto parsed = parse_settings(json);
  const auto* wrong = std::get_if<settings_error>(&parsed);
  return wrong == nullptr ? "(accepted)" : wrong->field;
}

std::string with_keys(const std::string& keys) { return R"({"keys":)" + keys + "}"; }

}  // namespace

TEST_CASE("a redirect URI is https, or http on a loopback address in local runs [R13]", "[flows]") {
  CHECK(wrong_field(settings_with("https://tenon.example/cb", false)) == "(accepted)");
  CHECK(wrong_field(settings_with("http://127.0.0.1:8787/cb", true)) == "(accepted)");
  CHECK(wrong_field(settings_with("http://[::1]:8787/cb", true)) == "(accepted)");
  CHECK(wrong_field(settings_with("http://127.0.0.1:8787/cb", false)) ==
        "providers[0].redirectUri");
  for (const std::string_view near_miss : {"http://tenon.example/cb",
                                           "https://tenon.example/cb#",
                                           "https://tenon.example/cb#f",
                                           "https://user@tenon.example/cb",
                                           "https://u:p@tenon.example/cb",
                                           "https://",
                                           "https:///cb",
                                           "https:/tenon.example/cb",
                                           "https:tenon.example",
                                           "//tenon.example/cb",
                                           "/cb",
                                           "",
                                           "HTTPS://tenon.example/cb",
                                           "ftp://tenon.example/cb",
                                           "javascript:alert(1)",
                                           "https://tenon.example:0/cb",
                                           "https://tenon.example:65536/cb",
                                           "https://tenon.example:x/cb",
                                           "https://tenon.example /cb",
                                           "https://tenon.example/c b",
                                           "https://ten%2Fon.example/cb",
                                           "https://.example/cb",
                                           "http://127.0.0.2.example/cb",
                                           "http://127.0.0.1.evil.example/cb",
                                           "http://localhost.evil.example/cb",
                                           "http://0.0.0.0/cb",
                                           "http://10.0.0.1/cb",
                                           "http://[::2]/cb",
                                           "http://2130706433/cb",
                                           "http://0x7f.0.0.1/cb"}) {
    CAPTURE(near_miss);
    CHECK(wrong_field(settings_with(near_miss, true)) == "providers[0].redirectUri");
  }
}

TEST_CASE("a bad key stops the start and is named [R53]", "[flows]") {
  const std::string good(good_key);
  CHECK(wrong_field("{}") == "keys");
  CHECK(wrong_field(with_keys("[]")) == "keys");
  CHECK(wrong_field(with_keys(R"([{"id":1}])")) == "keys[0].secret");
  CHECK(wrong_field(with_keys(R"([{"id":1,"secret":"short"}])")) == "keys[0].secret");
  CHECK(wrong_field(with_keys(R"([{"id":1,"secret":")" + good + R"(="}])")) == "keys[0].secret");
  CHECK(wrong_field(with_keys(R"([{"id":-1,"secret":")" + good + R"("}])")) == "keys[0].id");
  CHECK(wrong_field(with_keys(R"([{"id":1,"secret":")" + good + R"("},{"id":1,"secret":")" + good +
                              R"("}])")) == "keys[1].id");
}

TEST_CASE("a state lives one to sixty minutes [R7]", "[flows]") {
  const auto with_ttl = [](const std::string& ms) {
    return R"({"keys":[{"id":1,"secret":")" + std::string(good_key) + R"("}],"stateTtlMs":)" + ms +
           "}";
  };
  CHECK(wrong_field(with_ttl("60000")) == "(accepted)");
  CHECK(wrong_field(with_ttl("3600000")) == "(accepted)");
  CHECK(wrong_field(with_ttl("59999")) == "stateTtlMs");
  CHECK(wrong_field(with_ttl("3600001")) == "stateTtlMs");
}

TEST_CASE("health checks are a minute apart at least, or off", "[flows]") {
  const auto with_period = [](const std::string& ms) {
    return R"({"keys":[{"id":1,"secret":")" + std::string(good_key) + R"("}],"healthEveryMs":)" +
           ms + "}";
  };
  CHECK(wrong_field(with_period("0")) == "(accepted)");
  CHECK(wrong_field(with_period("60000")) == "(accepted)");
  CHECK(wrong_field(with_period("59999")) == "healthEveryMs");
  CHECK(wrong_field(with_period("-1")) == "healthEveryMs");
}
