#include "flows/account_check.hpp"

#include <cstddef>

#include "encoding/header_field.hpp"
#include "oauth/profile.hpp"
#include "retry/classify.hpp"

namespace tenon {
namespace {

// is_limited says that a 403 means "not now": some providers answer so instead of 429.
bool is_limited(const http_reply& reply) {
  const std::string* left = find_header(reply.headers, "x-ratelimit-remaining");
  return find_header(reply.headers, "retry-after") != nullptr || (left != nullptr && *left == "0");
}

// lacks_scope reads the challenge of RFC 6750 section 3.1.
bool lacks_scope(const http_reply& reply) {
  const std::string* challenge = find_header(reply.headers, "www-authenticate");
  return challenge != nullptr && challenge->find("insufficient_scope") != std::string::npos;
}

}  // namespace

error judge_account(const profile_call& call, const http_reply& reply, std::string_view account) {
  const std::uint16_t status = reply.status;
  const bool silent = reply.network != network_kind::none;
  if (status == 429 || (status == 403 && is_limited(reply))) {
    return {error_code::rate_limited, error_reason::provider_unavailable, status};
  }
  if (silent || status >= 500 || is_retryable(reply, true)) {
    return {error_code::network_error, error_reason::provider_unavailable, status};
  }
  if (status == 401) return {error_code::unauthorized, error_reason::access_refused, status};
  if (status == 403) {
    return {error_code::forbidden,
            lacks_scope(reply) ? error_reason::scope_missing : error_reason::access_forbidden,
            status};
  }
  const auto profile = read_profile(call, reply);
  if (!profile.ok()) return profile.error();
  if (profile.value().id != account) {
    return {error_code::forbidden, error_reason::account_changed, status};
  }
  return {};
}

bool breaks(error finding) noexcept {
  return finding.code == error_code::unauthorized || finding.code == error_code::forbidden;
}

health_action action_for(error finding) noexcept {
  if (finding.code == error_code::none || finding.reason == error_reason::inactive) {
    return health_action::none;
  }
  const bool ended = finding.code == error_code::token_expired ||
                     finding.code == error_code::no_refresh_token ||
                     finding.code == error_code::no_access_token;
  if (ended || (breaks(finding) && finding.reason != error_reason::access_forbidden)) {
    return health_action::reconnect;
  }
  const error_kind kind = kind_of(finding.code);
  if (kind == error_kind::transient) return health_action::wait;
  const bool ours = kind == error_kind::ours || finding.code == error_code::invalid_provider;
  return ours ? health_action::check_configuration : health_action::check_provider;
}

std::string_view name_of(health_action action) noexcept {
  constexpr std::string_view names[] = {"none", "wait", "reconnect", "check_provider",
                                        "check_configuration"};
  return names[static_cast<std::size_t>(action)];
}

}  // namespace tenon
