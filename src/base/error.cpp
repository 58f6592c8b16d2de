#include "base/error.hpp"

#include <cstddef>
#include <iterator>

namespace tenon {
namespace {

struct code_row {
  std::string_view name;
  error_kind kind;
  std::string_view sentence;
};

constexpr code_row codes[] = {
    {"", error_kind::ours, ""},
    {"INVALID_PROVIDER", error_kind::caller, "No such provider is configured."},
    {"INVALID_USER_ID", error_kind::caller, "The user id is empty, too long or not text."},
    {"INVALID_REDIRECT_URL", error_kind::caller, "The return URL is not an allowed address."},
    {"INVALID_STATE", error_kind::hostile, "This sign-in link is not valid any more."},
    {"OAUTH_INIT_ERROR", error_kind::ours, "The connection could not be started."},
    {"OAUTH_CALLBACK_ERROR", error_kind::refused, "The provider's answer could not be used."},
    {"ACCOUNT_NOT_FOUND", error_kind::caller, "No such connected account."},
    {"NO_REFRESH_TOKEN", error_kind::refused, "The provider gave no refresh token."},
    {"TOKEN_REFRESH_ERROR", error_kind::transient, "The token could not be refreshed now."},
    {"TOKEN_EXPIRED", error_kind::refused, "The connection has ended; connect again."},
    {"NO_ACCESS_TOKEN", error_kind::refused, "The connection holds no access token."},
    {"GET_TOKEN_ERROR", error_kind::ours, "The token could not be read."},
    {"DISCONNECT_ERROR", error_kind::ours, "The connection could not be removed."},
    {"DATABASE_ERROR", error_kind::transient, "The storage did not answer."},
    {"NETWORK_ERROR", error_kind::transient, "The provider could not be reached."},
    {"INTEGRATION_NOT_FOUND", error_kind::caller, "No such connection."},
    {"RATE_LIMITED", error_kind::transient, "Too many requests; try again later."},
    {"PROVIDER_ERROR", error_kind::refused, "The provider answered with an error."},
    {"CONFIGURATION_ERROR", error_kind::ours, "The service is not set up for this."},
    {"UNAUTHORIZED", error_kind::caller, "A valid credential is needed."},
    {"FORBIDDEN", error_kind::caller, "This credential may not do that."},
    {"CONFLICT", error_kind::transient, "The record changed meanwhile; try again."},
    {"VALIDATION_ERROR", error_kind::caller, "The request is not valid."},
    {"INTERNAL_ERROR", error_kind::ours, "Something went wrong on our side."},
    {"CIRCUIT_OPEN", error_kind::transient, "The provider is failing; it is left alone for now."},
};
static_assert(std::size(codes) == static_cast<std::size_t>(error_code::count_));

constexpr std::string_view reasons[] = {
    "",
    "state_malformed",
    "state_unknown_key",
    "state_signature",
    "state_expired",
    "state_from_future",
    "state_unknown",
    "state_used",
    "state_provider",
    "state_redirect_uri",
    "state_user",
    "state_session",
    "state_issuer",
    "binding_missing",
    "binding_mismatch",
    "parameter_repeated",
    "parameter_missing",
    "parameter_too_long",
    "parameter_conflict",
    "issuer_missing",
    "issuer_unexpected",
    "issuer_mismatch",
    "provider_denied",
    "exchange_interrupted",
    "exchange_in_progress",
    "token_rejected",
    "token_protocol",
    "token_client_refused",
    "token_ambiguous",
    "lost_rotation",
    "grant_revoked",
    "profile_failed",
    "seal_unreadable",
    "record_unreadable",
    "record_changed",
    "too_large",
    "not_utf8",
    "json_syntax",
    "json_depth",
    "json_repeated_key",
    "wrong_type",
    "not_https",
    "not_allowed",
    "unknown_field",
    "inactive",
    "host_failed",
    "cooling_down",
    "pair_held",
    "token_ran_out",
    "refresh_token_ends",
    "key_in_use",
    "key_missing",
    "key_used_up",
    "provider_unavailable",
    "access_refused",
    "access_forbidden",
    "scope_missing",
    "account_changed",
};
static_assert(std::size(reasons) == static_cast<std::size_t>(error_reason::count_));

const code_row& row_of(error_code code) noexcept { return codes[static_cast<std::size_t>(code)]; }

}  // namespace

std::string_view name_of(error_code code) noexcept { return row_of(code).name; }
std::string_view sentence_of(error_code code) noexcept { return row_of(code).sentence; }
error_kind kind_of(error_code code) noexcept { return row_of(code).kind; }
std::string_view name_of(error_reason reason) noexcept {
  return reasons[static_cast<std::size_t>(reason)];
}

}  // namespace tenon
