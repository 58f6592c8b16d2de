// State, PKCE, routes and return addresses, for both modules.
#include <string>
#include <vector>

#include "crypto/hmac.hpp"
#include "keys.hpp"
#include "memory.hpp"
#include "oauth/pkce.hpp"
#include "oauth/return_to.hpp"
#include "oauth/route.hpp"
#include "oauth/state.hpp"

using namespace tenon;
using namespace tenon::wasm;

namespace {

constexpr std::int32_t verifier_chars = 43;

// read_claims reads the seven bound fields, in the order of docs/abi.md.
state_claims read_claims(field_reader& fields) {
  state_claims claims;
  claims.route = fields.next();
  claims.organization = fields.next();
  claims.user = fields.next();
  claims.provider = fields.next();
  claims.issuer = fields.next();
  claims.redirect_uri = fields.next();
  claims.binding = fields.next();
  return claims;
}

}  // namespace

extern "C" {

// tenon_pkce turns 32 random bytes into a verifier and its S256 challenge, 43 characters each.
std::int32_t tenon_pkce(std::uint32_t at) {
  const auto room = memory_at(at, 2 * verifier_chars);
  if (!room) return bad_call;
  const pkce_pair pair = make_pkce(room->first(pkce_random_bytes));
  write_text(*room, pair.verifier.view());
  write_text(room->subspan(verifier_chars), pair.challenge);
  return 2 * verifier_chars;
}

// tenon_pkce_challenge replaces a verifier by its challenge.
std::int32_t tenon_pkce_challenge(std::uint32_t at, std::uint32_t size) {
  const auto verifier = memory_at(at, size);
  const auto room = memory_at(at, verifier_chars);
  if (!verifier || !room) return bad_call;
  const auto challenge = pkce_challenge(as_text(*verifier));
  return challenge.ok() ? write_text(*room, challenge.value()) : failed(challenge.error());
}

// tenon_state_issue writes a state over its input: 24 nonce bytes, then the bound fields.
std::int32_t tenon_state_issue(std::int32_t slot, std::uint32_t key_id, double now,
                               std::uint32_t at, std::uint32_t size) {
  const hmac_key* key = key_in(slot);
  const auto input = memory_at(at, size);
  const auto room = memory_at(at, state_chars_max);
  if (key == nullptr || !input || !room || size < state_nonce_bytes) return bad_call;
  if (!(now >= 0 && now <= static_cast<double>(time_ms_max))) return bad_call;
  field_reader fields(input->subspan(state_nonce_bytes));
  const state_claims claims = read_claims(fields);
  if (fields.broken() || (!claims.route.empty() && !is_route(claims.route))) return bad_call;
  const std::string state = issue_state(*key, {key_id, static_cast<time_ms>(now)},
                                        input->first(state_nonce_bytes), claims);
  return write_text(*room, state);
}

// tenon_state_key_id gives the key id that a state names, so that the host can pick the slot.
double tenon_state_key_id(std::uint32_t at, std::uint32_t size) {
  const auto text = memory_at(at, size);
  if (!text) return bad_call;
  const auto state = parse_state(as_text(*text));
  return state.ok() ? static_cast<double>(state.value().key_id) : failed(state.error());
}

// tenon_state_verify checks age and MAC of a state, given as a field before the bound fields; the
// route is the state's own. 0 when it holds.
std::int32_t tenon_state_verify(std::int32_t slot, double now, double ttl_ms, std::uint32_t at,
                                std::uint32_t size) {
  const hmac_key* key = key_in(slot);
  const auto input = memory_at(at, size);
  if (key == nullptr || !input || !(now >= 0 && now <= static_cast<double>(time_ms_max)) ||
      !(ttl_ms >= 0 && ttl_ms <= static_cast<double>(time_ms_max))) {
    return bad_call;
  }
  field_reader fields(*input);
  const auto state = parse_state(fields.next());
  state_claims claims = read_claims(fields);
  if (fields.broken()) return bad_call;
  if (!state.ok()) return failed(state.error());
  claims.route = state.value().route;
  const auto age =
      check_state_age(state.value(), static_cast<time_ms>(now), static_cast<duration_ms>(ttl_ms));
  if (!age.ok()) return failed(age.error());
  const auto verified = verify_state(*key, state.value(), claims);
  return verified.ok() ? 0 : failed(verified.error());
}

// tenon_route writes the 22 characters that name a user's shard over organization and user.
std::int32_t tenon_route(std::int32_t slot, std::uint32_t at, std::uint32_t size) {
  const hmac_key* key = key_in(slot);
  const auto input = memory_at(at, size);
  const auto room = memory_at(at, route_chars);
  if (key == nullptr || !input || !room) return bad_call;
  field_reader fields(*input);
  const std::string_view organization = fields.next();
  const std::string_view user = fields.next();
  if (fields.broken()) return bad_call;
  return write_text(*room, route_of(*key, organization, user));
}

// tenon_return_to checks a return address against the allowed origins that follow it.
std::int32_t tenon_return_to(std::uint32_t at, std::uint32_t size) {
  const auto input = memory_at(at, size);
  if (!input) return bad_call;
  field_reader fields(*input);
  const std::string_view target = fields.next();
  std::vector<std::string> origins;
  while (!fields.at_end() && !fields.broken()) origins.emplace_back(fields.next());
  if (fields.broken()) return bad_call;
  const auto checked = check_return_to(target, origins);
  return checked.ok() ? 0 : failed(checked.error());
}
}
