#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "json/record.hpp"

using namespace tenon;

namespace {

enum class mood : std::uint8_t { calm, wild };

struct inner_part {
  std::string name;
  std::int64_t count = 0;
  bool is_set = false;
};

struct sample {
  std::string text = "as it starts";
  std::int64_t number = 7;
  int count = 0;
  std::optional<std::int64_t> at;
  bool flag = false;
  mood spirit = mood::calm;
  std::vector<std::string> list;
  std::optional<std::vector<std::string>> list_or_none;
  std::string json = "{}";
  inner_part part;
  inner_part rare;
  std::optional<inner_part> optional_part;
  std::optional<std::int64_t> rare_number;
};

constexpr std::string_view mood_words[] = {"calm", "wild"};

constexpr record_field inner_fields[] = {
    TENON_FIELD("name", inner_part, name).required(),
    TENON_FIELD("count", inner_part, count),
    TENON_FIELD("isSet", inner_part, is_set),
};

constexpr record_field sample_fields[] = {
    record_version(3),
    TENON_FIELD("text", sample, text),
    TENON_FIELD("number", sample, number),
    TENON_FIELD("count", sample, count),
    TENON_FIELD("at", sample, at),
    TENON_FIELD("flag", sample, flag),
    TENON_FIELD("mood", sample, spirit).words(mood_words).required(),
    TENON_FIELD("list", sample, list),
    TENON_FIELD("listOrNone", sample, list_or_none),
    TENON_FIELD("json", sample, json).raw(),
    TENON_FIELD("part", sample, part).fields(inner_fields),
    TENON_FIELD("rare", sample, rare).fields(inner_fields).sparse(),
    TENON_FIELD("optionalPart", sample, optional_part).fields(inner_fields),
    TENON_FIELD("rareNumber", sample, rare_number).sparse(),
};

constexpr std::string_view smallest = R"({"v":3,"mood":"wild"})";

sample read(std::string_view text) {
  INFO(text);
  auto decoded = decode_record<sample>(sample_fields, text);
  REQUIRE(decoded.ok());
  return std::move(decoded).value();
}

bool is_refused(std::string_view text) {
  const auto decoded = decode_record<sample>(sample_fields, text);
  if (decoded.ok()) return false;
  CHECK(decoded.error().code == error_code::database_error);
  CHECK(decoded.error().reason == error_reason::record_unreadable);
  return true;
}

// with gives the smallest text that can be read, and one more member.
std::string with(std::string_view member) {
  return std::string(smallest.substr(0, smallest.size() - 1)) + "," + std::string(member) + "}";
}

}  // namespace

TEST_CASE("A record is written in the order of its table, without what is sparse", "[json]") {
  CHECK(
      encode_record(sample_fields, sample()) ==
      R"({"v":3,"text":"as it starts","number":7,"count":0,"at":null,"flag":false,"mood":"calm","list":[],)"
      R"("json":{},"part":{"name":"","count":0,"isSet":false}})");
}

TEST_CASE("A record that is full comes back as it was written", "[json]") {
  sample full;
  full.text = "\"quoted\"\n\xc3\xa9";
  full.number = -9'000'000'000;
  full.count = 250'000'000;
  full.at = 1'700'000'000'000;
  full.flag = true;
  full.spirit = mood::wild;
  full.list = {"a", ""};
  full.list_or_none = {"b"};
  full.json = R"({"deep":[1.50,{"a":null}],"b":"x"})";
  full.part = {"p", 1, true};
  full.rare = {"", 0, true};
  full.optional_part = inner_part{"o", 2, false};
  full.rare_number = 0;
  const std::string text = encode_record(sample_fields, full);
  const sample back = read(text);
  CHECK(encode_record(sample_fields, back) == text);
  CHECK(back.text == full.text);
  CHECK(back.number == full.number);
  CHECK(back.count == full.count);
  CHECK(back.at == full.at);
  CHECK(back.flag);
  CHECK(back.spirit == mood::wild);
  CHECK(back.list == full.list);
  CHECK(back.list_or_none == full.list_or_none);
  CHECK(back.json == full.json);
  CHECK(back.part.count == 1);
  CHECK(back.rare.is_set);
  REQUIRE(back.optional_part);
  CHECK(back.optional_part->name == "o");
  CHECK(back.rare_number == 0);
}

TEST_CASE("Members may come in any order, and a missing one keeps its start", "[json]") {
  const sample back = read(R"({"number":1,"mood":"calm","v":3})");
  CHECK(back.number == 1);
  CHECK(back.text == "as it starts");
  CHECK_FALSE(back.optional_part);
  CHECK(read(with(R"("optionalPart":{"name":"n"})")).optional_part->count == 0);
  CHECK(read(with(R"("at":null)")).at == std::nullopt);
}

TEST_CASE("A record that is not wholly understood is refused", "[json]") {
  REQUIRE_FALSE(is_refused(smallest));
  const std::string_view texts[] = {"",
                                    "[]",
                                    "null",
                                    "{}",
                                    R"({"v":3,"mood":"wild"} x)",
                                    R"({"v":4,"mood":"wild"})",
                                    R"({"v":"3","mood":"wild"})",
                                    R"({"mood":"wild"})",
                                    R"({"v":3})",
                                    R"({"v":3,"mood":"odd"})",
                                    R"({"v":3,"mood":"wild","mood":"wild"})",
                                    R"({"v":3,"mood":"wild","v":3})"};
  for (const std::string_view text : texts) {
    INFO(text);
    CHECK(is_refused(text));
  }
}

TEST_CASE("A member that is unknown, repeated or of another kind is refused", "[json]") {
  const std::string_view members[] = {R"("new":1)",
                                      R"("text":1)",
                                      R"("text":null)",
                                      R"("text":{})",
                                      R"("number":"1")",
                                      R"("number":1.0)",
                                      R"("number":9223372036854775808)",
                                      R"("number":null)",
                                      R"("count":-1)",
                                      R"("count":250000001)",
                                      R"("at":"1")",
                                      R"("flag":1)",
                                      R"("mood":1)",
                                      R"("list":"a")",
                                      R"("list":[1])",
                                      R"("list":[["a"]])",
                                      R"("list":[{}])",
                                      R"("json":{"a":1,"a":2})",
                                      R"("part":[])",
                                      R"("part":null)",
                                      R"("part":{})",
                                      R"("part":{"name":"n","name":"n"})",
                                      R"("part":{"name":"n","other":1})",
                                      R"("optionalPart":{"count":1})",
                                      R"("text":"a","text":"a")",
                                      "\"text\":\"\xff\""};
  for (const std::string_view member : members) {
    INFO(member);
    CHECK(is_refused(with(member)));
  }
}
