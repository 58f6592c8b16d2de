#include <string>

#include "catch.hpp"
#include "world.hpp"

using namespace tenon;
using namespace tenon::tests;

namespace {

// Longer than the longest cool-down of a failing provider.
constexpr time_ms cooled_down_ms = 20 * 60'000;

std::string shown(world& in, std::string_view path) {
  const auto answer = call(in, flow_kind::list, R"({"userId":"user-1"})");
  REQUIRE(answer.ok());
  return member(answer.value(), "connections[0]." + std::string(path));
}

}  // namespace

TEST_CASE("a fresh token costs one read and one opening", "[flows]") {
  world in;
  connect_account(in);
  run flow(in, flow_kind::access_token, account);
  CHECK(token_of(flow.to_end()) == "at-1");
  CHECK(flow.transcript() == std::vector<std::string>{"get connection", "open"});
}

TEST_CASE("the lease is durable before the refresh token leaves [R40]", "[flows]") {
  world in;
  connect_expired(in);
  run flow(in, flow_kind::access_token, account);
  CHECK(token_of(flow.to_end()) == "at-2");
  CHECK(flow.transcript() == std::vector<std::string>{"get connection", "open", "get destination",
                                                      "random 12", "commit -due due connection",
                                                      "fetch POST https://id.acme.example/token",
                                                      "seal", "seal",
                                                      "commit -due due connection event", "open"});
}

TEST_CASE("an expired token is never handed out when the refresh fails", "[flows]") {
  world in;
  connect_expired(in);
  in.token = [](const http_request&) { return json_reply(503, ""); };
  const auto answer = call(in, flow_kind::access_token, account);
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().code == error_code::token_refresh_error);
  CHECK(shown(in, "status") == "connected");
  in.token = [](const http_request&) { return broken(network_kind::dns, false); };
  in.now += cooled_down_ms;
  CHECK(call(in, flow_kind::access_token, account).error().code == error_code::network_error);
}

TEST_CASE("a token that still works is handed out while the provider is down", "[flows]") {
  world in;
  connect_account(in);
  in.reconfigured().refresh_ahead = false;
  in.now += 3'500'000;
  in.token = [](const http_request&) { return json_reply(503, ""); };
  const auto before = in.token_requests.size();
  CHECK(token_of(call(in, flow_kind::access_token, account)) == "at-1");
  CHECK(in.token_requests.size() == before + 1);
  // While that failure cools down, nobody asks again.
  CHECK(token_of(call(in, flow_kind::access_token, account)) == "at-1");
  CHECK(in.token_requests.size() == before + 1);
}

TEST_CASE("an outage of a day ends no connection [R23]", "[flows]") {
  world in;
  connect_account(in);
  const auto good = in.token;
  for (const int status : {500, 502, 503, 504, 429}) {
    // A server error that carries invalid_grant is still a server error.
    const std::string body = status == 429 ? "" : R"({"error":"invalid_grant"})";
    in.token = [status, body](const http_request&) { return json_reply(status, body); };
    in.now += 5 * 3'600'000;
    CHECK_FALSE(call(in, flow_kind::access_token, account).ok());
    CHECK(shown(in, "status") == "connected");
  }
  in.token = good;
  in.now += cooled_down_ms;
  CHECK(call(in, flow_kind::access_token, account).ok());
}

TEST_CASE("only invalid_grant ends a connection, and says so once [R23]", "[flows]") {
  world in;
  connect_account(in);
  in.token = invalid_grant;
  in.now += past_expiry_ms;
  const auto answer = call(in, flow_kind::access_token, account);
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().code == error_code::token_expired);
  CHECK(shown(in, "status") == "expired");
  CHECK(shown(in, "reason") == "grant_revoked");
  CHECK(member(in.events.back(), "type") == "integration.expired");
  const auto requests = in.token_requests.size();
  CHECK_FALSE(call(in, flow_kind::access_token, account).ok());
  CHECK(in.token_requests.size() == requests);
}

TEST_CASE("an ended grant's access token is used up before a person is asked", "[flows]") {
  world in;
  connect_account(in);
  in.token = invalid_grant;
  CHECK_FALSE(call(in, flow_kind::refresh, forced).ok());
  CHECK(token_of(call(in, flow_kind::access_token, account)) == "at-1");
  in.now += past_expiry_ms;
  CHECK_FALSE(call(in, flow_kind::access_token, account).ok());
}

TEST_CASE("a refresh of an ended grant says so, also while its access token lasts", "[flows]") {
  world in;
  connect_account(in);
  in.token = invalid_grant;
  CHECK_FALSE(call(in, flow_kind::refresh, forced).ok());
  const auto requests = in.token_requests.size();
  const auto answer = call(in, flow_kind::refresh, account);
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().code == error_code::token_expired);
  CHECK(answer.error().reason == error_reason::grant_revoked);
  CHECK(in.token_requests.size() == requests);
}

TEST_CASE("a refused client is the operator's business, not the user's [R24]", "[flows]") {
  world in;
  connect_account(in);
  in.token = [](const http_request&) { return json_reply(401, R"({"error":"invalid_client"})"); };
  in.now += past_expiry_ms;
  const auto answer = call(in, flow_kind::access_token, account);
  CHECK(answer.error().code == error_code::configuration_error);
  CHECK(answer.error().reason == error_reason::token_client_refused);
  CHECK(shown(in, "status") == "connected");

  // Nobody asks again for five minutes, not even by force.
  const auto requests = in.token_requests.size();
  in.now += 299'999;
  CHECK(call(in, flow_kind::refresh, forced).error().code == error_code::configuration_error);
  CHECK(in.token_requests.size() == requests);
  in.now += 1;
  CHECK_FALSE(call(in, flow_kind::refresh, forced).ok());
  CHECK(in.token_requests.size() == requests + 1);
}

TEST_CASE("an answer that breaks the protocol stores nothing [R29]", "[flows]") {
  world in;
  connect_account(in);
  in.token = [](const http_request&) { return json_reply(200, "<html>"); };
  in.now += past_expiry_ms;
  CHECK(call(in, flow_kind::access_token, account).error().code == error_code::provider_error);
  in.token = invalid_grant;
  CHECK(shown(in, "hasRefreshToken") == "true");
}

TEST_CASE("two refreshes at once spend the refresh token once, at any interleaving [R36]",
          "[flows]") {
  for (int head_start = 0; head_start < 12; ++head_start) {
    world in;
    connect_expired(in);
    run first(in, flow_kind::access_token, account);
    run second(in, flow_kind::access_token, account);
    for (int step = 0; step < head_start && first.pending() != nullptr; ++step) first.step();
    while (first.pending() != nullptr || second.pending() != nullptr) {
      if (second.pending() != nullptr) second.step();
      if (first.pending() != nullptr) first.step();
    }
    CHECK(token_of(first.outcome()) == "at-2");
    CHECK(token_of(second.outcome()) == "at-2");
    CHECK(in.token_requests.size() == 2);
  }
}

TEST_CASE("a crash at any step of a refresh leaves the connection usable with a grace server [R40]",
          "[flows]") {
  for (int steps = 0; steps < 8; ++steps) {
    world in;
    connect_expired(in);
    {
      run crashed(in, flow_kind::access_token, account);
      for (int step = 0; step < steps; ++step) crashed.step();
    }
    in.now += 31'000;
    const auto answer = call(in, flow_kind::access_token, account);
    REQUIRE(answer.ok());
    CHECK(in.token_requests.size() <= 3);
  }
}

TEST_CASE("a rotation lost in a crash is named as such [R40]", "[flows]") {
  world in;
  connect_expired(in);
  {
    run crashed(in, flow_kind::access_token, account);
    to_answer(in, crashed);  // the answer came, nothing was stored
  }
  in.token = invalid_grant;
  in.now += 31'000;
  const auto answer = call(in, flow_kind::access_token, account);
  CHECK(answer.error().reason == error_reason::lost_rotation);
  CHECK(shown(in, "reason") == "lost_rotation");
}

TEST_CASE("a holder that lost its lease cannot overwrite newer tokens [R38]", "[flows]") {
  world in;
  connect_expired(in);
  run paused(in, flow_kind::access_token, account);
  to_answer(in, paused);
  in.now += 31'000;
  in.forget();  // the sibling is another instance
  CHECK(token_of(call(in, flow_kind::access_token, account)) == "at-3");
  CHECK(token_of(paused.to_end()) == "at-3");
  CHECK(token_of(call(in, flow_kind::access_token, account)) == "at-3");
}

TEST_CASE("an answer without a refresh token keeps the old one [R35]", "[flows]") {
  world in;
  connect_account(in);
  in.token = [](const http_request&) {
    return json_reply(200, R"({"access_token":"at-x","token_type":"bearer","expires_in":3600})");
  };
  CHECK(call(in, flow_kind::refresh, forced).ok());
  CHECK(shown(in, "hasRefreshToken") == "true");
  std::string spent;
  in.token = [&](const http_request& request) {
    spent = request.body;
    return invalid_grant(request);
  };
  CHECK_FALSE(call(in, flow_kind::refresh, forced).ok());
  CHECK(spent.find("refresh_token=rt-1") != std::string::npos);
}

TEST_CASE("a token sealed for one row does not open in another [R50]", "[flows]") {
  world in;
  connect_account(in);
  connect_account(in, "user-2");
  const std::string mine = "connection/default/user-1/acme/acct-9";
  const std::string theirs = "connection/default/user-2/acme/acct-9";
  const std::string sealed = member(in.rows.at(theirs).value, "accessToken");
  std::string& value = in.rows.at(mine).value;
  const std::string own = member(value, "accessToken");
  value.replace(value.find(own), own.size(), sealed);
  const auto answer = call(in, flow_kind::access_token, account);
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().code == error_code::configuration_error);
  CHECK(answer.error().reason == error_reason::seal_unreadable);
}

TEST_CASE("a whole row that was moved below another user's key is nobody's [R50]", "[flows]") {
  world in;
  connect_account(in);
  connect_account(in, "user-2");
  const std::string mine = "connection/default/user-1/acme/acct-9";
  in.rows.at(mine).value = in.rows.at("connection/default/user-2/acme/acct-9").value;
  for (const std::string& question :
       {account, std::string(R"({"userId":"user-1","provider":"acme"})")}) {
    const auto answer = call(in, flow_kind::access_token, question);
    REQUIRE_FALSE(answer.ok());
    CHECK(answer.error().code == error_code::database_error);
    CHECK(answer.error().reason == error_reason::record_unreadable);
  }
}

TEST_CASE("a token that cannot be opened holds nobody up", "[flows]") {
  world in;
  connect_account(in);
  std::string& value = in.rows.at("connection/default/user-1/acme/acct-9").value;
  const std::string sealed = member(value, "refreshToken");
  value.replace(value.find(sealed), sealed.size(), member(value, "accessToken"));
  in.now += past_expiry_ms;
  for (int caller = 0; caller < 2; ++caller) {
    run flow(in, flow_kind::access_token, account);
    const auto answer = flow.to_end();
    CHECK(answer.error().reason == error_reason::seal_unreadable);
    CHECK(flow.transcript() == std::vector<std::string>{"get connection", "open"});
  }
}

TEST_CASE("a refresh that has nothing to do asks nobody", "[flows]") {
  world in;
  connect_account(in);
  CHECK(call(in, flow_kind::refresh, account).ok());
  CHECK(in.token_requests.size() == 1);
  CHECK(call(in, flow_kind::refresh, forced).ok());
  CHECK(in.token_requests.size() == 2);
}

TEST_CASE("a refresh's options have limits", "[flows]") {
  world in;
  connect_account(in);
  const auto refresh = [&](const std::string& options) {
    return call(in, flow_kind::refresh,
                R"({"provider":"acme","accountId":"acct-9",)" + options + "}");
  };
  CHECK(refresh(R"("maxRetries":10)").ok());
  CHECK(refresh(R"("maxRetries":11)").error().code == error_code::validation_error);
  CHECK(refresh(R"("initialDelay":-1)").error().code == error_code::validation_error);
  CHECK(refresh(R"("maxDelay":60001)").error().code == error_code::validation_error);
}

TEST_CASE("a connection without a refresh token expires and says so", "[flows]") {
  world in;
  in.token = [](const http_request&) {
    return json_reply(200, R"({"access_token":"at","token_type":"Bearer","expires_in":60})");
  };
  connect_account(in);
  CHECK(call(in, flow_kind::refresh, forced).error().code == error_code::no_refresh_token);
  in.now += 60'000;
  CHECK(call(in, flow_kind::access_token, account).error().code == error_code::token_expired);
  CHECK(shown(in, "status") == "expired");
}
