#include <string>

#include "catch.hpp"
#include "encoding/base64.hpp"
#include "vectors.hpp"

using namespace tenon;

TEST_CASE("[R65] Base64 and base64url give and take the pairs of RFC 4648", "[encoding]") {
  std::size_t pairs = 0;
  const auto vectors = load_vectors("rfc/base64_rfc4648.json");
  for (const auto& pair : vectors.at("valid")) {
    const auto input = pair.at("input_ascii").get<std::string>();
    const auto padded = pair.at("base64").get<std::string>();
    const auto bare = pair.at("base64url_nopad").get<std::string>();
    INFO(padded);
    CHECK(encode_base64(as_bytes(input)) == padded);
    CHECK(encode_base64url(as_bytes(input)) == bare);
    CHECK(as_text(decode_base64(padded).value()) == input);
    CHECK(as_text(decode_base64url(bare).value()) == input);
    byte_string exact(input.size());
    CHECK(decode_base64(padded, exact));
    CHECK(as_text(exact) == input);
    ++pairs;
  }
  WARN("RFC 4648: " << pairs << " pairs agree");
  CHECK(pairs == 7);
}

TEST_CASE("[R65] Strict decoders refuse every non-canonical text of the RFC 4648 list",
          "[encoding]") {
  const auto vectors = load_vectors("rfc/base64_rfc4648.json");
  std::size_t texts = 0;
  std::size_t accepted = 0;
  byte_string room(64);
  for (const auto& text : vectors.at("strict_reject_base64")) {
    const auto bad = text.get<std::string>();
    if (decode_base64(bad)) ++accepted;
    for (std::size_t n = 0; n <= 12; ++n) accepted += decode_base64(bad, byte_span(room).first(n));
    ++texts;
  }
  for (const auto& text : vectors.at("strict_reject_base64url_nopad")) {
    const auto bad = text.get<std::string>();
    if (decode_base64url(bad)) ++accepted;
    for (std::size_t n = 0; n <= 12; ++n) {
      accepted += decode_base64url(bad, byte_span(room).first(n));
    }
    ++texts;
  }
  WARN("RFC 4648: " << texts << " texts refused, " << accepted << " accepted");
  CHECK(texts == 23);
  CHECK(accepted == 0);
}

TEST_CASE("Every byte value at every place of a group survives both encodings", "[encoding]") {
  std::size_t differing = 0;
  for (std::size_t size = 1; size <= 7; ++size) {
    for (std::size_t place = 0; place < size; ++place) {
      for (int value = 0; value < 256; ++value) {
        byte_string bytes(size, 0xa5);
        bytes[place] = static_cast<std::uint8_t>(value);
        if (decode_base64(encode_base64(bytes)) != bytes) ++differing;
        if (decode_base64url(encode_base64url(bytes)) != bytes) ++differing;
      }
    }
  }
  CHECK(differing == 0);
}

TEST_CASE("Of all 256 characters exactly 64 are digits of each alphabet", "[encoding]") {
  std::size_t standard = 0;
  std::size_t url = 0;
  for (int c = 0; c < 256; ++c) {
    const std::string text = std::string("AA") + static_cast<char>(c) + "A";
    standard += decode_base64(text).has_value();
    url += decode_base64url(text).has_value();
  }
  CHECK(standard == 64);
  CHECK(url == 64);
}

TEST_CASE(
    "One byte sequence has one text: of all four-character texts, each decodes to what "
    "encodes to it",
    "[encoding]") {
  // Two-character endings carry the stray bits.
  std::size_t accepted = 0;
  for (int a = 0; a < 128; ++a) {
    for (int b = 0; b < 128; ++b) {
      const std::string text{static_cast<char>(a), static_cast<char>(b)};
      const auto bytes = decode_base64url(text);
      if (!bytes) continue;
      ++accepted;
      CHECK(encode_base64url(*bytes) == text);
    }
  }
  CHECK(accepted == 256);
}

TEST_CASE("Decoding into a span needs exactly its size", "[encoding]") {
  byte_string room(32);
  const std::string text = encode_base64url(byte_string(32, 7));
  CHECK(decode_base64url(text, room));
  CHECK(room == byte_string(32, 7));
  CHECK_FALSE(decode_base64url(text, byte_span(room).first(31)));
  room.resize(33);
  CHECK_FALSE(decode_base64url(text, room));
  CHECK(decode_base64url("", {}));
  CHECK(decode_base64("", {}));
  CHECK_FALSE(decode_base64url("A", {}));
}

TEST_CASE("Encoding into a span writes the count that was announced and not one more",
          "[encoding]") {
  for (std::size_t size = 0; size < 20; ++size) {
    const byte_string bytes(size, 0xff);
    std::string room(base64_chars(size) + 1, '?');
    CHECK(encode_base64(bytes, std::span(room).first(room.size() - 1)) == base64_chars(size));
    CHECK(room == encode_base64(bytes) + "?");
    room.assign(base64url_chars(size) + 1, '?');
    CHECK(encode_base64url(bytes, std::span(room).first(room.size() - 1)) == base64url_chars(size));
    CHECK(room == encode_base64url(bytes) + "?");
  }
}
