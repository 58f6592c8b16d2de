#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "catch.hpp"
#include "crypto/sha256.hpp"
#include "encoding/hex.hpp"
#include "world.hpp"

// Events and the audit log: what is told, that it is stored with the change it tells, and that the
// log is a chain which loses nothing.

using namespace tenon;
using namespace tenon::tests;

namespace {

using words = std::vector<std::string>;

// logged gives the types of the log's events in order, and checks the chain.
words logged(const world& in) {
  words types;
  std::string previous(64, '0');
  for (const std::string& key : rows_under(in, "audit/")) {
    const std::string& text = in.rows.at(key).value;
    types.push_back(member(text, "event.type"));
    CHECK(member(text, "v") == "1");
    CHECK(member(text, "seq") == std::to_string(types.size()));
    CHECK(member(text, "previous") == previous);
    previous = encode_hex(sha256::of(as_bytes(text)));
  }
  const auto head = in.rows.find("audit-head");
  if (head != in.rows.end()) CHECK(member(head->second.value, "hash") == previous);
  std::sort(types.begin(), types.end());
  return types;
}

std::string event_of(const world& in, std::string_view type) {
  for (const std::string& event : in.events) {
    if (member(event, "type") == type) return event;
  }
  return "";
}

// steps_until runs a flow up to the effect whose line begins like this.
void steps_until(run& flow, const std::string& line) {
  while (flow.pending() != nullptr && !flow.transcript().back().starts_with(line)) flow.step();
}

}  // namespace

TEST_CASE("every event has an id of its own, and says how long the work took [R109]", "[flows]") {
  world in;
  connect_account(in);
  for (int count = 0; count < 50; ++count) (void)call(in, flow_kind::refresh, forced);
  std::set<std::string> ids;
  for (const std::string& event : in.events) {
    const std::string id = member(event, "id");
    CHECK(id.size() == 16);
    CHECK(id.find_first_not_of("0123456789abcdef") == std::string::npos);
    ids.insert(id);
    CHECK(member(event, "durationMs") == "0");
  }
  CHECK(ids.size() == in.events.size());
}

TEST_CASE("events of a refresh say how many requests it took and how long", "[flows]") {
  world in;
  connect_account(in);
  const auto good = in.token;
  int failures = 2;
  in.token = [&](const http_request& request) {
    in.now += 100;
    return failures-- > 0 ? json_reply(503, "") : good(request);
  };
  const time_ms began = in.now;
  CHECK(call(in, flow_kind::refresh, forced).ok());
  CHECK(member(event_of(in, "integration.refreshed"), "attempts") == "3");
  CHECK(member(event_of(in, "integration.refreshed"), "durationMs") ==
        std::to_string(in.now - began));
  in.token = [](const http_request&) { return json_reply(400, R"({"error":"invalid_grant"})"); };
  CHECK_FALSE(call(in, flow_kind::refresh, forced).ok());
  CHECK(member(event_of(in, "integration.expired"), "attempts") == "1");
}

TEST_CASE("the life of a connection stands in the log, and the log is a chain [R109]", "[flows]") {
  world in;
  connect_account(in);
  CHECK(call(in, flow_kind::refresh, forced).ok());
  in.profile = [](const http_request&) { return json_reply(403, "{}"); };
  CHECK(call(in, flow_kind::check_health, account).ok());
  in.now += 3'600'001;
  in.token = [](const http_request&) { return json_reply(500, ""); };
  CHECK_FALSE(call(in, flow_kind::access_token, account).ok());
  in.now += 3'600'000;
  in.token = [](const http_request&) { return json_reply(400, R"({"error":"invalid_grant"})"); };
  CHECK_FALSE(call(in, flow_kind::access_token, account).ok());
  CHECK(call(in, flow_kind::disconnect, account).ok());
  CHECK(logged(in) == words{"integration.connected", "integration.disconnected",
                            "integration.error", "integration.expired",
                            "integration.health_changed", "integration.refreshed",
                            "oauth.completed"});
  CHECK(rows_under(in, "event/").empty());
}

TEST_CASE("only what changed an authorization is logged, not what an outsider sends", "[flows]") {
  world in;
  const started_flow started = start_connect(in);
  started_flow foreign = started;
  foreign.cookie_header = "";
  CHECK_FALSE(call(in, flow_kind::callback, callback_input(foreign)).ok());
  CHECK(event_of(in, "oauth.failed") != "");
  CHECK(logged(in).empty());
  CHECK(call(in, flow_kind::callback, callback_input(started, "error=access_denied")).ok());
  CHECK(logged(in) == words{"oauth.failed"});
}

TEST_CASE("a crash loses neither the change nor its event, whenever it comes [R40]", "[flows]") {
  for (int crash_at = 1;; ++crash_at) {
    world in;
    const std::string input = callback_input(start_connect(in));
    bool finished = false;
    {
      run flow(in, flow_kind::callback, input);
      for (int step = 0; step < crash_at && flow.pending() != nullptr; ++step) flow.step();
      finished = flow.pending() == nullptr;
    }
    in.forget();
    const bool connected = !rows_under(in, "connection/").empty();
    CHECK(call(in, flow_kind::run_due, "{}").ok());
    const words types = logged(in);
    CHECK((std::count(types.begin(), types.end(), "integration.connected") == 1) == connected);
    CHECK(rows_under(in, "event/").empty());
    if (finished) break;
  }
}

TEST_CASE("flows that link at the same time lose no event and log none twice", "[flows]") {
  world in;
  connect_account(in);
  for (int order = 0; order < 4; ++order) {
    run first(in, flow_kind::refresh, forced);
    steps_until(first, "list event");
    run second(in, flow_kind::refresh, forced);
    steps_until(second, "list event");
    if (order % 2 == 1) first.step();
    if (order / 2 == 1) second.step();
    CHECK(second.to_end().ok());
    CHECK(first.to_end().ok());
  }
  CHECK(call(in, flow_kind::run_due, "{}").ok());
  CHECK(logged(in).size() == 2 + 8);
  CHECK(rows_under(in, "event/").empty());
}

TEST_CASE("a log that cannot be written to fails no flow and costs three operations", "[flows]") {
  world in;
  connect_account(in);
  for (const std::string& at : {"list event", "get audit-head", "commit -event"}) {
    run flow(in, flow_kind::refresh, forced);
    steps_until(flow, at);
    const auto before = flow.transcript().size();
    in.storage_fails = true;
    CHECK(flow.to_end().ok());
    CHECK(flow.transcript().size() == before);
    in.storage_fails = false;
  }
  CHECK(rows_under(in, "event/").size() == 3);
  run flow(in, flow_kind::refresh, forced);
  CHECK(flow.to_end().ok());
  const words& lines = flow.transcript();
  CHECK(words(lines.end() - 4, lines.end()) ==
        words{"commit -due due connection event", "list event", "get audit-head",
              "commit -event audit -event audit -event audit -event audit audit-head"});
  CHECK(logged(in).size() == 2 + 4);
}

TEST_CASE("a token does not wait for the log, which runDue writes behind it", "[flows]") {
  world in;
  connect_account(in);
  in.now += 3'600'001;
  run flow(in, flow_kind::access_token, account);
  CHECK(member(flow.to_end().value(), "accessToken") == "at-2");
  CHECK(flow.transcript().back() == "open");
  CHECK(rows_under(in, "event/").size() == 1);
  CHECK(in.wakes.back() == in.now + 60'000);
  CHECK(call(in, flow_kind::run_due, "{}").ok());
  CHECK(rows_under(in, "event/").empty());
  CHECK(logged(in).size() == 3);
}

TEST_CASE("a log whose head was taken away is not written over", "[flows]") {
  world in;
  connect_account(in);
  const std::string first = in.rows.at(rows_under(in, "audit/").front()).value;
  in.rows.erase("audit-head");
  CHECK(call(in, flow_kind::refresh, forced).ok());
  CHECK(in.rows.at(rows_under(in, "audit/").front()).value == first);
  CHECK(rows_under(in, "event/").size() == 1);
}

TEST_CASE("each run links 20 events at most", "[flows]") {
  world in;
  for (int user = 0; user < 15; ++user) {
    run flow(in, flow_kind::callback,
             callback_input(start_connect(in, "user-" + std::to_string(user))));
    steps_until(flow, "list event");
  }
  CHECK(rows_under(in, "event/").size() == 30);
  CHECK(call(in, flow_kind::run_due, "{}").ok());
  CHECK(rows_under(in, "event/").size() == 10);
  CHECK(call(in, flow_kind::run_due, "{}").ok());
  CHECK(logged(in).size() == 30);
}

TEST_CASE("the log is listed in pages, of one organization or of all", "[flows]") {
  world in;
  connect_account(in);
  for (int count = 0; count < 3; ++count) CHECK(call(in, flow_kind::refresh, forced).ok());
  const auto page = [&](const std::string& input) {
    const auto answer = call(in, flow_kind::list_audit, input);
    REQUIRE(answer.ok());
    return answer.value();
  };
  const std::string first = page(R"({"limit":2})");
  CHECK(member(first, "entries[1].seq") == "2");
  CHECK(member(first, "nextCursor") == "2");
  CHECK(member(first, "head.seq") == "5");
  const std::string rest = page(R"({"after":2})");
  CHECK(member(rest, "entries[0].seq") == "3");
  CHECK(member(rest, "entries[2].seq") == "5");
  CHECK(member(rest, "nextCursor") == "null");
  const std::string text = member(rest, "entries[2].text");
  CHECK(member(rest, "head.hash") == encode_hex(sha256::of(as_bytes(text))));
  CHECK(member(page(R"({"organizationId":"other"})"), "entries") == "[]");
  CHECK(member(page(R"({"organizationId":"other","all":true})"), "entries[4].seq") == "5");
  for (const std::string bad : {R"({"limit":0})", R"({"limit":201})", R"({"after":-1})"}) {
    CHECK(call(in, flow_kind::list_audit, bad).error().code == error_code::validation_error);
  }
}
