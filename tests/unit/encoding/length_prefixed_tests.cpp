#include <set>
#include <string>

#include "catch.hpp"
#include "encoding/length_prefixed.hpp"

using namespace tenon;

namespace {

std::string joined(std::initializer_list<std::string_view> fields) {
  length_prefixed_builder list;
  for (const std::string_view field : fields) list.append(field);
  return std::string(as_text(list.view()));
}

}  // namespace

TEST_CASE("A field is its length in four big-endian bytes, then itself", "[encoding]") {
  CHECK(joined({"ab", ""}) == std::string("\0\0\0\2ab\0\0\0\0", 10));
  const std::string large(0x1234, 'x');
  CHECK(joined({large}) == std::string("\0\0\x12\x34", 4) + large);
  CHECK(joined({}).empty());
  length_prefixed_builder list;
  list.append(byte_string{0xff, 0x00});
  CHECK(std::move(list).take() == byte_string{0, 0, 0, 2, 0xff, 0});
}

TEST_CASE("Lists that differ only in where their fields part give different bytes", "[encoding]") {
  const std::set<std::string> lists = {
      joined({"abc"}),         joined({"a", "bc"}),
      joined({"ab", "c"}),     joined({"a", "b", "c"}),
      joined({"", "abc"}),     joined({"abc", ""}),
      joined({"", "", "abc"}), joined({std::string_view("\0\0\0\1a", 5)})};
  CHECK(lists.size() == 8);
}
