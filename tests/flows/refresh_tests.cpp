#include <string>
#include <vector>

#include "catch.hpp"
#include "world.hpp"

// What a connection lives through: races, outages, crashes, storage that fails, and time.

using namespace tenon;
using namespace tenon::tests;

namespace {

constexpr time_ms inside_margin_ms = 3'500'000;
constexpr time_ms lease_over_ms = 30'001;

std::string rejecting(const std::string& token) {
  return account.substr(0, account.size() - 1) + R"(,"rejectedToken":")" + token + R"("})";
}

// with_metadata is what another writer makes of a record.
std::string with_metadata(std::string record, int writes) {
  const std::size_t start = record.find("\"metadata\":") + 11;
  const std::size_t end = record.find('}', start) + 1;
  return record.replace(start, end - start, R"({"writes":")" + std::to_string(writes) + "\"}");
}

}  // namespace

TEST_CASE("inside the margin callers get the old token at once and one refresh runs behind them",
          "[flows]") {
  world in;
  connect_account(in);
  in.now += inside_margin_ms;
  for (int caller = 0; caller < 3; ++caller) {
    run flow(in, flow_kind::access_token, account);
    CHECK(token_of(flow.to_end()) == "at-1");
    CHECK(flow.transcript() == std::vector<std::string>{"get connection", "open"});
  }
  CHECK(in.wakes.back() == in.now);
  CHECK(in.token_requests.size() == 1);
  CHECK(run_due(in).ok());
  CHECK(in.token_requests.size() == 2);
  CHECK(token_of(get_token(in)) == "at-2");
}

TEST_CASE("a connection is refreshed ahead of expiry though nobody asks for its token", "[flows]") {
  world in;
  connect_account(in);
  run_until(in, in.now + 24 * 3'600'000);
  CHECK(in.token_requests.size() >= 24);
  CHECK(in.token_requests.size() <= 30);
  const auto requests = in.token_requests.size();
  CHECK(get_token(in).ok());
  CHECK(in.token_requests.size() == requests);
  CHECK(due_rows(in).size() == 1);
}

TEST_CASE("a day of outage costs few attempts and no connection [R23] [R43]", "[flows]") {
  world in;
  connect_account(in);
  const auto good = in.token;
  in.token = unavailable;
  for (int minute = 0; minute < 24 * 60; ++minute) {
    run_until(in, in.now + 60'000);
    (void)get_token(in);
  }
  // One series of three tries for each cool-down, which grows to 15 minutes.
  CHECK(in.token_requests.size() > 70);
  CHECK(in.token_requests.size() <= 3 * 110);
  in.token = good;
  run_until(in, in.now + 20 * 60'000);
  CHECK(get_token(in).ok());
}

TEST_CASE("a failing refresh is cooled down for all callers, and force passes once [R43]",
          "[flows]") {
  world in;
  connect_expired(in);
  in.token = unavailable;
  for (int caller = 0; caller < 1000; ++caller) {
    CHECK_FALSE(get_token(in).ok());
    in.now += 10;
  }
  CHECK(in.token_requests.size() == 1 + 3);
  CHECK(get_token(in).error().reason == error_reason::cooling_down);
  for (int caller = 0; caller < 10; ++caller) {
    CHECK_FALSE(call(in, flow_kind::refresh, forced).ok());
  }
  // The fifth failure in a row opens the circuit, which spares the third try.
  CHECK(in.token_requests.size() == 1 + 3 + 2);
}

TEST_CASE("a cool-down is never shorter than the provider asks for [R89]", "[flows]") {
  world in;
  connect_expired(in);
  in.token = [](const http_request&) {
    http_reply reply = json_reply(429, "");
    reply.headers.push_back({"Retry-After", "7200"});
    return reply;
  };
  CHECK_FALSE(get_token(in).ok());
  CHECK(in.token_requests.size() == 2);
  in.now += 7'199'000;
  CHECK_FALSE(get_token(in).ok());
  CHECK(in.token_requests.size() == 2);
}

TEST_CASE("a failing host is left alone by all connections, and probed once [R95] [R96]",
          "[flows]") {
  world in;
  connect_account(in);
  connect_account(in, "user-2");
  const std::string other = R"({"userId":"user-2","provider":"acme"})";
  in.now += past_expiry_ms;
  const auto good = in.token;
  in.token = unavailable;
  CHECK_FALSE(get_token(in).ok());
  CHECK_FALSE(call(in, flow_kind::access_token, other).ok());
  const auto requests = in.token_requests.size();
  CHECK(count_events(in, "circuit.opened") == 1);
  in.token = good;
  connect_account(in, "user-3");
  const std::string third =
      R"({"userId":"user-3","provider":"acme","accountId":"acct-9","force":true})";
  CHECK(call(in, flow_kind::refresh, third).error().code == error_code::circuit_open);
  CHECK(in.token_requests.size() == requests + 1);  // connecting does not go through the circuit

  in.now += 40'000;
  in.token = good;
  run probe(in, flow_kind::access_token, account);
  to_request(probe);
  CHECK(call(in, flow_kind::access_token, other).error().code == error_code::circuit_open);
  CHECK(probe.to_end().ok());
  in.now += 40'000;
  CHECK(call(in, flow_kind::access_token, other).ok());
  CHECK(count_events(in, "circuit.closed") == 1);
}

TEST_CASE("a host that is well costs no row", "[flows]") {
  world in;
  connect_expired(in);
  CHECK(get_token(in).ok());
  for (const auto& [key, stored] : in.rows) CHECK_FALSE(key.starts_with("destination/"));
}

TEST_CASE("a refresh whose holder died is repeated by runDue when its lease ends [R40]",
          "[flows]") {
  world in;
  connect_expired(in);
  {
    run crashed(in, flow_kind::access_token, account);
    to_answer(in, crashed);
  }
  in.forget();
  in.now += lease_over_ms;
  CHECK(run_due(in).ok());
  CHECK(in.token_requests.size() == 3);
  CHECK(token_of(get_token(in)) == "at-3");
}

TEST_CASE("a clock that jumps does not let one instance spend a token twice [R36] [R45]",
          "[flows]") {
  for (const time_ms jump : {time_ms{40'000}, time_ms{1'800'000}, time_ms{-3'600'000}}) {
    world in;
    connect_account(in);
    in.now += past_expiry_ms + 3'600'000;
    run first(in, flow_kind::access_token, account);
    to_request(first);
    in.now += jump;
    run second(in, flow_kind::refresh, forced);
    for (int step = 0; step < 8 && second.pending() != nullptr; ++step) second.step();
    CHECK(in.token_requests.size() == 1);
    CHECK(token_of(first.to_end()) == "at-2");
    CHECK(second.to_end().ok());
    CHECK(in.token_requests.size() == 2);
  }
}

TEST_CASE("a pair is sealed with what was set apart for it, whatever storage does [R41]",
          "[flows]") {
  world in;
  connect_expired(in);
  run flow(in, flow_kind::access_token, account);
  to_answer(in, flow);
  in.service().memory.seals = {};
  in.storage_fails = true;
  CHECK(token_of(flow.to_end()) == "at-2");
  in.storage_fails = false;
  CHECK(run_due(in).ok());
  CHECK(token_of(get_token(in)) == "at-2");
  CHECK(in.token_requests.size() == 2);
}

TEST_CASE("a due row that was moved on without its record is replaced, not worked for ever [R93]",
          "[flows]") {
  world in;
  connect_account(in);
  const std::string own = due_rows(in).front();
  const stored_row moved = in.rows.at(own);
  in.rows.erase(own);
  const time_ms at = std::stoll(own.substr(4, 16)) + 3'600'000;
  in.rows["due/" + std::string(16 - std::to_string(at).size(), '0') + std::to_string(at) +
          own.substr(20)] = moved;
  in.now = at;
  for (int round = 0; round < 3; ++round) CHECK(run_due(in).ok());
  REQUIRE(due_rows(in).size() == 1);
  CHECK(std::stoll(due_rows(in).front().substr(4, 16)) > in.now);
}

TEST_CASE("invalid_grant is believed only after another look at the record [R39]", "[flows]") {
  world in;
  connect_expired(in);
  run stale(in, flow_kind::access_token, account);
  to_request(stale);  // the lease is written, the request waits
  in.now += lease_over_ms;
  in.forget();                               // the sibling is another instance
  CHECK(token_of(get_token(in)) == "at-2");  // a sibling takes over and wins
  in.token = invalid_grant;
  CHECK(token_of(stale.to_end()) == "at-2");
  CHECK(count_events(in, "integration.expired") == 0);
}

TEST_CASE("new tokens that storage does not take are held, used and written later [R41]",
          "[flows]") {
  world in;
  connect_expired(in);
  run flow(in, flow_kind::access_token, account);
  to_answer(in, flow);
  flow.step();
  flow.step();  // up to the commit of the new pair
  in.commits_fail = true;
  CHECK(token_of(flow.to_end()) == "at-2");
  CHECK(token_of(get_token(in)) == "at-2");
  CHECK(in.wakes.back() > in.now);
  CHECK(run_due(in).ok());
  CHECK(in.token_requests.size() == 2);
  in.commits_fail = false;
  CHECK(run_due(in).ok());
  in.forget();
  CHECK(token_of(get_token(in)) == "at-2");
  CHECK(in.token_requests.size() == 2);
}

TEST_CASE("a run of nothing writes what is held, and begins nothing [R41]", "[flows]") {
  world in;
  connect_expired(in);
  const std::string nothing = R"({"limit":0})";
  CHECK(call(in, flow_kind::run_due, nothing).ok());
  CHECK(in.token_requests.size() == 1);
  run flow(in, flow_kind::access_token, account);
  to_answer(in, flow);
  in.commits_fail = true;
  CHECK(token_of(flow.to_end()) == "at-2");
  CHECK(member(call(in, flow_kind::run_due, nothing).value(), "failed") == "1");
  in.commits_fail = false;
  CHECK(member(call(in, flow_kind::run_due, nothing).value(), "failed") == "0");
  CHECK(in.service().memory.held.empty());
}

TEST_CASE("a write whose reply was lost is not taken for a lost race [R41]", "[flows]") {
  world in;
  connect_expired(in);
  run flow(in, flow_kind::access_token, account);
  to_answer(in, flow);
  flow.step();
  flow.step();
  in.replies_lost = 1;
  CHECK(token_of(flow.to_end()) == "at-2");
  CHECK(in.service().memory.held.empty());
  CHECK(in.token_requests.size() == 2);
}

TEST_CASE("other writers of the row cannot starve the token write [R42]", "[flows]") {
  world in;
  connect_expired(in);
  run flow(in, flow_kind::access_token, account);
  int writes = 0;
  while (flow.pending() != nullptr) {
    const bool commits = std::holds_alternative<commit_request>(*flow.pending());
    // Somebody else writes the row before each of the first ten commits of the new pair.
    if (commits && in.token_requests.size() == 2 && writes < 10) {
      in.rows.at(row).version += 1000;
      in.rows.at(row).value = with_metadata(in.rows.at(row).value, ++writes);
    }
    flow.step();
  }
  CHECK(token_of(flow.outcome()) == "at-2");
  CHECK(member(in.rows.at(row).value, "metadata.writes") == "10");
}

TEST_CASE("a disconnect beats a refresh in flight, and the new tokens are revoked [R46]",
          "[flows]") {
  world in;
  connect_expired(in);
  run flow(in, flow_kind::access_token, account);
  to_answer(in, flow);  // the new tokens are here, not yet stored
  CHECK(call(in, flow_kind::disconnect, account).ok());
  const auto before = in.revocation_requests.size();
  CHECK(flow.to_end().error().code == error_code::account_not_found);
  CHECK(run_due(in).ok());
  CHECK(in.revocation_requests.size() == before + 2);
  CHECK(in.revocation_requests.back().body.find("at-2") != std::string::npos);
  CHECK(due_rows(in).empty());
}

TEST_CASE("a token that an API refuses is refreshed once, and a newer one is handed out [R32]",
          "[flows]") {
  world in;
  connect_account(in);
  CHECK(token_of(call(in, flow_kind::access_token, rejecting("at-1"))) == "at-2");
  CHECK(in.token_requests.size() == 2);
  CHECK(token_of(call(in, flow_kind::access_token, rejecting("at-1"))) == "at-2");
  CHECK(token_of(call(in, flow_kind::access_token, rejecting("never-issued"))) == "at-2");
  CHECK(in.token_requests.size() == 2);
}

TEST_CASE("where the provider names no lifetime it is learned from the first refusal [R30]",
          "[flows]") {
  world in;
  in.reconfigured().providers.front().entry.access_lifetime_s.reset();
  in.token = [&](const http_request&) {
    const std::string n = std::to_string(in.token_requests.size());
    return json_reply(
        200, R"({"token_type":"Bearer","refresh_token":"rt","access_token":"at-)" + n + "\"}");
  };
  connect_account(in);
  in.now += 7'200'000;
  CHECK(token_of(get_token(in)) == "at-1");
  CHECK(token_of(call(in, flow_kind::access_token, rejecting("at-1"))) == "at-2");
  const auto answer = get_token(in);
  CHECK(member(answer.value(), "expiresAt") == std::to_string(in.now + 7'200'000));
  CHECK(due_rows(in).size() == 1);
}

TEST_CASE("work that waited through a long stop is spread over the next minutes [R92]", "[flows]") {
  world in;
  connect_account(in);
  const std::string before = due_rows(in).front();
  in.now += 8 * 3'600'000;
  CHECK(run_due(in).ok());
  CHECK(in.token_requests.size() == 1);
  REQUIRE(due_rows(in).size() == 1);
  CHECK(due_rows(in).front() != before);
  const time_ms at = std::stoll(due_rows(in).front().substr(4, 16));
  CHECK(at > in.now);
  CHECK(at <= in.now + 600'001);
  in.now = at;
  CHECK(run_due(in).ok());
  CHECK(in.token_requests.size() == 2);
}

TEST_CASE("the coming end of a refresh token is announced once [R48]", "[flows]") {
  world in;
  in.token = [&](const http_request&) {
    return json_reply(
        200, R"({"access_token":"at","token_type":"Bearer","expires_in":86400)" +
                 std::string(in.token_requests.size() == 1
                                 ? R"(,"refresh_token":"rt","refresh_token_expires_in":2592000})"
                                 : "}"));
  };
  connect_account(in);
  const time_ms start = in.now;
  run_until(in, start + 22 * 86'400'000LL);
  CHECK(count_events(in, "integration.health_changed") == 0);
  run_until(in, start + 29 * 86'400'000LL);
  CHECK(count_events(in, "integration.health_changed") == 1);
  CHECK(member(in.rows.at(row).value, "endNoticeAt") == "null");
}

TEST_CASE("a connection that runs out without a refresh token is announced by runDue", "[flows]") {
  world in;
  in.token = [](const http_request&) {
    return json_reply(200, R"({"access_token":"at","token_type":"Bearer","expires_in":60})");
  };
  connect_account(in);
  in.now += 60'000;
  CHECK(run_due(in).ok());
  CHECK(count_events(in, "integration.expired") == 1);
  CHECK(member(in.rows.at(row).value, "reason") == "token_ran_out");
  CHECK(due_rows(in).empty());
}

TEST_CASE("an authorization whose profile failed is finished by runDue without the browser",
          "[flows]") {
  world in;
  const auto good = in.profile;
  in.profile = unavailable;
  const started_flow started = start_connect(in);
  CHECK(call(in, flow_kind::callback, callback_input(started)).ok());
  REQUIRE(due_rows(in).size() == 1);
  in.now += 11 * 60'000;
  CHECK(run_due(in).ok());
  in.profile = good;
  in.now += 11 * 60'000;
  CHECK(run_due(in).ok());
  CHECK(token_of(get_token(in)) == "at-1");
  CHECK(in.token_requests.size() == 1);
  CHECK(count_events(in, "oauth.completed") == 1);
}

TEST_CASE("tokens that no account can be found for are revoked", "[flows]") {
  world in;
  in.profile = unavailable;
  const started_flow started = start_connect(in);
  CHECK(call(in, flow_kind::callback, callback_input(started)).ok());
  run_until(in, in.now + 23 * 3'600'000);
  CHECK(count_events(in, "oauth.failed") == 1);
  CHECK(in.revocation_requests.size() == 2);
  CHECK(due_rows(in).empty());
}

TEST_CASE("a pause that a clock far ahead has set keeps nobody away [R43] [R45]", "[flows]") {
  for (const time_ms begin : {inside_margin_ms, past_expiry_ms}) {
    world in;
    connect_account(in);
    in.now += begin;
    const auto good = in.token;
    in.token = unavailable;
    in.now += 30 * 86'400'000LL;
    CHECK_FALSE(call(in, flow_kind::refresh, forced).ok());
    in.now -= 30 * 86'400'000LL;
    in.token = good;
    CHECK(token_of(get_token(in)) != "at-1");
    CHECK(member(in.rows.at(row).value, "refreshAfter") == "null");
  }
}

TEST_CASE("a server error may have spent the token, and is the cause that is named then [R40]",
          "[flows]") {
  const auto ends_by = [](const world::answer& trouble) {
    world in;
    connect_expired(in);
    in.token = trouble;
    CHECK_FALSE(get_token(in).ok());
    in.token = invalid_grant;
    in.now += 20 * 60'000;
    return get_token(in).error().reason;
  };
  const auto answers = [](int status, const std::string& body) {
    return [=](const http_request&) { return json_reply(status, body); };
  };
  for (const int status : {500, 502, 503, 504}) {
    CHECK(ends_by(answers(status, "")) == error_reason::lost_rotation);
  }
  CHECK(ends_by(answers(200, "<html>")) == error_reason::lost_rotation);
  CHECK(ends_by(answers(429, "")) == error_reason::grant_revoked);
  CHECK(ends_by(answers(401, "")) == error_reason::grant_revoked);
  CHECK(ends_by([](const http_request&) { return broken(network_kind::timeout, true); }) ==
        error_reason::lost_rotation);
  CHECK(ends_by([](const http_request&) { return broken(network_kind::dns, false); }) ==
        error_reason::grant_revoked);
}

TEST_CASE("who loses the lease gives the seat of the probe back [R96]", "[flows]") {
  world in;
  connect_expired(in);
  const auto good = in.token;
  in.token = unavailable;
  CHECK_FALSE(get_token(in).ok());
  CHECK_FALSE(call(in, flow_kind::refresh, forced).ok());
  CHECK(count_events(in, "circuit.opened") == 1);
  in.token = good;
  in.now += 20 * 60'000;
  run probe(in, flow_kind::access_token, account);
  while (!probe.transcript().back().starts_with("random 12")) probe.step();
  in.rows.at(row).version += 1000;
  CHECK(token_of(probe.to_end()) != "at-1");
  CHECK(count_events(in, "circuit.closed") == 1);
}
