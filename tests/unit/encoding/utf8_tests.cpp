#include <string>

#include "catch.hpp"
#include "encoding/utf8.hpp"
#include "vectors.hpp"

using namespace tenon;

namespace {

// encoded writes a code point in a given number of bytes, right or wrong.
std::string encoded(std::uint32_t point, int size) {
  if (size == 1) return std::string(1, static_cast<char>(point));
  std::string text;
  for (int i = 1; i < size; ++i, point >>= 6) {
    text.insert(text.begin(), static_cast<char>(0x80 | (point & 0x3f)));
  }
  const std::uint32_t marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
  text.insert(text.begin(), static_cast<char>(marks[size] | point));
  return text;
}

int shortest(std::uint32_t point) {
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}

}  // namespace

TEST_CASE("Every code point in its shortest form is UTF-8, except the surrogates", "[encoding]") {
  std::size_t wrong = 0;
  for (std::uint32_t point = 0; point < 0x200000; ++point) {
    const bool is_scalar = point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
    if (is_utf8(encoded(point, shortest(point))) != is_scalar) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("Overlong forms are no UTF-8", "[encoding]") {
  std::size_t accepted = 0;
  for (std::uint32_t point = 0; point < 0x10000; ++point) {
    for (int size = shortest(point) + 1; size <= 4; ++size) {
      accepted += is_utf8(encoded(point, size));
    }
  }
  CHECK(accepted == 0);
}

TEST_CASE("Sequences that are cut short, stray or interrupted are no UTF-8", "[encoding]") {
  for (const char* text : {"\x80", "\xbf", "a\x80", "\xc3", "\xe2\x82", "\xf0\x9f\x98", "\xc3(",
                           "\xe2(\xa1", "\xe2\x82(", "\xf0(\x8c\xbc", "\xf0\x90(\xbc",
                           "\xf0\x28\x8c\x28", "\xfe", "\xff", "\xf8\x88\x80\x80\x80"}) {
    CHECK_FALSE(is_utf8(text));
    CHECK_FALSE(is_utf8(std::string("ok") + text));
    CHECK_FALSE(is_utf8(std::string(text) + "ok"));
  }
  CHECK(is_utf8(""));
  CHECK(is_utf8(std::string_view("\0", 1)));
}

TEST_CASE("Naughty strings that are text are UTF-8", "[encoding]") {
  std::size_t texts = 0;
  const auto vectors = load_vectors("strings/blns.json");
  for (const auto& text : vectors) {
    CHECK(is_utf8(text.get_ref<const std::string&>()));
    ++texts;
  }
  CHECK(texts > 400);
}
