#include <string>

#include "catch.hpp"
#include "encoding/base64.hpp"
#include "unit/json/vector_file.hpp"

using namespace tenon;

namespace {

std::string decoded(std::string_view base64) {
  const auto bytes = decode_base64(base64);
  REQUIRE(bytes.has_value());
  return std::string(as_text(*bytes));
}

std::string source_of(const json_value& test) {
  const json_value* repeat = test.find("repeat");
  if (repeat == nullptr) return decoded(test.text("base64"));
  const std::string unit = decoded(repeat->text("unit_base64"));
  std::string text;
  for (std::int64_t i = 0; i < repeat->integer("count", 0); ++i) text += unit;
  return text + decoded(repeat->text("tail_base64"));
}

}  // namespace

TEST_CASE("[R79] parse_json decides all 283 settled cases of JSONTestSuite as RFC 8259 does",
          "[json][vectors]") {
  const json_value file = read_vectors("json/jsontestsuite_parsing.json");
  int decided = 0;
  int free_choice = 0;
  for (const json_value& test : file.find("tests")->items()) {
    const std::string text = source_of(test);
    INFO(test.text("name"));
    CHECK(text.size() == static_cast<std::size_t>(test.integer("length", -1)));
    const bool accepted = parse_json(text, {.repeated_keys_allowed = true}).ok();
    if (test.text("expect") == "either") {
      ++free_choice;
      CHECK(parse_json(text, {.repeated_keys_allowed = true}).ok() == accepted);
      continue;
    }
    ++decided;
    CHECK(accepted == (test.text("expect") == "accept"));
  }
  CHECK(decided == 283);
  CHECK(free_choice == 35);
}
