#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.hpp"
#include "base/http.hpp"
#include "catalog/provider.hpp"

// What an answer to the profile call proves about a connection, and what a person should do then.

namespace tenon {

// judge_account gives no error when the provider names the account that is connected. Else:
// unauthorized/access_refused for 401, forbidden/scope_missing or forbidden/access_forbidden for
// 403, forbidden/account_changed for another account; network_error or rate_limited with
// provider_unavailable when the provider cannot say now; provider_error/profile_failed for an
// answer that makes no sense.
error judge_account(const profile_call& call, const http_reply& reply, std::string_view account);

// breaks says that the connection does not work although its grant may be alive.
bool breaks(error finding) noexcept;

enum class health_action : std::uint8_t {
  none,
  wait,
  reconnect,
  check_provider,
  check_configuration,
};
// action_for says what a person should do about a finding.
health_action action_for(error finding) noexcept;
// name_of gives an action's public spelling, such as "check_provider".
std::string_view name_of(health_action action) noexcept;

}  // namespace tenon
