#include <string>

#include "catch.hpp"
#include "vault/storage_keys.hpp"
#include "world.hpp"

using namespace tenon;
using namespace tenon::tests;

namespace {

error refusal(const std::string& input) {
  world in;
  const auto answer = call(in, flow_kind::connect, input);
  REQUIRE_FALSE(answer.ok());
  CHECK(in.rows.empty());
  return answer.error();
}

}  // namespace

TEST_CASE("connect draws once, seals the verifier and stores one pending record", "[flows]") {
  world in;
  run flow(in, flow_kind::connect, R"({"provider":"acme","userId":"user-1"})");
  const auto answer = flow.to_end();
  REQUIRE(answer.ok());
  CHECK(flow.transcript() == std::vector<std::string>{"random 88", "seal", "commit pending"});

  const std::string url = member(answer.value(), "authUrl");
  CHECK(url.find("https://id.acme.example/authorize?") == 0);
  CHECK(url.find("code_challenge_method=S256") != std::string::npos);
  CHECK(url.find("response_type=code") != std::string::npos);
  CHECK(member(answer.value(), "cookie.name").find("__Host-tenon-") == 0);
  CHECK(member(answer.value(), "cookie.secure") == "true");
  CHECK(member(answer.value(), "expiresAt") == std::to_string(in.now + 600'000));
  REQUIRE(in.rows.size() == 1);
  CHECK(in.rows.begin()->second.expires_at == in.now + 600'000);
  REQUIRE(in.events.size() == 1);
  CHECK(member(in.events[0], "type") == "oauth.initiated");
}

TEST_CASE("the same inputs and replies give the same effects and the same answer", "[flows]") {
  world first;
  world second;
  const std::string input = R"({"provider":"acme","userId":"user-1"})";
  run one(first, flow_kind::connect, input);
  run two(second, flow_kind::connect, input);
  CHECK(one.to_end().value() == two.to_end().value());
  CHECK(one.transcript() == two.transcript());
}

TEST_CASE("connect refuses a bad call before anything is stored [R11]", "[flows]") {
  CHECK(refusal(R"({"provider":"nobody","userId":"u"})").code == error_code::invalid_provider);
  CHECK(refusal(R"({"provider":"acme","userId":""})").code == error_code::invalid_user_id);
  CHECK(refusal(R"({"provider":"acme"})").code == error_code::invalid_user_id);
  CHECK(refusal(R"({"provider":"acme","userId":"u","redirectUrl":"//evil.example"})").code ==
        error_code::invalid_redirect_url);
  CHECK(refusal(R"({"provider":"acme","userId":"u","redirectUrl":"https://evil.example/"})").code ==
        error_code::invalid_redirect_url);
  CHECK(refusal(R"({"provider":"acme","userId":"u","scopes":["a b"]})").code ==
        error_code::validation_error);
  CHECK(refusal(R"({"provider":"acme","userId":"u","scopes":"read"})").code ==
        error_code::validation_error);
  CHECK(refusal(R"({"provider":"acme","userId":"u","metadata":[]})").code ==
        error_code::validation_error);
  CHECK(refusal(R"({"provider":"acme","userId":"u","binding":"off"})").code ==
        error_code::validation_error);
  CHECK(refusal("[]").code == error_code::validation_error);
  CHECK(refusal("{").code == error_code::validation_error);
}

TEST_CASE("limits of connect hold at the limit and one above [R82]", "[flows]") {
  const auto with_user = [](std::size_t size) {
    return R"({"provider":"acme","userId":")" + std::string(size, 'u') + "\"}";
  };
  const auto with_metadata = [](std::size_t size) {
    // {"m":"..."} has eight characters besides the text.
    return R"({"provider":"acme","userId":"u","metadata":{"m":")" + std::string(size - 8, 'x') +
           "\"}}";
  };
  world in;
  CHECK(call(in, flow_kind::connect, with_user(128)).ok());
  CHECK(refusal(with_user(129)).code == error_code::invalid_user_id);
  CHECK(call(in, flow_kind::connect, with_metadata(16 * 1024)).ok());
  CHECK(refusal(with_metadata(16 * 1024 + 1)).reason == error_reason::too_large);
}

TEST_CASE("a flow without PKCE says so in its event [R19]", "[flows]") {
  world in;
  CHECK(call(in, flow_kind::connect, R"({"provider":"acme","userId":"u"})").ok());
  CHECK(member(in.events.back(), "details") == "(none)");
  in.reconfigured().providers.front().entry.pkce = pkce_support::unsupported;
  CHECK(call(in, flow_kind::connect, R"({"provider":"acme","userId":"u"})").ok());
  CHECK(member(in.events.back(), "details") == "pkce_unsupported");
}

TEST_CASE("a storage that fails ends connect with DATABASE_ERROR", "[flows]") {
  world in;
  in.storage_fails = true;
  const auto answer = call(in, flow_kind::connect, R"({"provider":"acme","userId":"u"})");
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().code == error_code::database_error);
}

TEST_CASE("a flow can be dropped at any point", "[flows]") {
  for (int steps = 0; steps < 3; ++steps) {
    world in;
    run flow(in, flow_kind::connect, R"({"provider":"acme","userId":"u"})");
    for (int step = 0; step < steps; ++step) flow.step();
    CHECK(flow.pending() != nullptr);
  }
}

TEST_CASE("an answer to a request that nobody waits for is refused", "[flows]") {
  world in;
  auto flow =
      flow::start(in.service(), flow_kind::connect, R"({"provider":"acme","userId":"u"})", in.now);
  const auto posted = flow->box().take_posted();
  REQUIRE(posted);
  CHECK_FALSE(flow->settle(posted->request_id + 1, in.perform(posted->request), in.now));
  CHECK(flow->settle(posted->request_id, in.perform(posted->request), in.now));
  CHECK_FALSE(flow->settle(posted->request_id, in.perform(posted->request), in.now));
}
