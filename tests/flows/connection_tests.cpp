#include <string>

#include "catch.hpp"
#include "world.hpp"

using namespace tenon;
using namespace tenon::tests;

namespace {

void connect_as(world& in, const std::string& id) {
  in.profile = [id](const http_request&) { return json_reply(200, R"({"sub":")" + id + "\"}"); };
  connect_account(in);
}

std::string listed(world& in, const std::string& more, std::string_view path) {
  const auto answer = call(in, flow_kind::list, R"({"userId":"user-1")" + more + "}");
  REQUIRE(answer.ok());
  return member(answer.value(), path);
}

bool holds(const world& in, std::string_view prefix) {
  const auto row = in.rows.lower_bound(std::string(prefix));
  return row != in.rows.end() && row->first.starts_with(prefix);
}

}  // namespace

TEST_CASE("a list is paged by a cursor and summed up as a whole", "[flows]") {
  world in;
  for (const char* id : {"a", "b", "c"}) connect_as(in, id);
  CHECK(listed(in, "", "summary.total") == "3");
  CHECK(listed(in, "", "summary.byProvider.acme") == "3");
  CHECK(listed(in, "", "summary.multiAccountProviders[0]") == "acme");
  CHECK(listed(in, "", "nextCursor") == "null");
  const std::string cursor = listed(in, R"(,"limit":2)", "nextCursor");
  CHECK(listed(in, R"(,"limit":2)", "connections[1].providerAccountId") == "b");
  const std::string rest = R"(,"limit":2,"cursor":")" + cursor + "\"";
  CHECK(listed(in, rest, "connections[0].providerAccountId") == "c");
  CHECK(listed(in, rest, "nextCursor") == "null");
}

TEST_CASE("a list's limits hold and a broken cursor is refused", "[flows]") {
  world in;
  const auto list = [&](const std::string& more) {
    return call(in, flow_kind::list, R"({"userId":"user-1")" + more + "}");
  };
  CHECK(list(R"(,"limit":200)").ok());
  CHECK(list(R"(,"limit":201)").error().code == error_code::validation_error);
  CHECK(list(R"(,"limit":0)").error().code == error_code::validation_error);
  CHECK(list(R"(,"cursor":"!")").error().code == error_code::validation_error);
  CHECK(list(R"(,"provider":"nobody")").error().code == error_code::invalid_provider);
}

TEST_CASE("a list of more rows than one read takes all of them", "[flows]") {
  world in;
  connect_as(in, "m");
  const stored_row row = in.rows.at("connection/default/user-1/acme/m");
  for (int each = 0; each < 450; ++each) {
    in.rows["connection/default/user-1/acme/x" + std::to_string(1000 + each)] = row;
  }
  CHECK(listed(in, "", "summary.total") == "451");
}

TEST_CASE("nobody sees or touches another user's or organization's connections [R107]", "[flows]") {
  world in;
  connect_account(in);
  CHECK(listed(in, R"(,"organizationId":"other")", "summary.total") == "0");
  const std::string id = listed(in, "", "connections[0].id");
  const auto read = [&](const std::string& more) {
    return call(in, flow_kind::read, R"({"connectionId":")" + id + "\"" + more + "}");
  };
  CHECK(read("").ok());
  CHECK(read(R"(,"userId":"user-2")").error().code == error_code::integration_not_found);
  CHECK(read(R"(,"organizationId":"other")").error().code == error_code::integration_not_found);
  CHECK(call(in, flow_kind::access_token,
             R"({"userId":"user-2","provider":"acme","accountId":"acct-9"})")
            .error()
            .code == error_code::account_not_found);
}

TEST_CASE("a name cannot reach into another user's range of keys [R107]", "[flows]") {
  world in;
  connect_account(in, "a/b");
  CHECK(call(in, flow_kind::list, R"({"userId":"a"})").ok());
  const auto a = call(in, flow_kind::list, R"({"userId":"a"})");
  CHECK(member(a.value(), "summary.total") == "0");
  const auto whole = call(in, flow_kind::list, R"({"userId":"a/b"})");
  CHECK(member(whole.value(), "summary.total") == "1");
}

TEST_CASE("an account that several users hold needs the user's name", "[flows]") {
  world in;
  connect_account(in, "user-1");
  const std::string nameless = R"({"provider":"acme","accountId":"acct-9"})";
  CHECK(call(in, flow_kind::read, nameless).ok());
  connect_account(in, "user-2");
  CHECK(call(in, flow_kind::read, nameless).error().code == error_code::conflict);
  CHECK(call(in, flow_kind::read, R"({"provider":"acme"})").error().code ==
        error_code::validation_error);
}

TEST_CASE("disconnecting makes the tokens unusable at once and revokes both [R33]", "[flows]") {
  world in;
  connect_account(in);
  const auto answer = call(in, flow_kind::disconnect, account);
  REQUIRE(answer.ok());
  CHECK(member(answer.value(), "revocation") == "done");
  REQUIRE(in.revocation_requests.size() == 2);
  CHECK(in.revocation_requests[0].body.find("token=rt-1") != std::string::npos);
  CHECK(in.revocation_requests[1].body.find("token=at-1") != std::string::npos);
  CHECK_FALSE(holds(in, "due/"));
  CHECK(call(in, flow_kind::access_token, account).error().code == error_code::account_not_found);
  CHECK(call(in, flow_kind::disconnect, account).error().code == error_code::account_not_found);
  CHECK(listed(in, "", "summary.total") == "0");
  CHECK(listed(in, R"(,"status":"disconnected")", "connections[0].status") == "disconnected");
}

TEST_CASE("a revocation that fails three times is done by the fourth [R33]", "[flows]") {
  world in;
  connect_account(in);
  in.revocation = [](const http_request&) { return json_reply(503, ""); };
  const auto answer = call(in, flow_kind::disconnect, account);
  CHECK(member(answer.value(), "revocation") == "queued");
  CHECK(call(in, flow_kind::access_token, account).error().code == error_code::account_not_found);
  REQUIRE_FALSE(in.wakes.empty());
  for (int failing = 0; failing < 2; ++failing) {
    in.now = in.wakes.back();
    const auto ran = call(in, flow_kind::run_due, "{}");
    CHECK(member(ran.value(), "failed") == "1");
    CHECK(holds(in, "due/"));
  }
  in.revocation = [](const http_request&) { return json_reply(200, ""); };
  in.now = in.wakes.back();
  const auto ran = call(in, flow_kind::run_due, "{}");
  CHECK(member(ran.value(), "done") == "1");
  CHECK(member(ran.value(), "next") == "null");
  CHECK_FALSE(holds(in, "due/"));
}

TEST_CASE("a provider that ends the whole grant with one token has nothing left to revoke [R33]",
          "[flows]") {
  world in;
  connect_account(in);
  in.revocation = [&](const http_request&) {
    return in.revocation_requests.size() == 1 ? json_reply(200, "")
                                              : json_reply(400, R"({"error":"invalid_token"})");
  };
  const auto answer = call(in, flow_kind::disconnect, account);
  CHECK(member(answer.value(), "revocation") == "done");
  CHECK_FALSE(holds(in, "due/"));
}

TEST_CASE("a revocation that waits lets a new connection of the account live", "[flows]") {
  world in;
  connect_account(in);
  in.revocation = [](const http_request&) { return json_reply(503, ""); };
  CHECK(call(in, flow_kind::disconnect, account).ok());
  connect_account(in);
  const auto before = in.revocation_requests.size();
  in.now += 60'001;
  CHECK(call(in, flow_kind::run_due, "{}").ok());
  CHECK(in.revocation_requests.size() == before);
  for (const auto& [key, stored] : in.rows) CHECK(key.find("/revoke/") == std::string::npos);
}

TEST_CASE("a disconnected account does not stand in the way of another", "[flows]") {
  world in;
  connect_as(in, "old");
  CHECK(
      call(in, flow_kind::disconnect, R"({"userId":"user-1","provider":"acme","accountId":"old"})")
          .ok());
  connect_as(in, "new");
  const auto answer = call(in, flow_kind::access_token, R"({"userId":"user-1","provider":"acme"})");
  CHECK(answer.ok());
  connect_as(in, "third");
  CHECK(
      call(in, flow_kind::access_token, R"({"userId":"user-1","provider":"acme"})").error().code ==
      error_code::conflict);
}

TEST_CASE("a disconnected connection is forgotten after thirty days", "[flows]") {
  world in;
  connect_account(in);
  const std::string id = listed(in, "", "connections[0].id");
  CHECK(call(in, flow_kind::disconnect, account).ok());
  in.now += 30LL * 24 * 3'600'000;
  CHECK(listed(in, R"(,"status":"disconnected")", "connections[0].id") == "(none)");
  connect_account(in);
  CHECK(listed(in, "", "connections[0].id") != id);
}

TEST_CASE("a crash at any step of a disconnect still ends in a revocation [R33]", "[flows]") {
  for (int steps = 2; steps < 8; ++steps) {
    world in;
    connect_account(in);
    {
      run crashed(in, flow_kind::disconnect, account);
      for (int step = 0; step < steps && crashed.pending() != nullptr; ++step) crashed.step();
    }
    CHECK(call(in, flow_kind::access_token, account).error().code == error_code::account_not_found);
    in.now += 60'001;
    CHECK(call(in, flow_kind::run_due, "{}").ok());
    CHECK(in.revocation_requests.size() >= 2);
    CHECK_FALSE(holds(in, "due/"));
  }
}

TEST_CASE("a disconnect beats a refresh in flight [R46]", "[flows]") {
  for (int head_start = 0; head_start < 8; ++head_start) {
    world in;
    connect_account(in);
    in.now += 3'600'001;
    run refreshing(in, flow_kind::access_token, account);
    for (int step = 0; step < head_start && refreshing.pending() != nullptr; ++step) {
      refreshing.step();
    }
    CHECK(call(in, flow_kind::disconnect, account).ok());
    static_cast<void>(refreshing.to_end());
    CHECK(call(in, flow_kind::access_token, account).error().code == error_code::account_not_found);
    CHECK(listed(in, "", "summary.total") == "0");
  }
}

TEST_CASE("work that cannot be done is moved aside, not lost", "[flows]") {
  world in;
  in.rows["due/0000000000000001/revoke/x"] = {"not a record", 1, std::nullopt};
  in.rows["due/0000000000000001/unknown/y"] = {"{}", 2, std::nullopt};
  const auto ran = call(in, flow_kind::run_due, "{}");
  CHECK(member(ran.value(), "failed") == "2");
  CHECK(in.rows.size() == 2);
  CHECK(member(ran.value(), "next") == std::to_string(in.now + 3'600'000));
  const auto later = call(in, flow_kind::run_due, "{}");
  CHECK(member(later.value(), "failed") == "0");
}

TEST_CASE("a record of a newer version is neither half read nor overwritten", "[flows]") {
  world in;
  connect_account(in);
  std::string& value = in.rows.at("connection/default/user-1/acme/acct-9").value;
  value.replace(value.find("\"v\":1"), 5, "\"v\":2");
  const auto answer = call(in, flow_kind::access_token, account);
  CHECK(answer.error().code == error_code::database_error);
  CHECK(answer.error().reason == error_reason::record_unreadable);
  CHECK(listed(in, "", "summary.total") == "0");
}
