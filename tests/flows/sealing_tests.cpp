#include <string>

#include "catch.hpp"
#include "vault/key_use.hpp"
#include "world.hpp"

using namespace tenon;
using namespace tenon::tests;

namespace {

const std::string connect = R"({"provider":"acme","redirectUrl":"/done","userId":"user-1"})";

// connect_transcript begins a connection and forgets it, because the world's nonces come again.
std::vector<std::string> connect_transcript(world& in) {
  run flow(in, flow_kind::connect, connect);
  REQUIRE(flow.to_end().ok());
  std::erase_if(in.rows, [](const auto& row) { return row.first.starts_with("pending/"); });
  return flow.transcript();
}

std::string sealed_under(world& in, const std::string& id) {
  const auto found = in.rows.find("key/" + id);
  return found == in.rows.end() ? "(none)" : member(found->second.value, "sealed");
}

void use_up(world& in, const std::string& id, std::int64_t sealed) {
  in.rows["key/" + id] = {encode_key_use({sealed, false, 0}), 1'000'000, std::nullopt};
}

}  // namespace

TEST_CASE("the first seal of an instance takes a block, and the next ones cost nothing [R49]",
          "[flows]") {
  world in;
  in.service().memory = {};
  CHECK(connect_transcript(in) ==
        std::vector<std::string>{"random 88", "list key", "commit key", "seal", "commit pending"});
  CHECK(sealed_under(in, "2") == "16");
  CHECK(in.service().memory.seals.left == 15);
  CHECK(connect_transcript(in) == std::vector<std::string>{"random 88", "seal", "commit pending"});
}

TEST_CASE("blocks grow to 256 seals, and none is counted late [R49]", "[flows]") {
  world in;
  in.service().memory = {};
  std::int64_t seals = 0;
  for (const char* counted : {"16", "80", "336", "592"}) {
    while (seals == 0 || in.service().memory.seals.left > 0) {
      connect_transcript(in);
      ++seals;
      REQUIRE(std::stoll(sealed_under(in, "2")) >= seals);
    }
    CHECK(sealed_under(in, "2") == counted);
    CHECK(std::to_string(seals) == counted);
    connect_transcript(in);
    ++seals;
  }
}

TEST_CASE("a block that is an hour old is not used any more [R49]", "[flows]") {
  world in;
  in.service().memory = {};
  connect_transcript(in);
  in.now += hour_ms;
  CHECK(connect_transcript(in).at(1) == "list key");
  CHECK(sealed_under(in, "2") == "80");
}

TEST_CASE("a key at its limit gives way to the next one of the ring [R49]", "[flows]") {
  world in;
  in.service().memory = {};
  use_up(in, "2", seals_per_key_max - 256);
  connect_transcript(in);
  CHECK(sealed_under(in, "1") == "(none)");
  use_up(in, "2", seals_per_key_max - 255);
  in.service().memory = {};
  connect_transcript(in);
  CHECK(sealed_under(in, "1") == "16");
}

TEST_CASE("with every key at its limit nothing is sealed, and what was still opens [R49]",
          "[flows]") {
  world in;
  connect_account(in);
  use_up(in, "2", seals_per_key_max);
  use_up(in, "1", seals_per_key_max);
  in.service().memory = {};
  const auto answer = call(in, flow_kind::connect, connect);
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().code == error_code::configuration_error);
  CHECK(answer.error().reason == error_reason::key_used_up);
  CHECK(call(in, flow_kind::access_token, R"({"userId":"user-1","provider":"acme"})").ok());
}

TEST_CASE("two instances never count the same block [R49]", "[flows]") {
  world in;
  in.service().memory = {};
  run first(in, flow_kind::connect, connect);
  while (first.transcript().back() != "commit key") first.step();
  world other;  // the same store, seen by another instance
  std::swap(other.rows, in.rows);
  other.service().memory = {};
  connect_transcript(other);
  std::swap(other.rows, in.rows);
  REQUIRE(first.to_end().ok());
  CHECK(sealed_under(in, "2") == "32");
}

TEST_CASE("calls that begin together share the block that one of them takes [R49]", "[flows]") {
  world in;
  in.service().memory = {};
  run first(in, flow_kind::connect, connect);
  run second(in, flow_kind::connect, connect);
  while (first.transcript().back() != "commit key") first.step();
  while (second.transcript().back() != "commit key") second.step();
  REQUIRE(first.to_end().ok());
  REQUIRE(second.to_end().ok());
  CHECK(sealed_under(in, "2") == "16");
  CHECK(in.service().memory.seals.left == 14);
}

TEST_CASE("a stored key that the ring lacks is told to the operator [R52]", "[flows]") {
  world in;
  in.service().memory = {};
  in.rows["key/7"] = {encode_key_use({256, false, 0}), 1, std::nullopt};
  in.rows["key/8"] = {encode_key_use({256, true, 0}), 1, std::nullopt};
  connect_transcript(in);
  int told = 0;
  for (const std::string& event : in.events) {
    if (member(event, "type") != "key.missing") continue;
    CHECK(member(event, "details") == "7");
    ++told;
  }
  CHECK(told == 1);
}
