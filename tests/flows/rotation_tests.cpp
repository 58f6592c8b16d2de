#include <string>

#include "catch.hpp"
#include "world.hpp"

using namespace tenon;
using namespace tenon::tests;

namespace {

// use_ring makes the deployment's ring these keys, as a restart with another configuration does.
void use_ring(world& in, const std::vector<std::uint32_t>& ids) {
  auto& keys = in.reconfigured().state_keys;
  keys.clear();
  for (const std::uint32_t id : ids) {
    keys.push_back({id, hmac_key(hash_kind::sha256, byte_string(32, 1))});
  }
  in.forget();
  in.service().memory.seals.key_id = ids.front();
}

// restart makes an instance that has taken no block of seals yet.
void restart(world& in) { in.service().memory = {}; }

std::string rotate(world& in, const std::string& input = "{}") {
  const auto answer = call(in, flow_kind::rotate_keys, input);
  REQUIRE(answer.ok());
  return answer.value();
}

// rotate_all walks to the end and gives the sum of one counter.
std::int64_t rotate_all(world& in, const std::string& counter, const std::string& limit = "100") {
  std::int64_t sum = 0;
  std::string cursor;
  do {
    const std::string page =
        rotate(in, R"({"limit":)" + limit + R"(,"cursor":")" + cursor + R"("})");
    sum += std::stoll(member(page, counter));
    cursor = member(page, "nextCursor");
  } while (cursor != "null");
  return sum;
}

// holders counts stored texts under a key.
int holders(const world& in, const std::string& id) {
  int found = 0;
  for (const auto& [key, stored] : in.rows) {
    const std::string mark = "\"t1." + id + ".";
    for (auto at = stored.value.find(mark); at != std::string::npos;
         at = stored.value.find(mark, at + 1)) {
      ++found;
    }
  }
  return found;
}

}  // namespace

TEST_CASE("rotation seals every kind of row anew and changes nothing else [R52]", "[flows]") {
  world in;
  use_ring(in, {1, 2});
  connect_account(in);
  const started_flow open = start_connect(in, "user-2");
  in.revocation = [](const http_request&) { return json_reply(503, ""); };
  connect_account(in, "user-3");
  REQUIRE(call(in, flow_kind::disconnect, R"({"userId":"user-3","provider":"acme"})").ok());
  const auto before = in.rows;
  REQUIRE(holders(in, "1") == 5);

  use_ring(in, {2, 1});
  CHECK(rotate_all(in, "resealed") == 3);
  CHECK(holders(in, "1") == 0);
  CHECK(holders(in, "2") == 5);
  for (const auto& [key, stored] : in.rows) {
    if (key.starts_with("audit")) continue;
    CHECK(stored.expires_at == before.at(key).expires_at);
    CHECK(stored.value.size() == before.at(key).value.size());
  }
  CHECK(in.events.back().find(R"("type":"key.rotated")") != std::string::npos);

  CHECK(call(in, flow_kind::callback, callback_input(open)).ok());
  use_ring(in, {2});
  CHECK(member(call(in, flow_kind::access_token, account).value(), "accessToken") == "at-1");
  in.revocation = [](const http_request&) { return json_reply(200, ""); };
  in.now += 2 * minute_ms;
  CHECK(member(call(in, flow_kind::run_due, "{}").value(), "done") == "1");
  CHECK(in.revocation_requests.back().body.find("token=at-") != std::string::npos);
}

TEST_CASE("a rotation that has nothing to do writes nothing [R52]", "[flows]") {
  world in;
  connect_account(in);
  run flow(in, flow_kind::rotate_keys, "{}");
  REQUIRE(flow.to_end().ok());
  CHECK(flow.transcript() == std::vector<std::string>{"list connection"});
}

TEST_CASE("a rotation goes page by page through all rows [R52]", "[flows]") {
  world in;
  use_ring(in, {1, 2});
  for (const char* user : {"user-1", "user-2", "user-3"}) connect_account(in, user);
  use_ring(in, {2, 1});
  const std::string first = rotate(in, R"({"limit":2})");
  CHECK(member(first, "scanned") == "2");
  CHECK(member(first, "resealed") == "2");
  CHECK(member(first, "remaining") == "{}");
  CHECK(rotate_all(in, "resealed", "1") == 1);
  CHECK(holders(in, "1") == 0);
}

TEST_CASE("a rotation never overwrites what others store meanwhile [R52] [R42]", "[flows]") {
  world in;
  use_ring(in, {1, 2});
  connect_account(in);
  use_ring(in, {2, 1});
  run rotation(in, flow_kind::rotate_keys, "{}");
  while (rotation.transcript().back() != "commit connection") rotation.step();
  in.now += past_expiry_ms;
  REQUIRE(call(in, flow_kind::access_token, account).ok());
  const auto answer = rotation.to_end();
  REQUIRE(answer.ok());
  CHECK(member(answer.value(), "resealed") == "0");
  CHECK(member(answer.value(), "remaining") == "{}");
  CHECK(member(in.rows.at(row).value, "generation") == "2");
  CHECK(member(call(in, flow_kind::access_token, account).value(), "accessToken") == "at-2");
}

TEST_CASE("a row that keeps changing is told, and left to the next walk [R52]", "[flows]") {
  world in;
  use_ring(in, {1, 2});
  connect_account(in);
  use_ring(in, {2, 1});
  run rotation(in, flow_kind::rotate_keys, "{}");
  while (rotation.pending() != nullptr) {
    if (rotation.transcript().back() == "commit connection") in.rows.at(row).version += 1'000'000;
    rotation.step();
  }
  CHECK(member(rotation.outcome().value(), "remaining") == R"({"1":1})");
  CHECK(holders(in, "1") == 2);
  CHECK(rotate_all(in, "resealed") == 1);
}

TEST_CASE("a text whose key is gone does not stop a rotation [R52]", "[flows]") {
  world in;
  use_ring(in, {1});
  connect_account(in);
  use_ring(in, {2});
  connect_account(in, "user-2");
  use_ring(in, {3, 2});
  const std::string page = rotate(in);
  CHECK(member(page, "resealed") == "1");
  CHECK(member(page, "unreadable") == "1");
  CHECK(member(page, "remaining") == R"({"1":1})");
  use_ring(in, {3});
  CHECK(call(in, flow_kind::access_token, R"({"userId":"user-2","provider":"acme"})").ok());
}

TEST_CASE("a token whose key is gone is refused as that, and the key is named [R51]", "[flows]") {
  world in;
  connect_account(in);
  use_ring(in, {3});
  run flow(in, flow_kind::access_token, account);
  const auto answer = flow.to_end();
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().code == error_code::configuration_error);
  CHECK(answer.error().reason == error_reason::key_missing);
  CHECK(flow.transcript() == std::vector<std::string>{"get connection"});
  CHECK(member(in.events.back(), "type") == "key.missing");
  CHECK(member(in.events.back(), "details") == "2");
}

TEST_CASE("a key is retired when no row uses it, and not before [R52]", "[flows]") {
  world in;
  use_ring(in, {1, 2});
  restart(in);
  connect_account(in);
  const time_ms block_ends = in.now + hour_ms;
  use_ring(in, {2, 1});
  const std::string retire = R"({"retire":1})";
  auto refused = call(in, flow_kind::rotate_keys, retire);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == error_code::conflict);
  CHECK(refused.error().reason == error_reason::key_in_use);
  CHECK(member(in.rows.at("key/1").value, "retired") == "false");

  rotate_all(in, "resealed");
  std::string answer = rotate(in, retire);
  while (member(answer, "nextCursor") != "null") {
    CHECK(member(answer, "removableAt") == "null");
    answer = rotate(in, R"({"retire":1,"cursor":")" + member(answer, "nextCursor") + R"("})");
  }
  CHECK(member(answer, "keyId") == "1");
  CHECK(member(answer, "removableAt") == std::to_string(block_ends));
  CHECK(member(in.rows.at("key/1").value, "retired") == "true");
}

TEST_CASE("retiring a key looks at one page of rows a call, and retires it behind the last [R52]",
          "[flows]") {
  world in;
  use_ring(in, {2, 1});
  for (const char* user : {"user-1", "user-2", "user-3"}) connect_account(in, user);
  // The last row that is looked at holds a text of the key.
  in.rows["pending/zzz"] = {
      R"({"v":1,"verifier":"t1.1.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAA"})", 1, std::nullopt};
  std::string cursor;
  int pages = 0;
  result<std::string> answer = error_code::none;
  do {
    run flow(in, flow_kind::rotate_keys, R"({"retire":1,"limit":1,"cursor":")" + cursor + R"("})");
    answer = flow.to_end();
    ++pages;
    CHECK(flow.transcript().size() == 2);  // the keys and a page
    CHECK(in.rows.find("key/1") == in.rows.end());
    if (answer.ok()) cursor = member(answer.value(), "nextCursor");
  } while (answer.ok() && cursor != "null");
  CHECK(answer.error().reason == error_reason::key_in_use);
  CHECK(pages > 6);
  // Without that row the same page is the last but one.
  in.rows.erase("pending/zzz");
  const std::string last = rotate(in, R"({"retire":1,"limit":1,"cursor":")" + cursor + R"("})");
  CHECK(member(last, "nextCursor") == "null");
  CHECK(member(in.rows.at("key/1").value, "retired") == "true");
}

TEST_CASE("the key that seals now is never retired [R52]", "[flows]") {
  world in;
  const auto answer = call(in, flow_kind::rotate_keys, R"({"retire":2})");
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().reason == error_reason::key_in_use);
}

TEST_CASE("nothing is sealed under a retired key, whatever the ring says [R52]", "[flows]") {
  world in;
  in.rows["key/2"] = {R"({"v":1,"sealed":256,"retired":true,"reservedUntil":0})", 1, std::nullopt};
  restart(in);
  connect_account(in);
  CHECK(holders(in, "2") == 0);
  CHECK(holders(in, "1") == 2);
}

TEST_CASE("a rotation checks what it is asked", "[flows]") {
  world in;
  const auto refused = [&](const std::string& input) {
    const auto answer = call(in, flow_kind::rotate_keys, input);
    return !answer.ok() && answer.error().code == error_code::validation_error;
  };
  CHECK(refused(R"({"limit":0})"));
  CHECK(refused(R"({"limit":201})"));
  CHECK(refused(R"({"cursor":"!"})"));
  CHECK(refused(R"({"cursor":"c2Vzc2lvbi8"})"));
  CHECK(refused(R"({"retire":-1})"));
  CHECK(refused(R"({"retire":0.5})"));
  CHECK(refused(R"({"retire":4294967296})"));
  CHECK(refused(R"({"retire":7})"));  // neither in the ring nor ever used
}
