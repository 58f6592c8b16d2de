#include <string>

#include "catch.hpp"
#include "json/writer.hpp"
#include "unit/json/vector_file.hpp"

using namespace tenon;

namespace {

std::string written(std::string_view text) {
  json_writer json;
  json.string(text);
  return json.take();
}

}  // namespace

TEST_CASE("json_writer places commas between members and items of any nesting", "[json]") {
  json_writer json;
  json.begin_object();
  json.member("text", "a");
  json.member("number", std::int64_t{-5});
  json.member("small", 7);
  json.member("yes", true);
  json.member_or_null("none", std::optional<std::int64_t>());
  json.member_or_null("some", std::optional<std::int64_t>(1));
  json.key("list");
  json.begin_array();
  json.integer(1);
  json.begin_object();
  json.end_object();
  json.begin_array();
  json.end_array();
  json.null();
  json.raw("{\"r\":1}");
  json.end_array();
  json.end_object();
  CHECK(json.take() ==
        "{\"text\":\"a\",\"number\":-5,\"small\":7,\"yes\":true,\"none\":null,\"some\":1,"
        "\"list\":[1,{},[],null,{\"r\":1}]}");
  json.boolean(false);
  CHECK(json.take() == "false");
}

TEST_CASE("json_writer escapes what may not stand in a string and keeps the rest", "[json]") {
  CHECK(written("a\"b\\c\n\r\t\x01\x1f/\x7f") == "\"a\\\"b\\\\c\\n\\r\\t\\u0001\\u001f/\x7f\"");
  CHECK(written(std::string_view("\0", 1)) == "\"\\u0000\"");
  CHECK(written("\xc3\xa9\xf0\x9f\x98\x80") == "\"\xc3\xa9\xf0\x9f\x98\x80\"");
}

TEST_CASE("json_writer turns each byte that is not UTF-8 into U+FFFD", "[json]") {
  CHECK(written("a\xff\x62") == "\"a\xef\xbf\xbd\x62\"");
  CHECK(written("\xe2\x82") == "\"\xef\xbf\xbd\xef\xbf\xbd\"");
  CHECK(written("\xed\xa0\x80") == "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}

TEST_CASE("json_writer writes the extreme integers", "[json]") {
  json_writer json;
  json.begin_array();
  json.integer(INT64_MIN);
  json.integer(INT64_MAX);
  json.end_array();
  CHECK(json.take() == "[-9223372036854775808,9223372036854775807]");
}

TEST_CASE("a parsed value is written back as it was", "[json]") {
  const std::string_view text =
      R"({"a":[1.50,-0,1E+3],"b":{"c":"\u0007é","d":null},"e":[true,false]})";
  const auto value = parse_json(text);
  REQUIRE(value.ok());
  json_writer json;
  json.value(value.value());
  CHECK(json.take() == text);
}

TEST_CASE("[R81] every naughty string survives being written and read", "[json][vectors]") {
  const json_value list = read_vectors("strings/blns.json");
  CHECK(list.items().size() > 500);
  for (const json_value& item : list.items()) {
    const auto back = parse_json(written(*item.string()));
    REQUIRE(back.ok());
    CHECK(*back.value().string() == *item.string());
  }
}
