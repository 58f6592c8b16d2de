#include <string>

#include "catch.hpp"
#include "encoding/header_field.hpp"
#include "world.hpp"

using namespace tenon;
using namespace tenon::tests;

namespace {

const std::string keyed_row = "connection/default/user-1/keyed/acct-9";
const std::string keyed_account = R"({"userId":"user-1","provider":"keyed"})";

std::string input_with(const std::string& provider, const std::string& members) {
  return R"({"userId":"user-1","provider":")" + provider + R"(",)" + members + "}";
}

result<std::string> connect_key(world& in, const std::string& members) {
  return call(in, flow_kind::connect_api_key, input_with("keyed", members));
}

std::string token(world& in, const std::string& question = keyed_account) {
  const auto answer = call(in, flow_kind::access_token, question);
  REQUIRE(answer.ok());
  return member(answer.value(), "accessToken");
}

const std::string key_1 = R"("apiKey":"sk-canary-1")";
const std::string key_2 = R"("apiKey":"sk-canary-2")";

bool is_refused(const result<std::string>& answer, error_reason reason) {
  return !answer.ok() && answer.error().code == error_code::validation_error &&
         answer.error().reason == reason;
}

}  // namespace

TEST_CASE("an API key is verified, sealed and handed out", "[flows]") {
  world in;
  http_request asked;
  in.profile = [&](const http_request& request) {
    asked = request;
    return json_reply(200, R"({"sub":"acct-9","name":"Ada"})");
  };
  run flow(in, flow_kind::connect_api_key,
           input_with("keyed", key_1 + R"(,"scopes":["read"],"metadata":{"a":1})"));
  const auto answer = flow.to_end();
  REQUIRE(answer.ok());
  CHECK(flow.transcript() ==
        std::vector<std::string>{"fetch GET https://api.keyed.example/me", "get connection",
                                 "random 16", "seal", "commit due connection id account event",
                                 "list event", "get audit-head", "commit -event audit audit-head"});
  REQUIRE(find_header(asked.headers, "x-api-key") != nullptr);
  CHECK(*find_header(asked.headers, "x-api-key") == "sk-canary-1");
  CHECK(find_header(asked.headers, "authorization") == nullptr);

  CHECK(member(answer.value(), "connection.providerAccountId") == "acct-9");
  CHECK(member(answer.value(), "connection.accountName") == "Ada");
  CHECK(member(answer.value(), "connection.status") == "connected");
  CHECK(member(answer.value(), "connection.tokenType") == "api_key");
  CHECK(member(answer.value(), "connection.hasRefreshToken") == "false");
  CHECK(member(answer.value(), "connection.scopes") == R"(["read"])");
  CHECK(member(answer.value(), "connection.metadata") == R"({"a":1})");
  CHECK(member(in.rows.at(keyed_row).value, "auth") == "api_key");
  for (const auto& [key, stored] : in.rows) CHECK(stored.value.find("canary") == std::string::npos);
  CHECK(member(in.events.back(), "type") == "integration.connected");
  const auto answered = call(in, flow_kind::access_token, keyed_account);
  CHECK(member(answered.value(), "accessToken") == "sk-canary-1");
  CHECK(member(answered.value(), "header") == "X-Api-Key");
  CHECK(member(answered.value(), "scheme").empty());
}

TEST_CASE("connecting the same account again replaces its key and keeps its id", "[flows]") {
  world in;
  const auto first = connect_key(in, key_1);
  const auto second = connect_key(in, key_2);
  REQUIRE(second.ok());
  CHECK(member(first.value(), "connection.id") == member(second.value(), "connection.id"));
  CHECK(token(in) == "sk-canary-2");
  CHECK(member(in.rows.at(keyed_row).value, "generation") == "2");
}

TEST_CASE("a user name and password go out as Basic authentication", "[flows]") {
  world in;
  http_request asked;
  in.profile = [&](const http_request& request) {
    asked = request;
    return json_reply(200, R"({"sub":"AC1"})");
  };
  const auto answer = call(in, flow_kind::connect_api_key,
                           input_with("plain", R"("username":"Aladdin","password":"open sesame")"));
  REQUIRE(answer.ok());
  // The example of RFC 7617 section 2.
  CHECK(*find_header(asked.headers, "authorization") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  CHECK(token(in, R"({"userId":"user-1","provider":"plain"})") == "Aladdin:open sesame");
}

TEST_CASE("a key that the provider refuses is not stored", "[flows]") {
  for (const int status : {401, 403}) {
    world in;
    in.profile = [&](const http_request&) { return json_reply(status, "{}"); };
    const auto answer = connect_key(in, key_1);
    REQUIRE_FALSE(answer.ok());
    CHECK(answer.error().code == error_code::provider_error);
    CHECK(answer.error().reason == error_reason::token_rejected);
    CHECK(answer.error().status == status);
    CHECK(in.rows.empty());
  }
}

TEST_CASE("a provider that does not answer leaves nothing behind and may be asked again",
          "[flows]") {
  world in;
  in.profile = [](const http_request&) { return json_reply(503, ""); };
  const auto answer = connect_key(in, key_1);
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().code == error_code::network_error);
  CHECK(kind_of(answer.error().code) == error_kind::transient);
  CHECK(in.rows.empty());
}

TEST_CASE("without verification, or a call for it, the caller names the account", "[flows]") {
  world in;
  in.profile = [](const http_request&) { return json_reply(500, ""); };
  const auto named =
      connect_key(in, key_1 + R"(,"verify":false,"accountId":"eu","accountName":"EU")");
  REQUIRE(named.ok());
  CHECK(member(named.value(), "connection.providerAccountId") == "eu");
  CHECK(member(named.value(), "connection.accountName") == "EU");
  const auto silent = call(in, flow_kind::connect_api_key, input_with("silent", key_1));
  REQUIRE(silent.ok());
  CHECK(member(silent.value(), "connection.providerAccountId") == "default");
}

TEST_CASE("the key of another account does not take an account's place", "[flows]") {
  world in;
  CHECK(is_refused(connect_key(in, key_1 + R"(,"accountId":"acct-8")"), error_reason::not_allowed));
  CHECK(in.rows.empty());
  CHECK(connect_key(in, key_1 + R"(,"accountId":"acct-9")").ok());
}

TEST_CASE("a key with a known end is not handed out after it", "[flows]") {
  world in;
  REQUIRE(connect_key(in, key_1 + R"(,"expiresAt":)" + std::to_string(in.now + 60'000)).ok());
  CHECK(token(in) == "sk-canary-1");
  in.now += 60'000;
  CHECK(call(in, flow_kind::access_token, keyed_account).error().code == error_code::token_expired);
  REQUIRE(connect_key(in, key_2).ok());
  in.now += 1000 * day_ms;
  CHECK(token(in) == "sk-canary-2");
}

TEST_CASE("a key is disconnected like any account, and asks for no revocation", "[flows]") {
  world in;
  REQUIRE(connect_key(in, key_1).ok());
  const auto answer = call(in, flow_kind::disconnect, keyed_account);
  REQUIRE(answer.ok());
  CHECK(member(answer.value(), "revocation") == "unsupported");
  CHECK(call(in, flow_kind::access_token, keyed_account).error().code ==
        error_code::account_not_found);
  CHECK(member(in.rows.at(keyed_row).value, "accessToken").empty());
}

TEST_CASE("a key is never refreshed", "[flows]") {
  world in;
  REQUIRE(connect_key(in, key_1).ok());
  CHECK(call(in, flow_kind::refresh, keyed_account).ok());
  const auto forced =
      call(in, flow_kind::refresh, R"({"userId":"user-1","provider":"keyed","force":true})");
  CHECK(forced.error().code == error_code::no_refresh_token);
  CHECK(in.token_requests.empty());
}

TEST_CASE("keys are rotated with all the rest [R52]", "[flows]") {
  world in;
  in.service().memory.seals.key_id = 1;
  REQUIRE(connect_key(in, key_1).ok());
  in.forget();
  const auto page = call(in, flow_kind::rotate_keys, "{}");
  CHECK(member(page.value(), "resealed") == "1");
  CHECK(token(in) == "sk-canary-1");
}

TEST_CASE("keys and OAuth keep to the providers that are of their kind", "[flows]") {
  world in;
  const auto keyed = call(in, flow_kind::connect_api_key, input_with("acme", key_1));
  CHECK(keyed.error().code == error_code::invalid_provider);
  const auto oauth = call(in, flow_kind::connect, keyed_account);
  CHECK(oauth.error().code == error_code::invalid_provider);
  CHECK(in.rows.empty());
}

TEST_CASE("a key has limits, and odd characters are refused [R82]", "[flows]") {
  world in;
  const auto key = [&](const std::string& text) {
    return connect_key(in, R"("apiKey":")" + text + "\"");
  };
  CHECK(key(std::string(8192, 'k')).ok());
  CHECK(is_refused(key(std::string(8193, 'k')), error_reason::too_large));
  CHECK(is_refused(key(""), error_reason::parameter_missing));
  for (const char* odd : {" k", "k ", "k\\n", "k\\r\\nX: y", "k\\u0000", "\\u007f", "k\\u00e9"}) {
    CHECK(is_refused(key(odd), error_reason::not_allowed));
  }
  const auto basic = [&](const std::string& user, const std::string& password) {
    return call(
        in, flow_kind::connect_api_key,
        input_with("plain", R"("username":")" + user + R"(","password":")" + password + "\""));
  };
  CHECK(basic("u", std::string(8190, 'p')).ok());
  CHECK(is_refused(basic("u", std::string(8191, 'p')), error_reason::too_large));
  CHECK(is_refused(basic("", ""), error_reason::parameter_missing));
  CHECK(is_refused(basic("a:b", "c"), error_reason::not_allowed));
  CHECK(is_refused(basic("a", "b\\n"), error_reason::not_allowed));
  CHECK(is_refused(connect_key(in, key_1 + R"(,"accountId":")" + std::string(513, 'a') + "\""),
                   error_reason::too_large));
  CHECK(is_refused(connect_key(in, key_1 + R"(,"accountName":"a\u0001")"),
                   error_reason::not_allowed));
  CHECK(is_refused(connect_key(in, key_1 + R"(,"expiresAt":1)"), error_reason::not_allowed));
  CHECK(is_refused(connect_key(in, key_1 + R"(,"expiresAt":8640000000000001)"),
                   error_reason::not_allowed));
}
