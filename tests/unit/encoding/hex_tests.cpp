#include "catch.hpp"
#include "encoding/hex.hpp"

using namespace tenon;

TEST_CASE("Hex is written in lower case and read in either", "[encoding]") {
  const byte_string bytes = {0x00, 0x09, 0x0a, 0x7f, 0x80, 0xff};
  CHECK(encode_hex(bytes) == "00090a7f80ff");
  CHECK(decode_hex("00090a7f80ff") == bytes);
  CHECK(decode_hex("00090A7F80fF") == bytes);
  CHECK(encode_hex({}).empty());
  CHECK(decode_hex("") == byte_string());
}

TEST_CASE("[R65] Hex of an odd length or with any other character is refused", "[encoding]") {
  for (const char* text : {"0", "000", "0g", "g0", "0x", " 00", "00 ", "0 0", "00\n", "-1", "+1",
                           "\xef\xbc\x90\xef\xbc\x91", "/0", ":0", "@0", "G0", "`0"}) {
    INFO(text);
    CHECK_FALSE(decode_hex(text).has_value());
  }
}

TEST_CASE("[R65] Hex into a span needs exactly two digits for each of its bytes", "[encoding]") {
  byte_string room(4);
  CHECK(decode_hex("deadbeef", room));
  CHECK(room == byte_string{0xde, 0xad, 0xbe, 0xef});
  CHECK_FALSE(decode_hex("deadbe", room));
  CHECK_FALSE(decode_hex("deadbeef00", room));
  CHECK_FALSE(decode_hex("deadbeeg", room));
  CHECK_FALSE(decode_hex("deadbeef0", room));
}
