#include <string>

#include "catch.hpp"
#include "encoding/form.hpp"

using namespace tenon;

namespace {

std::string many_pairs(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += "a=1&";
  return text;
}

error refusal(std::string_view text) {
  const auto parsed = parse_form(text);
  REQUIRE_FALSE(parsed.ok());
  return parsed.error();
}

}  // namespace

TEST_CASE("A form keeps its pairs in order, repeated names too", "[encoding]") {
  const auto parsed = parse_form("code=a+b&state=%7E&code=c&flag&=v&x=1=2");
  REQUIRE(parsed.ok());
  CHECK(parsed.value() ==
        std::vector<form_pair>{
            {"code", "a b"}, {"state", "~"}, {"code", "c"}, {"flag", ""}, {"", "v"}, {"x", "1=2"}});
}

TEST_CASE("Empty pieces of a form are skipped", "[encoding]") {
  CHECK(parse_form("").value().empty());
  CHECK(parse_form("&&&").value().empty());
  CHECK(parse_form("&a=1&&b=2&").value() == std::vector<form_pair>{{"a", "1"}, {"b", "2"}});
}

TEST_CASE("A form has at most 64 pairs and 16 KiB", "[encoding]") {
  CHECK(parse_form(many_pairs(63)).value().size() == 63);
  CHECK(parse_form(many_pairs(64)).value().size() == 64);
  CHECK(refusal(many_pairs(65)) == error{error_code::validation_error, error_reason::too_large});

  const std::string largest = "a=" + std::string(form_bytes_max - 2, 'x');
  CHECK(parse_form(largest.substr(1)).ok());
  CHECK(parse_form(largest).ok());
  CHECK(refusal(largest + "x") == error{error_code::validation_error, error_reason::too_large});
}

TEST_CASE("A bad percent sequence in a name or a value refuses the whole form", "[encoding]") {
  const error malformed{error_code::validation_error, error_reason::wrong_type};
  CHECK(refusal("a=1&b=%zz") == malformed);
  CHECK(refusal("%=1") == malformed);
  CHECK(refusal("a=%2&b=1") == malformed);
}

TEST_CASE("A built form parses back to its pairs", "[encoding]") {
  form_builder builder;
  builder.append("grant_type", "refresh_token");
  builder.append("refresh token", "a/b+c=d&e");
  builder.append("empty", "");
  CHECK(builder.text() == "grant_type=refresh_token&refresh+token=a%2Fb%2Bc%3Dd%26e&empty=");
  CHECK(parse_form(builder.text()).value() ==
        std::vector<form_pair>{
            {"grant_type", "refresh_token"}, {"refresh token", "a/b+c=d&e"}, {"empty", ""}});
  const std::string taken = builder.take();
  CHECK(taken.starts_with("grant_type="));
}

TEST_CASE("A form that grows many times holds every pair", "[encoding]") {
  form_builder builder;
  std::vector<form_pair> expected;
  for (int i = 0; i < 64; ++i) {
    const form_pair pair{"name " + std::to_string(i),
                         std::string(static_cast<std::size_t>(i), '%')};
    builder.append(pair.name, pair.value);
    expected.push_back(pair);
  }
  CHECK(parse_form(builder.text()).value() == expected);
}
