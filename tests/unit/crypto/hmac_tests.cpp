#include <algorithm>
#include <string>

#include "catch.hpp"
#include "crypto/constant_time.hpp"
#include "crypto/hmac.hpp"
#include "vectors.hpp"

using namespace tenon;

namespace {

byte_string bytes_of(const mac_tag& tag) { return {tag.view().begin(), tag.view().end()}; }

byte_string streamed(const hmac_key& key, byte_view message, std::size_t piece) {
  hmac_stream stream(key);
  for (std::size_t at = 0; at < message.size(); at += piece) {
    stream.update(message.subspan(at, std::min(piece, message.size() - at)));
  }
  return bytes_of(stream.finish());
}

// four_ways computes one MAC one-shot, streamed, byte by byte and with the key used again, and
// gives nothing when they differ.
byte_string four_ways(hash_kind kind, byte_view key_bytes, byte_view message) {
  const hmac_key key(kind, key_bytes);
  const byte_string once = bytes_of(mac(key, message));
  const bool agree = streamed(key, message, 48) == once && streamed(key, message, 1) == once &&
                     bytes_of(mac(key, message)) == once;
  CHECK(agree);
  return agree ? once : byte_string();
}

struct tally {
  std::size_t cases = 0;
  std::size_t disagreements = 0;
};

tally judge_wycheproof(const std::string& file, hash_kind kind) {
  tally count;
  const auto vectors = load_vectors(file);
  for (const auto& group : vectors.at("testGroups")) {
    const auto tag_bytes = group.at("tagSize").get<std::size_t>() / 8;
    for (const auto& test : group.at("tests")) {
      const auto key = vector_bytes(test.at("key"));
      const auto message = vector_bytes(test.at("msg"));
      const auto tag = vector_bytes(test.at("tag"));
      const bool valid = test.at("result").get<std::string>() == "valid";
      INFO(file << " case " << test.at("tcId").dump());
      const byte_string made = four_ways(kind, key, message);
      REQUIRE(made.size() >= tag_bytes);
      const bool accepted = constant_time_equal(byte_view(made).first(tag_bytes), tag);
      const bool whole = tag_bytes == digest_bytes_of(kind);
      const bool verified = verify(hmac_key(kind, key), message, tag);
      ++count.cases;
      if (accepted != valid || verified != (valid && whole)) ++count.disagreements;
    }
  }
  WARN(file << ": " << count.cases << " cases, " << count.disagreements << " disagreements");
  return count;
}

}  // namespace

TEST_CASE("HMAC agrees with every Wycheproof case for SHA-1, SHA-256 and SHA-512", "[crypto]") {
  const tally one = judge_wycheproof("wycheproof/hmac_sha1_test.json", hash_kind::sha1);
  const tally two = judge_wycheproof("wycheproof/hmac_sha256_test.json", hash_kind::sha256);
  const tally five = judge_wycheproof("wycheproof/hmac_sha512_test.json", hash_kind::sha512);
  CHECK(one.cases == 170);
  CHECK(two.cases == 174);
  CHECK(five.cases == 174);
  CHECK(one.disagreements + two.disagreements + five.disagreements == 0);
}

TEST_CASE("HMAC gives the tags of RFC 4231 and RFC 2202", "[crypto]") {
  std::size_t tags = 0;
  const auto check = [&tags](const nlohmann::json& test, const char* member, hash_kind kind) {
    INFO(test.dump());
    const auto expected = vector_bytes(test.at(member));
    auto made =
        four_ways(kind, vector_bytes(test.at("key_hex")), vector_bytes(test.at("data_hex")));
    REQUIRE(made.size() >= expected.size());
    made.resize(expected.size());
    CHECK(made == expected);
    ++tags;
  };
  const auto sha2_vectors = load_vectors("rfc/hmac_rfc4231.json");
  for (const auto& test : sha2_vectors.at("tests")) {
    check(test, "hmac_sha256", hash_kind::sha256);
    check(test, "hmac_sha512", hash_kind::sha512);
  }
  const auto sha1_vectors = load_vectors("rfc/hmac_sha1_rfc2202.json");
  for (const auto& test : sha1_vectors.at("tests")) {
    check(test, "hmac_sha1", hash_kind::sha1);
  }
  WARN("RFC 4231 and 2202: " << tags << " tags agree");
  CHECK(tags == 21);
}

TEST_CASE("HMAC does not depend on how its message was cut, at any length over three blocks",
          "[crypto]") {
  byte_string message(400);
  for (std::size_t i = 0; i < message.size(); ++i) message[i] = static_cast<std::uint8_t>(i * 11);
  std::size_t differing = 0;
  for (const hash_kind kind : {hash_kind::sha1, hash_kind::sha256, hash_kind::sha512}) {
    const hmac_key key(kind, as_bytes("a key"));
    for (std::size_t length = 0; length <= message.size(); ++length) {
      const byte_view text(message.data(), length);
      const byte_string once = bytes_of(mac(key, text));
      if (streamed(key, text, 1) != once || streamed(key, text, 65) != once) ++differing;
    }
  }
  CHECK(differing == 0);
}

TEST_CASE("A tag with any bit flipped, cut short, too long or of another key is refused",
          "[crypto]") {
  for (const hash_kind kind : {hash_kind::sha1, hash_kind::sha256, hash_kind::sha512}) {
    const hmac_key key(kind, as_bytes("a key"));
    const byte_view message = as_bytes("a message");
    byte_string tag = bytes_of(mac(key, message));
    REQUIRE(verify(key, message, tag));
    std::size_t accepted = 0;
    for (std::size_t bit = 0; bit < 8 * tag.size(); ++bit) {
      tag[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
      if (verify(key, message, tag)) ++accepted;
      tag[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    }
    for (std::size_t size = 0; size < tag.size(); ++size) {
      if (verify(key, message, byte_view(tag).first(size))) ++accepted;
    }
    tag.push_back(0);
    if (verify(key, message, tag)) ++accepted;
    tag.pop_back();
    if (verify(hmac_key(kind, as_bytes("a kez")), message, tag)) ++accepted;
    if (verify(key, as_bytes("a messagf"), tag)) ++accepted;
    CHECK(accepted == 0);
  }
}

TEST_CASE(
    "A key longer than a block counts as its digest, and trailing zero bytes of a short one "
    "count for nothing",
    "[crypto]") {
  const byte_view message = as_bytes("m");
  for (const hash_kind kind : {hash_kind::sha1, hash_kind::sha256, hash_kind::sha512}) {
    byte_string block(block_bytes_of(kind), 0x61);
    const byte_string at_limit = bytes_of(mac(hmac_key(kind, block), message));
    block.push_back(0);
    CHECK(bytes_of(mac(hmac_key(kind, block), message)) != at_limit);
    CHECK(bytes_of(mac(hmac_key(kind, as_bytes("k")), message)) ==
          bytes_of(mac(hmac_key(kind, as_bytes(std::string_view("k\0", 2))), message)));
  }
}

TEST_CASE("A MAC may be written over its own message", "[crypto]") {
  const hmac_key key(hash_kind::sha512, as_bytes("a key"));
  byte_string memory(300, 0x42);
  const byte_string expected = bytes_of(mac(key, memory));
  key.mac(memory, memory.data());
  memory.resize(expected.size());
  CHECK(memory == expected);
}

TEST_CASE("A key that was moved gives the same MACs", "[crypto]") {
  hmac_key first(hash_kind::sha256, as_bytes("a key"));
  const byte_string expected = bytes_of(mac(first, as_bytes("m")));
  hmac_key second(std::move(first));
  CHECK(bytes_of(mac(second, as_bytes("m"))) == expected);
  hmac_key third(hash_kind::sha1, as_bytes("another"));
  third = std::move(second);
  CHECK(bytes_of(mac(third, as_bytes("m"))) == expected);
}

TEST_CASE("[R116] A destroyed key leaves no byte of its chaining values behind", "[crypto]") {
  alignas(hmac_key) std::uint8_t memory[sizeof(hmac_key)] = {};
  // Read through a volatile pointer, because the object's lifetime is over at the second count.
  const volatile std::uint8_t* bytes = memory;
  const auto bytes_set = [bytes] {
    std::size_t count = 0;
    for (std::size_t i = 0; i < sizeof memory; ++i) count += bytes[i] != 0;
    return count;
  };
  auto* key = new (memory) hmac_key(hash_kind::sha256, as_bytes("a key"));
  // Two chaining values of 32 bytes, of which hardly one is zero.
  CHECK(bytes_set() > 48);
  key->~hmac_key();
  // What remains is the pointer to the hash's description.
  CHECK(bytes_set() <= sizeof(void*));
}
