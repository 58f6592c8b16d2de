#include <string>

#include "catch.hpp"
#include "encoding/percent.hpp"

using namespace tenon;

namespace {

std::string all_bytes() {
  std::string text;
  for (int c = 0; c < 256; ++c) text += static_cast<char>(c);
  return text;
}

}  // namespace

TEST_CASE("Percent encoding keeps the unreserved characters of RFC 3986 and nothing else",
          "[encoding]") {
  CHECK(percent_encode("AZaz09-._~") == "AZaz09-._~");
  CHECK(percent_encode("a/b c%d+") == "a%2Fb%20c%25d%2B");
  CHECK(percent_encode(std::string_view("\0\xff", 2)) == "%00%FF");
  CHECK(percent_encode("caf\xc3\xa9") == "caf%C3%A9");
  CHECK(percent_encode(all_bytes()).size() == 66 + 3 * (256 - 66));
}

TEST_CASE("Percent decoding gives back what was encoded, and leaves a plus sign alone",
          "[encoding]") {
  CHECK(percent_decode(percent_encode(all_bytes())) == all_bytes());
  CHECK(percent_decode("a+b%2fc%2F") == "a+b/c/");
}

TEST_CASE("Form encoding is that of RFC 6749 appendix B", "[encoding]") {
  CHECK(form_encode(" %&+\xc2\xa3\xe2\x82\xac") == "+%25%26%2B%C2%A3%E2%82%AC");
  CHECK(form_encode("AZaz09*-._~") == "AZaz09*-._%7E");
  CHECK(form_decode(form_encode(all_bytes())) == all_bytes());
  CHECK(form_decode("a+b%20c%2B") == "a b c+");
  CHECK(form_encode(all_bytes()).size() == form_encoded_chars(all_bytes()));
}

TEST_CASE("A percent sign without two hex digits behind it is refused by both decoders",
          "[encoding]") {
  for (const char* text :
       {"%", "%4", "a%", "%4g", "%g4", "%%41", "%u0041", "%-1", "% 1", "%4%41", "%0x", "ok%2"}) {
    INFO(text);
    CHECK_FALSE(percent_decode(text).has_value());
    CHECK_FALSE(form_decode(text).has_value());
  }
}

TEST_CASE("Appending form-encoded text keeps what stands there", "[encoding]") {
  std::string text = "a=";
  append_form_encoded(text, "b c");
  CHECK(text == "a=b+c");
}
