#include <string>

#include "catch.hpp"
#include "crypto/sha1.hpp"
#include "crypto/sha256.hpp"
#include "crypto/sha512.hpp"
#include "vectors.hpp"

using namespace tenon;

namespace {

template <typename Hash>
byte_string whole(byte_view message) {
  const auto digest = Hash::of(message);
  return {digest.begin(), digest.end()};
}

template <typename Hash>
byte_string in_pieces(byte_view message, std::size_t piece) {
  Hash hash;
  for (std::size_t at = 0; at < message.size(); at += piece) {
    hash.update(message.subspan(at, std::min(piece, message.size() - at)));
  }
  const auto digest = hash.finish();
  return {digest.begin(), digest.end()};
}

template <typename Hash>
void check_case(const nlohmann::json& test) {
  std::string message;
  const auto repeat = test.at("repeat").get<std::size_t>();
  if (test.contains("message_hex")) {
    const auto unit = vector_bytes(test.at("message_hex"));
    for (std::size_t i = 0; i < repeat; ++i) message.append(unit.begin(), unit.end());
  } else {
    const auto unit = test.at("message_ascii").get<std::string>();
    for (std::size_t i = 0; i < repeat; ++i) message += unit;
  }
  const auto expected = vector_bytes(test.at("digest_hex"));
  CHECK(whole<Hash>(as_bytes(message)) == expected);
  CHECK(in_pieces<Hash>(as_bytes(message), 61) == expected);
  if (message.size() < 1000) CHECK(in_pieces<Hash>(as_bytes(message), 1) == expected);
}

// Every length over three blocks and every way to cut it in two meets each padding case and each
// state of the block buffer; the one-shot form, which the vectors judge, is the oracle.
template <typename Hash>
void check_lengths(std::size_t lengths) {
  byte_string message(lengths);
  for (std::size_t i = 0; i < message.size(); ++i) message[i] = static_cast<std::uint8_t>(i * 7);
  std::size_t differing = 0;
  for (std::size_t length = 0; length < lengths; ++length) {
    const byte_view text(message.data(), length);
    const auto expected = Hash::of(text);
    Hash hash;
    for (std::size_t cut = 0; cut <= length; cut += 1 + length / 16) {
      hash.update(text.first(cut));
      hash.update(text.subspan(cut));
      if (hash.finish() != expected) ++differing;
    }
  }
  CHECK(differing == 0);
}

}  // namespace

TEST_CASE("SHA-1, SHA-256 and SHA-512 give the digests of RFC 6234, whole and in pieces",
          "[crypto]") {
  std::size_t cases = 0;
  const auto vectors = load_vectors("rfc/sha_rfc6234.json");
  for (const auto& test : vectors.at("tests")) {
    const auto hash = test.at("hash").get<std::string>();
    INFO(test.dump());
    if (hash == "sha1") {
      check_case<sha1>(test);
    } else if (hash == "sha256") {
      check_case<sha256>(test);
    } else if (hash == "sha512") {
      check_case<sha512>(test);
    } else {
      continue;
    }
    ++cases;
  }
  WARN("RFC 6234: " << cases << " digests agree");
  CHECK(cases >= 9);
}

TEST_CASE("A hash does not depend on how its message was cut, and finish begins anew", "[crypto]") {
  check_lengths<sha1>(200);
  check_lengths<sha256>(200);
  check_lengths<sha512>(400);
}

TEST_CASE("The digest of every length from 0 to 4096 is the one another implementation gives",
          "[crypto]") {
  // The digest over the digests of all those lengths, computed with Python's hashlib.
  const auto chained = [](auto hash, auto of) {
    byte_string message(4096);
    for (std::size_t i = 0; i < message.size(); ++i) message[i] = static_cast<std::uint8_t>(i);
    for (std::size_t length = 0; length <= message.size(); ++length) {
      hash.update(of(byte_view(message.data(), length)));
    }
    const auto digest = hash.finish();
    return byte_string(digest.begin(), digest.end());
  };
  CHECK(chained(sha1(), sha1::of) == vector_bytes("af11bfb8fa8f40127ae14c01f2c030a7a7c3b425"));
  CHECK(chained(sha256(), sha256::of) ==
        vector_bytes("1c54db7b88bbdef510a439adedffc86becdea2f37379e68c20f68fae0001961c"));
  CHECK(chained(sha512(), sha512::of) ==
        vector_bytes("8757a82ddc8a70739a8c1d1958690d72a7a4d8f3adf4060d06bfba7fba4aa1a64523c8637025d"
                     "ce262897c5c562abda106803aa688f16392e3c846a6d2fc4d62"));
}
