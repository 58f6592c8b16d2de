#include <string>

#include "catch.hpp"
#include "vault/sealed_text.hpp"

using namespace tenon;

namespace {

const byte_string iv(12, 1);
const byte_string ciphertext(20, 2);

}  // namespace

TEST_CASE("a sealed text is read back as it was written", "[vault]") {
  const std::string text = encode_sealed(7, iv, ciphertext);
  CHECK(text.starts_with("t1.7."));
  const auto parts = decode_sealed(text);
  REQUIRE(parts.ok());
  CHECK(parts.value().key_id == 7);
  CHECK(parts.value().iv == iv);
  CHECK(parts.value().ciphertext == ciphertext);
}

TEST_CASE("a sealed text of another form is refused, never taken as plain text [R51]", "[vault]") {
  const std::string good = encode_sealed(7, iv, ciphertext);
  for (const std::string& text :
       {std::string(), std::string("plain"), "t2" + good.substr(2), "t1.07" + good.substr(4),
        "t1.-1" + good.substr(4), "t1.4294967296" + good.substr(4), good + "=", good + ".",
        encode_sealed(7, byte_string(11, 1), ciphertext), encode_sealed(7, iv, byte_string(15, 2)),
        good.substr(0, 12)}) {
    const auto parts = decode_sealed(text);
    REQUIRE_FALSE(parts.ok());
    CHECK(parts.error().reason == error_reason::seal_unreadable);
  }
}

TEST_CASE("no two places share their additional data [R50]", "[vault]") {
  const byte_string one = seal_aad({"ab", "c", "access_token", 1});
  CHECK(one != seal_aad({"a", "bc", "access_token", 1}));
  CHECK(one != seal_aad({"ab", "c", "refresh_token", 1}));
  CHECK(one != seal_aad({"ab", "c", "access_token", 2}));
  CHECK(one != seal_aad({"ab", "d", "access_token", 1}));
}
