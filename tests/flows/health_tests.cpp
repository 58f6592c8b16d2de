#include <string>
#include <vector>

#include "catch.hpp"
#include "world.hpp"

// Health: what a check finds, what it changes, and when it is made without being asked for.

using namespace tenon;
using namespace tenon::tests;

namespace {

std::string check(world& in) {
  const auto answer = call(in, flow_kind::check_health, account);
  REQUIRE(answer.ok());
  return answer.value();
}

std::vector<std::string> verdict(const std::string& report) {
  return {member(report, "healthy"), member(report, "status"), member(report, "reason"),
          member(report, "nextAction")};
}
using words = std::vector<std::string>;

std::vector<std::string> changes(const world& in) {
  std::vector<std::string> reasons;
  for (const std::string& event : in.events) {
    if (member(event, "type") == "integration.health_changed") {
      reasons.push_back(member(event, "reason"));
    }
  }
  return reasons;
}

world::answer answering(int status, std::string header = "", std::string value = "") {
  return [=](const http_request&) {
    http_reply reply = json_reply(status, "{}");
    if (!header.empty()) reply.headers.push_back({header, value});
    return reply;
  };
}

// bare makes a provider that gives neither a refresh token nor a lifetime.
void bare(world& in) {
  in.reconfigured().providers[0].entry.access_lifetime_s.reset();
  in.token = [](const http_request&) {
    return json_reply(200, R"({"access_token":"at-1","token_type":"Bearer"})");
  };
}

// profile_calls counts what the provider's API is asked.
struct profile_calls {
  explicit profile_calls(world& in) {
    in.profile = [this, good = in.profile](const http_request& request) {
      tokens.push_back(request.headers.back().value);
      return next ? next(request) : good(request);
    };
  }
  std::vector<std::string> tokens;
  world::answer next;
};

}  // namespace

TEST_CASE("a connection that works is healthy, and one commit notes it", "[flows]") {
  world in;
  connect_account(in);
  run flow(in, flow_kind::check_health, account);
  const auto report = flow.to_end();
  REQUIRE(report.ok());
  CHECK(verdict(report.value()) == words{"true", "connected", "null", "none"});
  CHECK(member(report.value(), "lastCheckedAt") == std::to_string(in.now));
  CHECK(member(report.value(), "errorRate") == "0.000");
  CHECK(member(report.value(), "consecutiveFailures") == "0");
  CHECK(member(report.value(), "predictedExpiry.accessToken") ==
        std::to_string(in.now + 3'600'000));
  CHECK(member(report.value(), "history[0].ok") == "true");
  CHECK(flow.transcript() == words{"get connection", "open",
                                   "fetch GET https://api.acme.example/me", "get health",
                                   "commit connection health"});
  CHECK(changes(in).empty());
}

TEST_CASE("a refused token is replaced once and tried once more [R32]", "[flows]") {
  world in;
  connect_account(in);
  profile_calls calls(in);
  calls.next = answering(401);
  CHECK(verdict(check(in)) == words{"false", "error", "access_refused", "reconnect"});
  CHECK(calls.tokens == words{"Bearer at-1", "Bearer at-2"});
  CHECK(in.token_requests.size() == 2);
  CHECK(changes(in) == words{"access_refused"});

  calls.next = [&](const http_request& request) {
    const bool old = request.headers.back().value == "Bearer at-2";
    return old ? json_reply(401, "{}") : json_reply(200, R"({"sub":"acct-9"})");
  };
  CHECK(verdict(check(in)) == words{"true", "connected", "null", "none"});
  CHECK(changes(in) == words{"access_refused", "(none)"});
}

TEST_CASE("a check that leads to the end of the grant says why it ended", "[flows]") {
  world in;
  connect_account(in);
  in.profile = answering(401);
  in.token = [](const http_request&) { return json_reply(400, R"({"error":"invalid_grant"})"); };
  CHECK(verdict(check(in)) == words{"false", "expired", "grant_revoked", "reconnect"});
  const auto requests = in.token_requests.size();
  CHECK(verdict(check(in)) == words{"false", "expired", "grant_revoked", "reconnect"});
  CHECK(in.token_requests.size() == requests);
  CHECK(changes(in) == words{"grant_revoked"});
}

TEST_CASE("what a provider answers decides what a person should do", "[flows]") {
  struct expectation {
    world::answer profile;
    words verdict;
  };
  const std::string challenge = R"(Bearer error="insufficient_scope")";
  const std::vector<expectation> table = {
      {answering(403), {"false", "error", "access_forbidden", "check_provider"}},
      {answering(403, "WWW-Authenticate", challenge),
       {"false", "error", "scope_missing", "reconnect"}},
      {answering(403, "Retry-After", "60"), {"false", "connected", "provider_unavailable", "wait"}},
      {answering(403, "X-RateLimit-Remaining", "0"),
       {"false", "connected", "provider_unavailable", "wait"}},
      {answering(429), {"false", "connected", "provider_unavailable", "wait"}},
      {answering(500), {"false", "connected", "provider_unavailable", "wait"}},
      {[](const http_request&) { return broken(network_kind::timeout, true); },
       {"false", "connected", "provider_unavailable", "wait"}},
      {answering(404), {"false", "connected", "profile_failed", "check_provider"}},
      {answering(200), {"false", "connected", "profile_failed", "check_provider"}},
      {[](const http_request&) { return json_reply(200, R"({"sub":"acct-8"})"); },
       {"false", "error", "account_changed", "reconnect"}},
  };
  for (const expectation& expected : table) {
    world in;
    connect_account(in);
    in.profile = expected.profile;
    CHECK(verdict(check(in)) == expected.verdict);
    CHECK(in.token_requests.size() == 1);
    CHECK(changes(in) == words{expected.verdict[2]});
  }
}

TEST_CASE("a broken connection keeps its care, and only a good check mends it", "[flows]") {
  world in;
  connect_account(in);
  const auto good = in.profile;
  in.profile = answering(403);
  check(in);
  in.now += 3'590'000;
  CHECK(call(in, flow_kind::refresh, account).ok());
  CHECK(in.token_requests.size() == 2);
  CHECK(member(in.rows[row].value, "status") == "error");
  CHECK(due_rows(in).size() == 1);
  in.profile = good;
  CHECK(verdict(check(in)) == words{"true", "connected", "null", "none"});
}

TEST_CASE("a finding about tokens that were replaced meanwhile breaks nothing", "[flows]") {
  world in;
  connect_account(in);
  in.profile = answering(403);
  run paused(in, flow_kind::check_health, account);
  while (paused.transcript().back() != "get health") paused.step();
  CHECK(call(in, flow_kind::refresh, R"({"userId":"user-1","provider":"acme","force":true})").ok());
  CHECK(member(paused.to_end().value(), "status") == "connected");
  CHECK(member(in.rows[row].value, "generation") == "2");
}

TEST_CASE("the history keeps the last 20 checks and the rate counts those of a day", "[flows]") {
  world in;
  connect_account(in);
  bool works = true;
  const auto good = in.profile;
  in.profile = [&](const http_request& request) {
    return works ? good(request) : json_reply(503, "");
  };
  std::string report;
  for (int count = 0; count < 24; ++count) {
    works = count % 4 != 3;
    report = check(in);
    in.now += 60'000;
  }
  CHECK(member(report, "errorRate") == "0.250");
  CHECK(member(report, "consecutiveFailures") == "1");
  CHECK(member(report, "history[19].failure") == "provider_unavailable");
  CHECK(member(report, "history[19].ok") == "false");
  CHECK(member(report, "history[20]") == "(none)");
  CHECK(changes(in).size() == 11);
  in.now += 24 * 3'600'000;
  works = false;
  in.token = answering(503);
  CHECK(member(check(in), "errorRate") == "1");
}

TEST_CASE("an outage of the token endpoint is a matter of waiting, a refused client is ours",
          "[flows]") {
  world in;
  connect_account(in);
  in.now += 3'600'001;
  in.token = answering(503);
  CHECK(verdict(check(in))[3] == "wait");
  in.now += 3'600'000;
  in.token = [](const http_request&) { return json_reply(401, R"({"error":"invalid_client"})"); };
  CHECK(verdict(check(in)) ==
        words{"false", "connected", "token_client_refused", "check_configuration"});
}

TEST_CASE("a connection that nothing else touches is checked once a day", "[flows]") {
  world in;
  bare(in);
  connect_account(in);
  profile_calls calls(in);
  CHECK(run_until(in, in.now + 10 * 24 * 3'600'000LL) <= 20);
  CHECK(calls.tokens.size() >= 8);
  CHECK(calls.tokens.size() <= 10);
  CHECK(due_rows(in).size() == 1);
}

TEST_CASE("after a bad check the next ones come sooner, then ever later", "[flows]") {
  world in;
  bare(in);
  connect_account(in);
  profile_calls calls(in);
  calls.next = answering(503);
  run_until(in, in.now + 3 * 24 * 3'600'000LL);
  // 24 h, then 1, 2, 4, 8, 16 h later, each up to an eighth longer.
  CHECK(calls.tokens.size() == 6);
}

TEST_CASE("a connection that is refreshed anyway, or whose checks are off, is not checked",
          "[flows]") {
  for (const bool off : {false, true}) {
    world in;
    if (off) bare(in);
    if (off) in.reconfigured().health_every_ms = 0;
    connect_account(in);
    profile_calls calls(in);
    run_until(in, in.now + 3 * 24 * 3'600'000LL);
    CHECK(calls.tokens.empty());
    CHECK(due_rows(in).size() == (off ? 0 : 1));
  }
}

TEST_CASE("a storage that fails is an error of the check and no finding", "[flows]") {
  world in;
  connect_account(in);
  in.commits_fail = true;
  CHECK(call(in, flow_kind::check_health, account).error().code == error_code::database_error);
  in.commits_fail = false;
  CHECK(member(check(in), "history[1]") == "(none)");
}

TEST_CASE("nobody checks another organization's connection, or one that is gone [R106]",
          "[flows]") {
  world in;
  const std::string answer = connect_account(in);
  const std::string id = member(answer, "connection.id");
  const auto foreign = call(in, flow_kind::check_health,
                            R"({"organizationId":"other","connectionId":")" + id + "\"}");
  CHECK(foreign.error().code == error_code::integration_not_found);
  CHECK(call(in, flow_kind::disconnect, account).ok());
  const auto gone = call(in, flow_kind::check_health, R"({"connectionId":")" + id + "\"}");
  CHECK(gone.error().code == error_code::account_not_found);
}
