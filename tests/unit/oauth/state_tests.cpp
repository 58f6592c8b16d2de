#include <string>
#include <unordered_set>

#include "catch.hpp"
#include "encoding/base64.hpp"
#include "oauth/state.hpp"

using namespace tenon;

namespace {

constexpr time_ms issued_at = 1'790'000'000'000;
constexpr duration_ms ttl_ms = 10 * minute_ms;
constexpr std::string_view route = "AAECAwQFBgcICQoLDA0ODw";

hmac_key key_of(std::string_view secret) { return {hash_kind::sha256, as_bytes(secret)}; }

const state_claims claims{
    route, "org_1", "user_1", "github", "https://github.com", "https://app.example/cb", "binding"};

std::string issued(const state_claims& bound = claims) {
  const std::string nonce(state_nonce_bytes, '\x5a');
  return issue_state(key_of("key"), {7, issued_at}, as_bytes(nonce), bound);
}

parsed_state parsed(std::string_view text) {
  auto state = parse_state(text);
  REQUIRE(state.ok());
  return std::move(state).value();
}

bool is_accepted(std::string_view text) {
  const auto state = parse_state(text);
  if (!state.ok()) {
    CHECK(state.error() == error{error_code::invalid_state, error_reason::state_malformed, 0});
    return false;
  }
  return state.value().key_id == 7 && verify_state(key_of("key"), state.value(), claims).ok();
}

error_reason fault(const hmac_key& key, const parsed_state& state, const state_claims& bound) {
  const auto verified = verify_state(key, state, bound);
  if (verified.ok()) return error_reason::none;
  CHECK(verified.error().code == error_code::invalid_state);
  return verified.error().reason;
}

}  // namespace

TEST_CASE("a state has the fields of its format and verifies for its own claims", "[oauth]") {
  const std::string text = issued();
  CHECK(text.starts_with("7:1790000000000:WlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpa." + std::string(route)));
  CHECK(text.size() <= state_chars_max);
  const parsed_state state = parsed(text);
  CHECK(state.key_id == 7);
  CHECK(state.issued_at == issued_at);
  CHECK(state.nonce == "WlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpa");
  CHECK(state.route == route);
  CHECK(state.mac.size() == 43);
  CHECK(fault(key_of("key"), state, claims) == error_reason::none);
}

TEST_CASE("a state without a route has three parts and verifies", "[oauth]") {
  state_claims bound = claims;
  bound.route = {};
  const parsed_state state = parsed(issued(bound));
  CHECK(state.route.empty());
  CHECK(fault(key_of("key"), state, bound) == error_reason::none);
  CHECK(fault(key_of("key"), state, claims) == error_reason::state_signature);
}

TEST_CASE("the mac covers the documented list of length-prefixed fields", "[oauth]") {
  std::string list;
  const auto field = [&list](std::string_view text) {
    list += std::string(3, '\0') + static_cast<char>(text.size()) + std::string(text);
  };
  for (const std::string_view text :
       {std::string_view("tenon.state.v1"), std::string_view("7"),
        std::string_view("1790000000000"), std::string_view("WlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpa"),
        claims.route, claims.organization, claims.user, claims.provider, claims.issuer,
        claims.redirect_uri, claims.binding}) {
    field(text);
  }
  const mac_tag tag = mac(key_of("key"), as_bytes(list));
  CHECK(parsed(issued()).mac == encode_base64url(tag.view()));
}

TEST_CASE("[R3] no state with a flipped bit is accepted", "[oauth]") {
  const std::string text = issued();
  REQUIRE(is_accepted(text));
  int accepted = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = text;
      flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
      accepted += is_accepted(flipped);
    }
  }
  CHECK(accepted == 0);
}

TEST_CASE("[R3] no truncated or extended state is accepted", "[oauth]") {
  const std::string text = issued();
  for (std::size_t size = 0; size < text.size(); ++size)
    CHECK_FALSE(is_accepted(text.substr(0, size)));
  for (std::size_t start = 1; start < text.size(); ++start)
    CHECK_FALSE(is_accepted(text.substr(start)));
  for (const char* tail : {"A", "=", ".", " ", "\n", ".AAAA"})
    CHECK_FALSE(is_accepted(text + tail));
  for (const char* head : {"0", "+", " ", "-"}) CHECK_FALSE(is_accepted(head + text));
  CHECK_FALSE(is_accepted(std::string(state_chars_max + 1, '1')));
  CHECK_FALSE(is_accepted(""));
}

TEST_CASE("[R3] a field in any but its canonical spelling is malformed", "[oauth]") {
  const std::string nonce = "WlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpa";
  const std::string mac(43, 'A');
  const auto is_parsed = [&](std::string_view front) {
    return parse_state(std::string(front) + ":" + nonce + "." + mac).ok();
  };
  CHECK(is_parsed("0:0"));
  CHECK(is_parsed("4294967295:8640000000000000"));
  for (const char* front : {"4294967296:0", "0:8640000000000001", "-1:0", "0:-1", "00:0", "0:00",
                            "+1:0", "1.0:0", "1e3:0", ":0", "0:", "0x1:0", "1 :0"}) {
    INFO(front);
    CHECK_FALSE(is_parsed(front));
  }
  CHECK_FALSE(parse_state("0:0:" + nonce + "..").ok());
  CHECK_FALSE(parse_state("0:0:" + nonce + ".." + mac).ok());
  CHECK_FALSE(parse_state("0:0:" + nonce + ".AAECAwQFBgcICQoLDA0OD." + mac).ok());
  CHECK_FALSE(parse_state("0:0:" + nonce + ".AAECAwQFBgcICQoLDA0ODx." + mac).ok());
  CHECK_FALSE(parse_state("0:0:" + nonce.substr(1) + "." + mac).ok());
  CHECK_FALSE(parse_state("0:0:" + nonce + "." + std::string(42, 'A') + "B").ok());
  CHECK_FALSE(parse_state("0:0:" + nonce + "." + std::string(43, '+')).ok());
}

TEST_CASE("[R3] a state of another key is refused", "[oauth]") {
  const parsed_state state = parsed(issued());
  CHECK(fault(key_of("other"), state, claims) == error_reason::state_signature);
  CHECK(fault(hmac_key(hash_kind::sha512, as_bytes("key")), state, claims) ==
        error_reason::state_signature);
}

TEST_CASE("[R5][R8] a state is refused when any claim differs", "[oauth]") {
  const parsed_state state = parsed(issued());
  std::string_view state_claims::*const fields[] = {
      &state_claims::route,    &state_claims::organization, &state_claims::user,
      &state_claims::provider, &state_claims::issuer,       &state_claims::redirect_uri,
      &state_claims::binding};
  for (const auto member : fields) {
    for (const std::string& other :
         {std::string(), std::string(claims.*member) + "/", std::string("x")}) {
      state_claims changed = claims;
      changed.*member = other;
      CHECK(fault(key_of("key"), state, changed) == error_reason::state_signature);
    }
  }
}

TEST_CASE("[R3] characters moved from one claim to the next make another state", "[oauth]") {
  state_claims left = claims;
  left.organization = "ab";
  left.user = "c";
  state_claims right = claims;
  right.organization = "a";
  right.user = "bc";
  CHECK(fault(key_of("key"), parsed(issued(left)), right) == error_reason::state_signature);
  CHECK(parsed(issued(left)).mac != parsed(issued(right)).mac);
}

TEST_CASE("[R7] a state is accepted until 1 ms before its lifetime ends and never after it",
          "[oauth]") {
  const parsed_state state = parsed(issued());
  const auto age_fault = [&state](time_ms now) {
    const auto checked = check_state_age(state, now, ttl_ms);
    return checked.ok() ? error_reason::none : checked.error().reason;
  };
  CHECK(age_fault(issued_at) == error_reason::none);
  CHECK(age_fault(issued_at + ttl_ms - second_ms) == error_reason::none);
  CHECK(age_fault(issued_at + ttl_ms - 1) == error_reason::none);
  CHECK(age_fault(issued_at + ttl_ms) == error_reason::state_expired);
  CHECK(age_fault(issued_at + ttl_ms + 1) == error_reason::state_expired);
  CHECK(age_fault(issued_at - state_skew_ms) == error_reason::none);
  CHECK(age_fault(issued_at - state_skew_ms - 1) == error_reason::state_from_future);
}

TEST_CASE("[R7] an expired state is not revived by a clock set back an hour", "[oauth]") {
  const parsed_state state = parsed(issued());
  const auto checked = check_state_age(state, issued_at + ttl_ms - hour_ms, ttl_ms);
  REQUIRE_FALSE(checked.ok());
  CHECK(checked.error().reason == error_reason::state_from_future);
  for (const time_ms now : {INT64_MIN, INT64_MAX}) {
    CHECK_FALSE(check_state_age(state, now, ttl_ms).ok());
  }
}

TEST_CASE("[R1] 100,000 states of as many nonces are all different", "[oauth]") {
  const hmac_key key = key_of("key");
  std::unordered_set<std::string> seen;
  std::string nonce(state_nonce_bytes, '\0');
  for (int i = 0; i < 100'000; ++i) {
    for (int byte = 0; byte < 3; ++byte) nonce[7 + byte] = static_cast<char>(i >> (8 * byte));
    seen.insert(issue_state(key, {1, issued_at}, as_bytes(nonce), claims));
  }
  CHECK(seen.size() == 100'000);
}

TEST_CASE("[R2] nothing that a state is bound to can be read from it", "[oauth]") {
  const state_claims canaries{{},
                              "canary-organization",
                              "canary-user",
                              "canary-provider",
                              "https://canary.example",
                              "https://canary.example/cb",
                              "canary-binding"};
  const std::string text = issued(canaries);
  std::string all = text;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find_first_of(":.", start), text.size());
    if (const auto bytes = decode_base64url(text.substr(start, end - start))) {
      all += as_text(*bytes);
    }
    start = end + 1;
  }
  CHECK(all.find("canary") == std::string::npos);
}

TEST_CASE("is_route knows 16 bytes of canonical base64url", "[oauth]") {
  CHECK(is_route(route));
  CHECK_FALSE(is_route(""));
  CHECK_FALSE(is_route("AAECAwQFBgcICQoLDA0OD"));
  CHECK_FALSE(is_route("AAECAwQFBgcICQoLDA0ODwA"));
  CHECK_FALSE(is_route("AAECAwQFBgcICQoLDA0ODx"));
  CHECK_FALSE(is_route("AAECAwQFBgcICQoLDA0OD="));
}
