#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "catch.hpp"
#include "world.hpp"

// Pairs that arrive when the connection has moved on, or that there is no room for.

using namespace tenon;
using namespace tenon::tests;

namespace {

constexpr time_ms lease_over_ms = 30'001;

// overtake lets a holder's lease run out; the next caller is another instance.
void overtake(world& in) {
  in.now += lease_over_ms;
  in.forget();
}

std::vector<std::string> revocations(const world& in) {
  std::vector<std::string> jobs;
  for (const std::string& key : due_rows(in)) {
    if (key.find("/revoke/") != std::string::npos) jobs.push_back(in.rows.at(key).value);
  }
  return jobs;
}

}  // namespace

TEST_CASE("the tokens of a holder that was overtaken are kept aside and used when needed [R38]",
          "[flows]") {
  world in;
  connect_expired(in);
  run paused(in, flow_kind::access_token, account);
  to_answer(in, paused);  // has at-2 and rt-2, stored nothing
  overtake(in);
  CHECK(token_of(get_token(in)) == "at-3");
  CHECK(token_of(paused.to_end()) == "at-3");
  // The newer pair turns out to be dead; the older one is not.
  const auto good = in.token;
  in.token = [&](const http_request& request) {
    const bool spare = request.body.find("refresh_token=rt-2") != std::string::npos;
    return spare ? good(request) : invalid_grant(request);
  };
  in.now += past_expiry_ms;
  CHECK(get_token(in).ok());
}

TEST_CASE("a kept token that its provider does not rotate goes on as the refresh token [R38]",
          "[flows]") {
  world in;
  connect_expired(in);
  run paused(in, flow_kind::access_token, account);
  to_answer(in, paused);  // has at-2 and rt-2, stored nothing
  overtake(in);
  CHECK(token_of(get_token(in)) == "at-3");
  CHECK(token_of(paused.to_end()) == "at-3");  // keeps rt-2 aside
  in.token = [&](const http_request& request) {
    const bool spare = request.body.find("refresh_token=rt-2") != std::string::npos;
    if (!spare) return invalid_grant(request);
    return json_reply(200, R"({"access_token":"at-9","token_type":"Bearer","expires_in":3600})");
  };
  in.now += past_expiry_ms;
  CHECK(token_of(get_token(in)) == "at-9");
  in.now += past_expiry_ms;
  CHECK(token_of(get_token(in)) == "at-9");
  CHECK(in.token_requests.back().body.find("refresh_token=rt-2") != std::string::npos);
}

TEST_CASE(
    "a late pair that storage refuses to keep aside does not replace the newer one [R38] [R41]",
    "[flows]") {
  world in;
  connect_expired(in);
  run paused(in, flow_kind::access_token, account);
  to_answer(in, paused);
  in.now += lease_over_ms;
  service_memory sibling;
  std::swap(sibling, in.service().memory);
  CHECK(token_of(get_token(in)) == "at-3");
  std::swap(sibling, in.service().memory);
  while (!std::holds_alternative<commit_request>(*paused.pending())) paused.step();
  paused.step();  // loses the comparison, so it reads the record again
  in.commits_fail = true;
  CHECK(token_of(paused.to_end()) == "at-3");
  in.commits_fail = false;
  CHECK(run_due(in).ok());
  CHECK(token_of(get_token(in)) == "at-3");
  CHECK(in.token_requests.size() == 3);
  // It was kept aside all the same.
  CHECK(member(in.rows.at(row).value, "accessToken") != "");
  CHECK(member(in.rows.at(row).value, "spare.generation") == "2");
}

TEST_CASE("a holder that was overtaken by a failure still brings its tokens in [R38]", "[flows]") {
  world in;
  connect_expired(in);
  run paused(in, flow_kind::access_token, account);
  to_answer(in, paused);
  overtake(in);
  in.token = invalid_grant;  // the token is spent: the provider refuses the second holder
  CHECK(get_token(in).error().reason == error_reason::lost_rotation);
  CHECK(token_of(paused.to_end()) == "at-2");
  CHECK(token_of(get_token(in)) == "at-2");
}

TEST_CASE("of two pairs that come late the older one is revoked, whichever comes first [R38]",
          "[flows]") {
  for (const bool in_order : {true, false}) {
    world in;
    connect_expired(in);
    run first(in, flow_kind::access_token, account);
    to_answer(in, first);
    overtake(in);
    run second(in, flow_kind::access_token, account);
    to_answer(in, second);
    overtake(in);
    CHECK(token_of(get_token(in)) == "at-4");
    CHECK(token_of((in_order ? first : second).to_end()) == "at-4");
    CHECK(revocations(in).empty());
    CHECK(token_of((in_order ? second : first).to_end()) == "at-4");
    CHECK(member(in.rows.at(row).value, "spare.generation") == "3");
    REQUIRE(revocations(in).size() == 1);
    CHECK(member(revocations(in).front(), "generation") == "2");
    CHECK(in.wakes.back() <= in.now);
  }
}

TEST_CASE("a pair from before a new authorization is revoked, not kept aside [R38] [R46]",
          "[flows]") {
  for (const bool disconnected : {true, false}) {
    world in;
    connect_expired(in);
    run paused(in, flow_kind::access_token, account);
    to_answer(in, paused);
    if (disconnected) CHECK(call(in, flow_kind::disconnect, account).ok());
    connect_account(in);
    CHECK(token_of(paused.to_end()) == "at-3");
    CHECK(member(in.rows.at(row).value, "spare.generation") == "(none)");
    CHECK(revocations(in).size() == 1);
  }
}

TEST_CASE("who holds as many pairs as it may starts no further refresh [R41]", "[flows]") {
  world in;
  connect_expired(in);
  std::vector<held_pair>& held = in.service().memory.held;
  held.resize(999);
  held.front().key = "connection/first";
  in.commits_fail = true;
  CHECK_FALSE(get_token(in).ok());  // no lease can be written
  in.commits_fail = false;
  run last(in, flow_kind::access_token, account);
  to_answer(in, last);
  in.commits_fail = true;
  CHECK(token_of(last.to_end()) == "at-2");
  CHECK(held.size() == 1000);
  in.commits_fail = false;

  connect_account(in, "user-2");
  in.now += past_expiry_ms;
  const auto requests = in.token_requests.size();
  const auto answer = call(in, flow_kind::access_token, R"({"userId":"user-2","provider":"acme"})");
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error() == error{error_code::database_error, error_reason::pair_held});
  CHECK(in.token_requests.size() == requests);
  CHECK(held.size() == 1000);
  CHECK(held.front().key == "connection/first");
}
