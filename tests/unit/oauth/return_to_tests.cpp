#include "catch.hpp"
#include "oauth/return_to.hpp"
#include "unit/json/vector_file.hpp"

using namespace tenon;

namespace {

bool is_accepted(std::string_view target, const std::vector<std::string>& origins) {
  const auto checked = check_return_to(target, origins);
  if (!checked.ok()) CHECK(checked.error().code == error_code::invalid_redirect_url);
  return checked.ok();
}

}  // namespace

TEST_CASE("[R11] check_return_to decides all 66 published targets", "[oauth][vectors]") {
  const json_value file = read_vectors("url/return_to.json");
  int decided = 0;
  for (const json_value& test : file.find("cases")->items()) {
    INFO(test.text("input"));
    CHECK(is_accepted(test.text("input"), {"https://app.example"}) ==
          (test.text("expect") == "accept"));
    ++decided;
  }
  CHECK(decided == 66);
}

TEST_CASE("[R11] dot segments are resolved as browsers do, escaped ones too", "[oauth]") {
  for (const char* bad : {"/%2e%2e//evil.test", "/.%2E//evil.test", "/a/%2e./..//evil.test",
                          "/.//evil.test", "/%2E//evil.test", "/a/..//", "/x/..//."}) {
    INFO(bad);
    CHECK_FALSE(is_accepted(bad, {}));
  }
  for (const char* good : {"/..", "/.", "/a/..", "/a/../b", "/a//b", "/a/./b//c", "/...//a",
                           "/%2e%2e%2e//a", "/a/..b//c", "/../a?//x", "/../#//x"}) {
    INFO(good);
    CHECK(is_accepted(good, {}));
  }
}

TEST_CASE("[R11] origins are compared with scheme, host and port", "[oauth]") {
  CHECK(is_accepted("https://app.example:8443/x",
                    {"https://other.example", "https://app.example:8443"}));
  CHECK_FALSE(is_accepted("https://app.example/x", {"https://app.example:8443"}));
  CHECK(is_accepted("https://app.example/x", {"https://APP.example:443"}));
  CHECK_FALSE(is_accepted("https://app.example./x", {"https://app.example"}));
  CHECK_FALSE(is_accepted("https://app.example:/x", {"https://app.example"}));
  CHECK_FALSE(is_accepted("https://u@app.example/x", {"https://app.example"}));
  CHECK_FALSE(is_accepted("https://app.example/x", {}));
  CHECK_FALSE(is_accepted("https://app.example/x", {"app.example", "", "https://"}));
}

TEST_CASE("[R11] http is accepted for a listed loopback origin only", "[oauth]") {
  CHECK(is_accepted("http://localhost:8787/x", {"http://localhost:8787"}));
  CHECK(is_accepted("http://127.0.0.1:8787/x", {"http://127.0.0.1:8787"}));
  CHECK(is_accepted("http://[::1]:8787/x", {"http://[::1]:8787"}));
  CHECK_FALSE(is_accepted("http://localhost:8788/x", {"http://localhost:8787"}));
  CHECK_FALSE(is_accepted("http://localhost:8787/x", {"https://localhost:8787"}));
  CHECK_FALSE(is_accepted("http://app.example/x", {"http://app.example"}));
}

TEST_CASE("[R82] a target of 2,048 characters is accepted, one more is too large", "[oauth]") {
  const std::string longest = "/" + std::string(return_to_chars_max - 1, 'a');
  CHECK(is_accepted(longest, {}));
  const auto checked = check_return_to(longest + "a", {});
  REQUIRE_FALSE(checked.ok());
  CHECK(checked.error().reason == error_reason::too_large);
}
