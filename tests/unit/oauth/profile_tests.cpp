#include <string>

#include "catch.hpp"
#include "oauth/profile.hpp"

using namespace tenon;

namespace {

const profile_call call{.url = "https://acme.example/me",
                        .id_path = "sub|id",
                        .username_path = "login",
                        .display_name_path = "profile.name",
                        .email_path = "emails[0]"};

http_reply reply_of(std::string body, std::uint16_t status = 200) {
  http_reply reply;
  reply.status = status;
  reply.body = std::move(body);
  return reply;
}

}  // namespace

TEST_CASE("a profile is read by the paths of its row", "[oauth]") {
  const auto profile = read_profile(
      call, reply_of(R"({"sub":"a1","login":"ann","profile":{"name":"Änn"},"emails":["a@b.c"]})"));
  REQUIRE(profile.ok());
  CHECK(profile.value().id == "a1");
  CHECK(profile.value().username == "ann");
  CHECK(profile.value().display_name == "Änn");
  CHECK(profile.value().email == "a@b.c");
}

TEST_CASE("[R80] a numeric account id keeps its digits", "[oauth]") {
  const auto profile = read_profile(call, reply_of(R"({"id":9007199254740993,"login":null})"));
  REQUIRE(profile.ok());
  CHECK(profile.value().id == "9007199254740993");
  CHECK(profile.value().username.empty());
  CHECK(profile.value().email.empty());
}

TEST_CASE("a profile without a usable id, or none at all, is a failure", "[oauth]") {
  for (const char* body : {"", "{}", "[]", "x", R"({"id":""})", R"({"id":1.5})", R"({"id":{}})",
                           R"({"id":true})", R"({"id":"1","id":"2"})"}) {
    INFO(body);
    const auto profile = read_profile(call, reply_of(body));
    REQUIRE_FALSE(profile.ok());
    CHECK(profile.error() == error{error_code::provider_error, error_reason::profile_failed, 200});
  }
  CHECK(read_profile(call, reply_of(R"({"id":1})", 401)).error().status == 401);
  http_reply lost;
  lost.network = network_kind::timeout;
  CHECK(read_profile(call, lost).error().code == error_code::network_error);
}

TEST_CASE("[R82] an id of 512 bytes is accepted, a longer one is not, and names are cut",
          "[oauth]") {
  const auto with_id = [](std::size_t size) {
    return read_profile(call, reply_of("{\"id\":\"" + std::string(size, 'x') + "\"}")).ok();
  };
  CHECK(with_id(511));
  CHECK(with_id(512));
  CHECK_FALSE(with_id(513));
  const auto long_name =
      read_profile(call, reply_of("{\"id\":1,\"login\":\"" + std::string(511, 'x') + "éé\"}"));
  REQUIRE(long_name.ok());
  CHECK(long_name.value().username == std::string(511, 'x'));
}
