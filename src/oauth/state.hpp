#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "crypto/hmac.hpp"

namespace tenon {

// A state is <keyId>:<issuedAtMs>:<nonce>[.<route>].<mac>, for example
//
//   2:1790000000000:w3Zr...32 characters...k9.Qm1o...22...Zw.5dXy...43...A0
//
// Nothing in it tells who the user is; the mac binds what state_claims lists.

inline constexpr std::size_t state_nonce_bytes = 24;
inline constexpr std::size_t state_chars_max = 256;
inline constexpr duration_ms state_skew_ms = minute_ms;

// state_claims is what a state is bound to. Only the route is carried; the rest is kept in the
// pending record or known to the verifier. The route is "" or 22 characters of base64url.
struct state_claims {
  std::string_view route;
  std::string_view organization;
  std::string_view user;
  std::string_view provider;
  std::string_view issuer;
  std::string_view redirect_uri;
  std::string_view binding;
};

struct state_stamp {
  std::uint32_t key_id = 0;
  time_ms issued_at = 0;
};

struct parsed_state {
  std::uint32_t key_id = 0;
  time_ms issued_at = 0;
  std::string nonce;  // 32 characters
  std::string route;  // "" or 22 characters
  std::string mac;    // 43 characters
};

// issue_state signs a new state over 24 fresh random bytes. Traps when the nonce has another
// length, the time is negative or beyond time_ms_max, or the route is no route.
std::string issue_state(const hmac_key& key, state_stamp stamp, byte_view nonce,
                        const state_claims& claims);

// parse_state takes a state apart without trusting it. Fails with invalid_state and
// state_malformed for anything issue_state cannot have written.
result<parsed_state> parse_state(std::string_view text);

// check_state_age fails with state_expired when now is at or past issued_at + ttl_ms, and with
// state_from_future when it was issued more than state_skew_ms ahead of now.
result<unit> check_state_age(const parsed_state& state, time_ms now, duration_ms ttl_ms);

// verify_state checks the mac over these claims in constant time. The claimed route must be the
// state's own (a caller that only routes passes state.route). Fails with invalid_state and
// state_signature.
result<unit> verify_state(const hmac_key& key, const parsed_state& state,
                          const state_claims& claims);

// is_route says whether text is 22 characters of canonical base64url (16 bytes).
bool is_route(std::string_view text) noexcept;

}  // namespace tenon
