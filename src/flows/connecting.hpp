#pragma once

#include <string_view>

#include "coro/task.hpp"
#include "flows/connection.hpp"
#include "oauth/profile.hpp"
#include "vault/storage_keys.hpp"

// What every way to connect an account shares.

namespace tenon {

// save_attempts_max bounds how often a connection is saved again when others change it meanwhile.
inline constexpr int save_attempts_max = 5;

// fetch_account asks the provider whose credential this is, again while the failure is transient.
// Without a profile call there is one account per user and provider, "default". Failures:
// network_error/profile_failed when it may yet answer, else as read_profile. The credential stays
// with the caller until the task ends.
task<account_profile> fetch_account(flow_scope& scope, const configured_provider& target,
                                    std::string_view credential);

// find_or_begin reads the account's record, so that a reconnection keeps its id, or begins one.
task<located_connection> find_or_begin(flow_scope& scope, const connection_path& path);

// put_account adds what makes a connected account: the record, checked against what was read, and
// its two pointers.
void put_account(flow_scope& scope, commit_request& batch, located_connection& connection);

}  // namespace tenon
