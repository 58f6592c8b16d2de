#include "oauth/state.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "crypto/constant_time.hpp"
#include "encoding/base64.hpp"
#include "encoding/decimal.hpp"
#include "encoding/length_prefixed.hpp"

namespace tenon {
namespace {

constexpr std::string_view purpose = "tenon.state.v1";
constexpr std::size_t nonce_chars = 32;
constexpr std::size_t route_chars = 22;
constexpr std::size_t mac_chars = 43;

length_prefixed_builder signed_list(state_stamp stamp, std::string_view nonce,
                                    const state_claims& claims) {
  length_prefixed_builder list;
  list.append(purpose);
  list.append(encode_decimal(stamp.key_id));
  list.append(encode_decimal(stamp.issued_at));
  list.append(nonce);
  list.append(claims.route);
  list.append(claims.organization);
  list.append(claims.user);
  list.append(claims.provider);
  list.append(claims.issuer);
  list.append(claims.redirect_uri);
  list.append(claims.binding);
  return list;
}

// is_base64url checks digits without decoding: states are public, and every callback comes through
// here. Base64url is canonical only when the unused bits of its last digit are 0; without that rule
// some bit flips would leave the same bytes.
bool is_base64url(std::string_view text, std::size_t chars) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const auto is_digit = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  };
  if (text.size() != chars || !std::all_of(text.begin(), text.end(), is_digit)) return false;
  const std::size_t unused_bits = chars * 6 % 8;
  return (digits.find(text.back()) & ((std::size_t{1} << unused_bits) - 1)) == 0;
}

// Takes what stands before the separator; nothing when there is no separator.
std::optional<std::string_view> cut(std::string_view& rest, char separator) noexcept {
  const std::size_t at = rest.find(separator);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view front = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  return front;
}

bool read_stamp(std::string_view key_id_text, std::string_view issued_at_text,
                parsed_state& state) {
  const auto key_id = decode_decimal(key_id_text);
  const auto issued_at = decode_decimal(issued_at_text);
  if (!key_id || *key_id < 0 || *key_id > std::numeric_limits<std::uint32_t>::max()) return false;
  if (!issued_at || *issued_at < 0 || *issued_at > time_ms_max) return false;
  state.key_id = static_cast<std::uint32_t>(*key_id);
  state.issued_at = *issued_at;
  return true;
}

constexpr error malformed{error_code::invalid_state, error_reason::state_malformed, 0};

}  // namespace

std::string issue_state(const hmac_key& key, state_stamp stamp, byte_view nonce,
                        const state_claims& claims) {
  const bool is_sound = nonce.size() == state_nonce_bytes && stamp.issued_at >= 0 &&
                        stamp.issued_at <= time_ms_max &&
                        (claims.route.empty() || is_route(claims.route));
  if (!is_sound) __builtin_trap();
  const std::string nonce_text = encode_base64url(nonce);
  const mac_tag tag = mac(key, signed_list(stamp, nonce_text, claims).view());
  std::string text;
  text.reserve(state_chars_max);
  text += encode_decimal(stamp.key_id);
  text += ':';
  text += encode_decimal(stamp.issued_at);
  text += ':';
  text += nonce_text;
  if (!claims.route.empty()) {
    text += '.';
    text += claims.route;
  }
  text += '.';
  text += encode_base64url(tag.view());
  return text;
}

result<parsed_state> parse_state(std::string_view text) {
  if (text.size() > state_chars_max) return malformed;
  const auto key_id = cut(text, ':');
  const auto issued_at = cut(text, ':');
  const auto nonce = cut(text, '.');
  if (!key_id || !issued_at || !nonce) return malformed;
  parsed_state state;
  if (!read_stamp(*key_id, *issued_at, state)) return malformed;
  if (const auto route = cut(text, '.')) {
    if (!is_route(*route)) return malformed;
    state.route = *route;
  }
  if (!is_base64url(*nonce, nonce_chars) || !is_base64url(text, mac_chars)) return malformed;
  state.nonce = *nonce;
  state.mac = text;
  return state;
}

result<unit> check_state_age(const parsed_state& state, time_ms now, duration_ms ttl_ms) {
  if (state.issued_at - state_skew_ms > now) {
    return {error_code::invalid_state, error_reason::state_from_future};
  }
  if (now - state.issued_at >= ttl_ms) {
    return {error_code::invalid_state, error_reason::state_expired};
  }
  return unit{};
}

result<unit> verify_state(const hmac_key& key, const parsed_state& state,
                          const state_claims& claims) {
  const auto list = signed_list({state.key_id, state.issued_at}, state.nonce, claims);
  // Compared as text: the canonical form of a MAC is one text, so a decoder has nothing to add.
  const std::string expected = encode_base64url(mac(key, list.view()).view());
  const bool is_ours =
      constant_time_equal(as_bytes(expected), as_bytes(state.mac)) && claims.route == state.route;
  if (!is_ours) return {error_code::invalid_state, error_reason::state_signature};
  return unit{};
}

bool is_route(std::string_view text) noexcept { return is_base64url(text, route_chars); }

}  // namespace tenon
