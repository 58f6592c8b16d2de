#include <string>

#include "catch.hpp"
#include "oauth/pkce.hpp"
#include "unit/json/vector_file.hpp"

using namespace tenon;

TEST_CASE("[R20] the pair of RFC 7636 appendix B comes out of its random octets",
          "[oauth][vectors]") {
  const json_value file = read_vectors("rfc/pkce_rfc7636.json");
  const json_value& example = *file.find("appendix_b");
  byte_string random;
  for (const json_value& octet : example.find("random_octets")->items()) {
    random.push_back(static_cast<std::uint8_t>(*octet.integer()));
  }
  const pkce_pair pair = make_pkce(random);
  CHECK(pair.verifier.view() == example.text("code_verifier"));
  CHECK(pair.challenge == example.text("code_challenge"));
}

TEST_CASE("[R20] challenges exist for exactly the valid verifiers", "[oauth][vectors]") {
  const json_value file = read_vectors("rfc/pkce_rfc7636.json");
  int valid = 0;
  for (const json_value& test : file.find("valid_verifiers")->items()) {
    const auto challenge = pkce_challenge(test.text("code_verifier"));
    REQUIRE(challenge.ok());
    CHECK(challenge.value() == test.text("code_challenge"));
    ++valid;
  }
  int invalid = 0;
  for (const json_value& test : file.find("invalid_verifiers")->items()) {
    INFO(test.text("why"));
    const auto challenge = pkce_challenge(test.text("code_verifier"));
    REQUIRE_FALSE(challenge.ok());
    CHECK(challenge.error().code == error_code::validation_error);
    ++invalid;
  }
  CHECK(valid == 3);
  CHECK(invalid == 9);
}

TEST_CASE("[R20] a verifier of 43 to 128 characters is one, 42 and 129 are not", "[oauth]") {
  CHECK_FALSE(is_code_verifier(std::string(42, 'a')));
  CHECK(is_code_verifier(std::string(43, 'a')));
  CHECK(is_code_verifier(std::string(128, 'a')));
  CHECK_FALSE(is_code_verifier(std::string(129, 'a')));
}
