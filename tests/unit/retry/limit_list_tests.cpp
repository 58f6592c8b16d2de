#include <string>
#include <vector>

#include "catch.hpp"
#include "retry/limit_list.hpp"
#include "unit/json/vector_file.hpp"

using namespace tenon;

namespace {

std::string joined_lines(const json_value& test) {
  std::string text;
  for (const json_value& line : test.find("raw")->items()) {
    if (!text.empty()) text += ", ";
    text += *line.string();
  }
  return text;
}

// The number of items, or -1 for a field that fails.
int items_of(std::string_view text) {
  limit_list_reader list(text);
  limit_value item;
  int items = 0;
  while (list.next_item(item)) ++items;
  return list.failed() ? -1 : items;
}

}  // namespace

TEST_CASE("structured lists: the published ones have as many items as they should",
          "[retry][vectors]") {
  int read = 0;
  for (const char* file :
       {"http/structured_fields/list.json", "http/structured_fields/param-list.json"}) {
    const json_value tests = read_vectors(file);
    for (const json_value& test : tests.items()) {
      const std::string text = joined_lines(test);
      INFO(test.text("name") << ": " << text);
      const int items = items_of(text);
      // Keys are compared, not judged: those in upper case name no parameter that is looked for.
      const bool only_key = test.text("name").find("key") != std::string_view::npos;
      if (test.flag("must_fail") && only_key) continue;
      ++read;
      const json_value* expected = test.find("expected");
      CHECK(items == (expected == nullptr ? -1 : static_cast<int>(expected->items().size())));
    }
  }
  CHECK(read >= 26);
}

TEST_CASE("structured lists: parameters are told by key and kind", "[retry]") {
  limit_list_reader list(
      "\"a\\\"b,;\";r=12; s=\"x;y\";n=-3;d=1.5;k=tok/en;b=?1;f;y=:aGk=:, next;z=007");
  limit_value value;
  REQUIRE(list.next_item(value));
  CHECK(value.is_string);
  CHECK(value.text == "a\\\"b,;");
  std::vector<std::string> keys;
  std::vector<double> counts;
  std::string_view key;
  while (list.next_parameter(key, value)) {
    keys.emplace_back(key);
    if (value.count) counts.push_back(*value.count);
    CHECK(value.is_string == (key == "s"));
    if (key == "s") CHECK(value.text == "x;y");
    if (key == "y") CHECK(value.text == ":aGk=:");
  }
  CHECK(keys == std::vector<std::string>{"r", "s", "n", "d", "k", "b", "f", "y"});
  CHECK(counts == std::vector<double>{12});
  REQUIRE(list.next_item(value));
  CHECK_FALSE(value.is_string);
  REQUIRE(list.next_parameter(key, value));
  CHECK(value.count == 7);
  CHECK_FALSE(list.next_item(value));
  CHECK_FALSE(list.failed());
}

TEST_CASE("structured lists: a fault anywhere fails the field, before it and after", "[retry]") {
  CHECK(items_of("") == 0);
  CHECK(items_of("  ") == 0);
  CHECK(items_of("a,\tb") == 2);
  for (const char* bad : {"a,", ",a", "a;", "a;=1", "a b", "\"a", "(a b)", "a,,b", "a;r=", "a;r= 1",
                          "\"\x7f\"", "\"a\"b", "\"a\\", "a;r=\"", "a;s=\"x\"y"}) {
    INFO(bad);
    CHECK(items_of(bad) == -1);
  }
}
