#include <set>
#include <string>

#include "catch.hpp"
#include "crypto/hkdf.hpp"
#include "crypto/hmac.hpp"
#include "vectors.hpp"

using namespace tenon;

namespace {

constexpr key_purpose purposes[] = {key_purpose::state,   key_purpose::seal,   key_purpose::session,
                                    key_purpose::webhook, key_purpose::dedupe, key_purpose::api_key,
                                    key_purpose::route};

}  // namespace

TEST_CASE("HKDF-SHA-256 agrees with every Wycheproof case", "[crypto]") {
  std::size_t cases = 0;
  std::size_t disagreements = 0;
  const auto vectors = load_vectors("wycheproof/hkdf_sha256_test.json");
  for (const auto& group : vectors.at("testGroups")) {
    for (const auto& test : group.at("tests")) {
      const bool valid = test.at("result").get<std::string>() == "valid";
      byte_string out(test.at("size").get<std::size_t>());
      const bool made = hkdf_sha256(vector_bytes(test.at("ikm")), vector_bytes(test.at("salt")),
                                    vector_bytes(test.at("info")), out);
      const bool right = made == valid && (!valid || out == vector_bytes(test.at("okm")));
      ++cases;
      if (!right) ++disagreements;
    }
  }
  WARN("HKDF-SHA-256: " << cases << " cases, " << disagreements << " disagreements");
  CHECK(cases == 86);
  CHECK(disagreements == 0);
}

TEST_CASE("HKDF gives 8160 bytes and refuses 8161, leaving them untouched", "[crypto]") {
  byte_string out(hkdf_sha256_bytes_max + 1, 0x5a);
  CHECK_FALSE(hkdf_sha256(as_bytes("ikm"), {}, {}, out));
  CHECK(out == byte_string(hkdf_sha256_bytes_max + 1, 0x5a));
  CHECK(hkdf_sha256(as_bytes("ikm"), {}, {}, byte_span(out).first(hkdf_sha256_bytes_max)));
  CHECK(out.back() == 0x5a);
  CHECK(hkdf_sha256(as_bytes("ikm"), {}, {}, {}));
}

TEST_CASE("[R54] A MAC under the key of one purpose is refused under those of all others",
          "[crypto]") {
  const byte_view master = as_bytes("0123456789abcdef0123456789abcdef");
  const byte_view message = as_bytes("message");
  std::size_t pairs = 0;
  std::size_t accepted = 0;
  for (const key_purpose made_for : purposes) {
    const hmac_key key(hash_kind::sha256, derive_key(master, made_for).view());
    const mac_tag tag = mac(key, message);
    for (const key_purpose used_for : purposes) {
      const hmac_key other(hash_kind::sha256, derive_key(master, used_for).view());
      const bool same = made_for == used_for;
      CHECK(verify(other, message, tag.view()) == same);
      if (same) continue;
      ++pairs;
      if (verify(other, message, tag.view())) ++accepted;
    }
  }
  CHECK(pairs == 42);
  CHECK(accepted == 0);
}

TEST_CASE("[R54] Each purpose has a label of its own, and its key is HKDF of that label",
          "[crypto]") {
  const byte_view master = as_bytes("0123456789abcdef0123456789abcdef");
  std::set<std::string> labels;
  for (const key_purpose purpose : purposes) {
    const auto label = label_of(purpose);
    labels.emplace(label);
    CHECK(label.starts_with("tenon."));
    CHECK(label.ends_with(".v1"));
    byte_string expected(32);
    REQUIRE(hkdf_sha256(master, {}, as_bytes(label), expected));
    const derived_key key = derive_key(master, purpose);
    CHECK(byte_string(key.view().begin(), key.view().end()) == expected);
  }
  CHECK(labels.size() == std::size(purposes));
  // Stored data depends on this key staying what it is; computed with Python's hmac.
  const derived_key pinned = derive_key(master, key_purpose::state);
  CHECK(byte_string(pinned.view().begin(), pinned.view().end()) ==
        vector_bytes("9f4aaaddb614caa0f5fed075c19f1f8585cb18f9432f75c7fb39d2893a08137a"));
}
