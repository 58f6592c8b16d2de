#pragma once

#include <cstdint>
#include <string_view>

namespace tenon {

// error_kind says what to do about a failure; retry looks at nothing else.
enum class error_kind : std::uint8_t {
  caller,     // the call was wrong; repeating it unchanged cannot help
  refused,    // the peer said no, for good
  transient,  // may work later
  hostile,    // looks like an attack; outsiders learn nothing from it
  ours,       // configuration or a host failure: the operator must act
};

// error_code is append-only: the numbers cross the wasm border. Spelling, kind and
// sentence of each stand in one table, error.cpp.
enum class error_code : std::uint8_t {
  none = 0,
  invalid_provider,
  invalid_user_id,
  invalid_redirect_url,
  invalid_state,
  oauth_init_error,
  oauth_callback_error,
  account_not_found,
  no_refresh_token,
  token_refresh_error,
  token_expired,
  no_access_token,
  get_token_error,
  disconnect_error,
  database_error,
  network_error,
  integration_not_found,
  rate_limited,
  provider_error,
  configuration_error,
  unauthorized,
  forbidden,
  conflict,
  validation_error,
  internal_error,
  circuit_open,
  count_,
};

// error_reason names the exact cause for the operator's log; outsiders see the code only.
// The number doubles as a stable detail on the wasm border. Append-only.
enum class error_reason : std::uint8_t {
  none = 0,
  state_malformed,
  state_unknown_key,
  state_signature,
  state_expired,
  state_from_future,
  state_unknown,
  state_used,
  state_provider,
  state_redirect_uri,
  state_user,
  state_session,
  state_issuer,
  binding_missing,
  binding_mismatch,
  parameter_repeated,
  parameter_missing,
  parameter_too_long,
  parameter_conflict,
  issuer_missing,
  issuer_unexpected,
  issuer_mismatch,
  provider_denied,
  exchange_interrupted,
  exchange_in_progress,
  token_rejected,
  token_protocol,
  token_client_refused,
  token_ambiguous,
  lost_rotation,
  grant_revoked,
  profile_failed,
  seal_unreadable,
  record_unreadable,
  record_changed,
  too_large,
  not_utf8,
  json_syntax,
  json_depth,
  json_repeated_key,
  wrong_type,
  not_https,
  not_allowed,
  unknown_field,
  inactive,
  host_failed,
  cooling_down,
  pair_held,
  token_ran_out,
  refresh_token_ends,
  key_in_use,
  key_missing,
  key_used_up,
  provider_unavailable,
  access_refused,
  access_forbidden,
  scope_missing,
  account_changed,
  count_,
};

// error is small and copied freely. status is the HTTP status of a peer, or 0.
struct [[nodiscard]] error {
  error_code code = error_code::none;
  error_reason reason = error_reason::none;
  std::uint16_t status = 0;

  friend bool operator==(const error&, const error&) = default;
};

// name_of gives a code's public spelling, such as "INVALID_STATE".
std::string_view name_of(error_code code) noexcept;
// sentence_of gives the one public sentence of a code; it never holds request data.
std::string_view sentence_of(error_code code) noexcept;
error_kind kind_of(error_code code) noexcept;
// name_of gives a reason's spelling in logs, such as "state_expired"; "" for none.
std::string_view name_of(error_reason reason) noexcept;

}  // namespace tenon
