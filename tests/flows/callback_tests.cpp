#include <algorithm>
#include <string>

#include "catch.hpp"
#include "json/json.hpp"
#include "world.hpp"

using namespace tenon;
using namespace tenon::tests;

namespace {

std::string last_reason(const world& in) { return member(in.events.back(), "reason"); }

std::string input_with(const started_flow& started, const std::string& name,
                       const std::string& value) {
  const auto parsed = parse_json(callback_input(started));
  json_writer json;
  json.begin_object();
  for (const auto& each : parsed.value().members()) {
    if (each.name != name) json.member(each.name, each.value);
  }
  if (!value.empty()) json.member(name, value);
  json.end_object();
  return json.take();
}

// refused runs a callback that must be refused as INVALID_STATE and spends no code.
std::string refused(world& in, const std::string& input) {
  const std::size_t before = in.token_requests.size();
  const auto answer = call(in, flow_kind::callback, input);
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().code == error_code::invalid_state);
  CHECK(in.token_requests.size() == before);
  return last_reason(in);
}

started_flow with_state(started_flow from, const std::string& state) {
  from.state = state;
  return from;
}

}  // namespace

TEST_CASE("a callback exchanges the code, asks who it is and stores one connection", "[flows]") {
  world in;
  const started_flow started = start_connect(in);
  run flow(in, flow_kind::callback, callback_input(started));
  const auto answer = flow.to_end();
  REQUIRE(answer.ok());
  CHECK(flow.transcript() ==
        std::vector<std::string>{
            "get pending", "open", "random 12", "commit pending",
            "fetch POST https://id.acme.example/token", "seal", "commit due pending", "open",
            "fetch GET https://api.acme.example/me", "get connection", "random 16", "seal", "seal",
            "commit due connection id account -due pending event event", "get connection",
            "list event", "get audit-head", "commit -event audit -event audit audit-head"});
  CHECK(member(answer.value(), "accountId") == "acct-9");
  CHECK(member(answer.value(), "connection.status") == "connected");
  CHECK(member(answer.value(), "connection.id").find("con_") == 0);
  CHECK(member(answer.value(), "redirectUrl") == "/done");
  CHECK(member(answer.value(), "connection.accessToken") == "(none)");
}

TEST_CASE("a verifier stands in storage sealed, until it is used [R21]", "[flows]") {
  world in;
  const started_flow started = start_connect(in);
  const std::map<std::string, stored_row> before = in.rows;
  CHECK(call(in, flow_kind::callback, callback_input(started)).ok());
  const std::string& sent = in.token_requests.front().body;
  const std::size_t at = sent.find("code_verifier=") + std::string("code_verifier=").size();
  const std::string verifier = sent.substr(at, 43);
  REQUIRE(verifier.find('&') == std::string::npos);
  CHECK(member(before.begin()->second.value, "verifier").starts_with("t1."));
  for (const auto& [key, row] : before) CHECK(row.value.find(verifier) == std::string::npos);
  for (const auto& [key, row] : in.rows)
    CHECK(member(row.value, "verifier") != member(before.begin()->second.value, "verifier"));
}

TEST_CASE("tokens stand in storage and events sealed only [R55]", "[flows]") {
  world in;
  connect_account(in);
  for (const auto& [key, row] : in.rows) {
    CHECK(row.value.find("at-1") == std::string::npos);
    CHECK(row.value.find("rt-1") == std::string::npos);
  }
  for (const std::string& event : in.events) CHECK(event.find("at-1") == std::string::npos);
}

TEST_CASE("a callback in another browser spends no code [R4]", "[flows]") {
  world in;
  const started_flow started = start_connect(in);
  const started_flow other = start_connect(in);
  CHECK(refused(in, input_with(started, "cookie", "")) == "binding_missing");
  CHECK(refused(in, input_with(started, "cookie", other.cookie_header)) == "binding_missing");
  const std::string name = started.cookie_header.substr(0, started.cookie_header.find('='));
  const std::string value = other.cookie_header.substr(other.cookie_header.find('=') + 1);
  CHECK(refused(in, input_with(started, "cookie", name + "=" + value)) == "binding_mismatch");
  CHECK(call(in, flow_kind::callback, callback_input(started)).ok());
}

TEST_CASE("every bit of a state counts [R3]", "[flows]") {
  world in;
  const started_flow started = start_connect(in);
  for (std::size_t at = 0; at < started.state.size(); ++at) {
    for (int bit = 0; bit < 7; ++bit) {
      std::string changed = started.state;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      // These would be another query, not another state.
      if (std::string("&=+%#").find(changed[at]) != std::string::npos) continue;
      const auto answer =
          call(in, flow_kind::callback, callback_input(with_state(started, changed)));
      REQUIRE_FALSE(answer.ok());
    }
  }
  CHECK(in.token_requests.empty());
  CHECK(call(in, flow_kind::callback, callback_input(started)).ok());
}

TEST_CASE("a state of another provider, user or session is refused, each with its reason [R5] [R8]",
          "[flows]") {
  world in;
  const started_flow started = start_connect(in);
  CHECK(refused(in, input_with(started, "provider", "other")) == "state_provider");
  CHECK(refused(in, input_with(started, "userId", "user-2")) == "state_user");
  CHECK(refused(in, input_with(started, "organizationId", "elsewhere")) == "state_user");

  const auto begun = call(in, flow_kind::connect,
                          R"({"provider":"acme","userId":"user-1","session":"session-a"})");
  const started_flow in_session{
      member(begun.value(), "state"),
      member(begun.value(), "cookie.name") + "=" + member(begun.value(), "cookie.value")};
  CHECK(refused(in, callback_input(in_session)) == "state_session");
  CHECK(refused(in, input_with(in_session, "session", "session-b")) == "state_session");
  CHECK(call(in, flow_kind::callback, input_with(in_session, "session", "session-a")).ok());
}

TEST_CASE("a state begun under another configuration is refused [R8] [R12]", "[flows]") {
  world in;
  const started_flow started = start_connect(in);
  configured_provider& acme = in.reconfigured().providers.front();
  const configured_provider before{acme.entry, acme.client};

  acme.client.redirect_uri += "2";
  CHECK(refused(in, callback_input(started)) == "state_redirect_uri");
  acme = before;
  acme.entry.token_url = "https://elsewhere.example/token";
  CHECK(refused(in, callback_input(started)) == "state_issuer");
  acme = before;
  acme.entry.issuer = "https://elsewhere.example";
  CHECK(refused(in, callback_input(started)) == "state_issuer");
  acme = before;
  in.reconfigured().state_keys.erase(in.reconfigured().state_keys.begin());
  CHECK(refused(in, callback_input(started)) == "state_unknown_key");
}

TEST_CASE("a state lives up to its time and not a millisecond longer [R7]", "[flows]") {
  world in;
  const started_flow started = start_connect(in);
  const time_ms issued = in.now;
  in.now = issued + 600'000;
  CHECK(refused(in, callback_input(started)) == "state_expired");
  in.now = issued - 3'600'000;
  CHECK(refused(in, callback_input(started)) == "state_from_future");
  in.now = issued + 599'999;
  CHECK(call(in, flow_kind::callback, callback_input(started)).ok());
}

TEST_CASE("a state nobody issued reads once and writes nothing [R120]", "[flows]") {
  world in;
  const started_flow started = start_connect(in);
  const auto rows = in.rows.size();
  std::string nonce_changed = started.state;
  const std::size_t at = nonce_changed.rfind(':') + 3;
  nonce_changed[at] = nonce_changed[at] == 'A' ? 'B' : 'A';
  run flow(in, flow_kind::callback, callback_input(with_state(started, nonce_changed)));
  CHECK_FALSE(flow.to_end().ok());
  CHECK(flow.transcript() == std::vector<std::string>{"get pending"});
  CHECK(last_reason(in) == "state_unknown");
  CHECK(in.rows.size() == rows);
}

TEST_CASE("the issuer in the answer must be the provider's, byte for byte [R8]", "[flows]") {
  world in;
  const started_flow started = start_connect(in);
  const auto with_iss = [&](const std::string& iss) {
    return input_with(started, "query", "state=" + started.state + "&code=c" + iss);
  };
  CHECK(refused(in, with_iss("&iss=https%3A%2F%2Fid.acme.example%2F")) == "issuer_mismatch");
  CHECK(refused(in, with_iss("&iss=https%3A%2F%2FID.acme.example")) == "issuer_mismatch");
  CHECK(refused(in, with_iss("")) == "issuer_missing");
}

TEST_CASE("an error from the provider uses the state up and shows a known code only [R9]",
          "[flows]") {
  world in;
  const started_flow started = start_connect(in);
  const auto denied = call(in, flow_kind::callback,
                           callback_input(started, "error=access_denied&error_description=<b>"));
  REQUIRE(denied.ok());
  CHECK(member(denied.value(), "error") == "access_denied");
  CHECK(denied.value().find("<b>") == std::string::npos);
  const auto again = call(in, flow_kind::callback, callback_input(started));
  REQUIRE(again.ok());
  CHECK(member(again.value(), "error") == "access_denied");
  CHECK(in.token_requests.empty());

  const started_flow odd = start_connect(in);
  const auto strange = call(in, flow_kind::callback, callback_input(odd, "error=%3Cscript%3E"));
  CHECK(member(strange.value(), "error") == "provider_error");
}

TEST_CASE("the same callback twice gives the same answer and one exchange [R6]", "[flows]") {
  world in;
  const started_flow started = start_connect(in);
  const auto first = call(in, flow_kind::callback, callback_input(started));
  const auto second = call(in, flow_kind::callback, callback_input(started));
  REQUIRE(second.ok());
  CHECK(first.value() == second.value());
  CHECK(in.token_requests.size() == 1);
}

TEST_CASE("two callbacks at once, interleaved at any step, exchange the code once [R6]",
          "[flows]") {
  for (int head_start = 0; head_start < 16; ++head_start) {
    world in;
    const started_flow started = start_connect(in);
    run first(in, flow_kind::callback, callback_input(started));
    run second(in, flow_kind::callback, callback_input(started));
    for (int step = 0; step < head_start && first.pending() != nullptr; ++step) first.step();
    while (first.pending() != nullptr || second.pending() != nullptr) {
      if (second.pending() != nullptr) second.step();
      if (first.pending() != nullptr) first.step();
    }
    const auto one = first.outcome();
    const auto two = second.outcome();
    REQUIRE(one.ok());
    REQUIRE(two.ok());
    CHECK(member(one.value(), "connection.id") == member(two.value(), "connection.id"));
    CHECK(in.token_requests.size() == 1);
  }
}

TEST_CASE("a crash at any step ends in a connection or a clean start-again, and one code [R25]",
          "[flows]") {
  int connected = 0;
  int interrupted = 0;
  for (int steps = 0; steps < 15; ++steps) {
    world in;
    const started_flow started = start_connect(in);
    {
      run crashed(in, flow_kind::callback, callback_input(started));
      for (int step = 0; step < steps; ++step) crashed.step();
    }
    const auto again = call(in, flow_kind::callback, callback_input(started));
    REQUIRE(again.ok());
    CHECK(in.token_requests.size() <= 1);
    const bool failed = member(again.value(), "error") == "interrupted";
    failed ? ++interrupted : ++connected;
    if (failed) CHECK(connect_account(in).find("\"connected\"") != std::string::npos);
  }
  // Only between the take and the moment the tokens are stored can an exchange be lost.
  CHECK(interrupted == 3);
  CHECK(connected == 12);
}

TEST_CASE("a code is sent again only when nothing can have left [R25]", "[flows]") {
  world in;
  int tries = 0;
  const auto good = in.token;
  in.token = [&](const http_request& request) {
    return ++tries < 3 ? broken(network_kind::refused, false) : good(request);
  };
  CHECK(connect_account(in).find("\"connected\"") != std::string::npos);
  CHECK(tries == 3);

  world reset;
  reset.token = [](const http_request&) { return broken(network_kind::reset, true); };
  const auto answer = call(reset, flow_kind::callback, callback_input(start_connect(reset)));
  REQUIRE(answer.ok());
  CHECK(member(answer.value(), "error") == "exchange_failed");
  CHECK(reset.token_requests.size() == 1);
  CHECK(last_reason(reset) == "token_ambiguous");
}

TEST_CASE("connect failures are tried again only while the owner is believed alive [R25]",
          "[flows]") {
  world in;
  in.token = [&](const http_request&) {
    in.now += 10'000;
    return broken(network_kind::timeout, false);
  };
  const auto answer = call(in, flow_kind::callback, callback_input(start_connect(in)));
  REQUIRE(answer.ok());
  CHECK(member(answer.value(), "error") == "exchange_failed");
  CHECK(in.token_requests.size() == 1);
}

TEST_CASE("a lifetime counts from when the request was made [R30]", "[flows]") {
  world in;
  const auto good = in.token;
  const started_flow started = start_connect(in);
  const time_ms asked = in.now;
  in.token = [&](const http_request& request) {
    in.now += 7'000;
    return good(request);
  };
  const auto answer = call(in, flow_kind::callback, callback_input(started));
  CHECK(member(answer.value(), "connection.expiresAt") == std::to_string(asked + 3'600'000));
}

TEST_CASE("fewer scopes than asked for are kept and flagged [R31]", "[flows]") {
  world in;
  in.token = [](const http_request&) {
    return json_reply(200, R"({"access_token":"a","token_type":"Bearer","scope":"read"})");
  };
  const std::string answer = connect_account(in);
  CHECK(member(answer, "connection.scopes") == R"(["read"])");
  CHECK(member(answer, "connection.scopesNarrowed") == "true");
}

TEST_CASE("a profile that does not answer is asked again by the next callback", "[flows]") {
  world in;
  const auto good = in.profile;
  in.profile = [](const http_request&) { return json_reply(503, ""); };
  const started_flow started = start_connect(in);
  const auto first = call(in, flow_kind::callback, callback_input(started));
  REQUIRE(first.ok());
  CHECK(member(first.value(), "error") == "unfinished");
  CHECK(member(first.value(), "redirectUrl") == "/done");
  in.profile = good;
  const auto second = call(in, flow_kind::callback, callback_input(started));
  REQUIRE(second.ok());
  CHECK(member(second.value(), "connection.status") == "connected");
  CHECK(in.token_requests.size() == 1);
}

TEST_CASE("a provider without PKCE is sent no verifier [R19]", "[flows]") {
  world in;
  in.reconfigured().providers.front().entry.pkce = pkce_support::unsupported;
  connect_account(in);
  CHECK(in.token_requests.front().body.find("code_verifier") == std::string::npos);
}

TEST_CASE("connecting again after the grant ended takes nothing of the old one along", "[flows]") {
  world in;
  connect_account(in);
  in.token = [](const http_request&) { return json_reply(400, R"({"error":"invalid_grant"})"); };
  CHECK_FALSE(
      call(in, flow_kind::refresh, R"({"provider":"acme","accountId":"acct-9","force":true})")
          .ok());
  in.token = [](const http_request&) {
    return json_reply(200, R"({"access_token":"at-new","token_type":"Bearer","expires_in":60})");
  };
  const std::string again = connect_account(in);
  CHECK(member(again, "connection.status") == "connected");
  CHECK(member(again, "connection.hasRefreshToken") == "false");
}

TEST_CASE("connecting the same account again keeps its id and its refresh token", "[flows]") {
  world in;
  const std::string first = connect_account(in);
  in.token = [](const http_request&) {
    return json_reply(200, R"({"access_token":"at-new","token_type":"Bearer","expires_in":60})");
  };
  const std::string second = connect_account(in);
  CHECK(member(first, "connection.id") == member(second, "connection.id"));
  CHECK(member(second, "connection.hasRefreshToken") == "true");
}
