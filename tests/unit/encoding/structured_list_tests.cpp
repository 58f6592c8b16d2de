#include <string>
#include <vector>

#include "catch.hpp"
#include "encoding/structured_list.hpp"
#include "unit/json/vector_file.hpp"

using namespace tenon;

namespace {

// What is not read here: inner lists begin with a bracket outside of any string.
bool has_inner_list(const std::string& text) {
  return text.find('(') != std::string::npos && text.find('"') == std::string::npos;
}

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
  structured_list_reader list(text);
  structured_value item;
  int items = 0;
  while (list.next_item(item)) ++items;
  return list.failed() ? -1 : items;
}

struct parameter {
  std::string key;
  std::string text;
  std::optional<std::int64_t> integer;
};

std::vector<parameter> parameters_of(std::string_view text) {
  structured_list_reader list(text);
  structured_value value;
  std::vector<parameter> all;
  REQUIRE(list.next_item(value));
  std::string_view key;
  while (list.next_parameter(key, value)) {
    all.push_back({std::string(key), std::string(value.text), value.integer});
  }
  CHECK_FALSE(list.failed());
  return all;
}

}  // namespace

TEST_CASE("structured fields: the published lists and items are read or refused as they should be",
          "[encoding][vectors]") {
  int read = 0;
  for (const char* name :
       {"list", "param-list", "item", "number", "string", "token", "boolean", "binary"}) {
    const std::string path = "http/structured_fields/" + std::string(name) + ".json";
    const json_value file = read_vectors(path.c_str());
    for (const json_value& test : file.items()) {
      const std::string text = joined_lines(test);
      const bool is_list = test.text("header_type") == "list";
      const bool must_fail = test.flag("must_fail");
      if (test.text("header_type") == "dictionary" || has_inner_list(text)) continue;
      ++read;
      INFO(name << ": " << test.text("name") << ": " << text);
      const int items = items_of(text);
      if (test.flag("can_fail")) continue;
      // A field that holds one item is a list of one.
      const int wanted = must_fail ? -1
                         : is_list ? static_cast<int>(test.find("expected")->items().size())
                                   : 1;
      if (is_list || !must_fail) CHECK(items == wanted);
      // A list, unlike an item, may have tabs at its end.
      if (!is_list && must_fail && text.find('\t') == std::string::npos) CHECK(items != 1);
    }
  }
  CHECK(read > 100);
}

TEST_CASE("structured fields: parameters are told by key and kind", "[encoding]") {
  const auto all = parameters_of("\"a\\\"b\"; r=12;t=-3");
  REQUIRE(all.size() == 2);
  CHECK(all[0].key == "r");
  CHECK(all[0].integer == 12);
  CHECK(all[1].integer == -3);
  const auto kinds = parameters_of("a;d=1.5;s=\"x y\";k=tok/en;b=?1;n;y=:aGk=:;w=@1700000000");
  REQUIRE(kinds.size() == 7);
  for (const parameter& each : kinds) CHECK_FALSE(each.integer.has_value());
  CHECK(kinds[1].text == "x y");
  CHECK(kinds[2].text == "tok/en");
  CHECK(kinds[4].text.empty());
}

TEST_CASE("structured fields: a fault anywhere fails the field, before it and after",
          "[encoding]") {
  CHECK(items_of("") == 0);
  CHECK(items_of("  ") == 0);
  CHECK(items_of("a,\tb") == 2);
  for (const char* bad :
       {"a,", ",a", "a;", "a;R=1", "a b", "\"a", "1.", "1.2345", "-", "@1.5", "(a b)", "a,,b",
        "1234567890123456", "a;r=", "?2", ":a", "%\"a\"", "\"\\n\"", "\"\x7f\""}) {
    INFO(bad);
    CHECK(items_of(bad) == -1);
  }
}
