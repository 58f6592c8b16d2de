#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.hpp"

// Where records live. Every part is percent-encoded, so that a slash in a name can never move a
// record into somebody else's range (R107). docs/storage-schema.md lists all prefixes.

namespace tenon {

struct connection_path {
  std::string_view organization;
  std::string_view user;
  std::string_view provider;
  std::string_view account;
};

// connection_key is where a connection's record stands.
std::string connection_key(const connection_path& path);
// user_prefix begins the key of every connection of one user; provider_prefix of one provider.
std::string user_prefix(std::string_view organization, std::string_view user);
std::string provider_prefix(std::string_view organization, std::string_view user,
                            std::string_view provider);
// id_key holds the connection_key of a connection id.
std::string id_key(std::string_view connection_id);
// account_key holds the connection_key of one user's hold on a provider account;
// account_prefix begins those of all users.
std::string account_key(const connection_path& path, std::string_view connection_id);
std::string account_prefix(std::string_view organization, std::string_view provider,
                           std::string_view account);
// health_key is where the last checks of a connection stand.
std::string health_key(std::string_view connection_id);
// pending_key is where an authorization in progress stands, by its nonce.
std::string pending_key(std::string_view nonce);
// destination_key is where the state of one host stands, as one organization knows it (R95). host
// is in lower case, with its port where that is not the scheme's own.
std::string destination_key(std::string_view organization, std::string_view host);
// key_use_key is where the use of one key of the ring is counted.
std::string key_use_key(std::uint32_t key_id);
inline constexpr std::string_view key_use_prefix = "key/";
// due_key orders timed work by when it is due; due_end is the first key after `now`.
std::string due_key(time_ms at, std::string_view kind, std::string_view id);
std::string due_end(time_ms now);
inline constexpr std::string_view due_prefix = "due/";
// care_kind is the kind of a connection's one due row; its value is the connection's key.
inline constexpr std::string_view care_kind = "connection";
// finish_kind is the kind of a pending authorization's due row; its value is the pending key.
inline constexpr std::string_view finish_kind = "finish";
// event_key is where an audited event waits for its place in the audit log, audit_key where the
// log's entry of that number stands, audit_head_key where its end is noted.
std::string event_key(time_ms at, std::string_view id);
std::string audit_key(std::int64_t seq);
// audit_seq reads the number back; -1 when the key is not one.
std::int64_t audit_seq(std::string_view key);
inline constexpr std::string_view event_prefix = "event/";
inline constexpr std::string_view audit_prefix = "audit/";
inline constexpr std::string_view audit_head_key = "audit-head";
// postponed gives the key of the same work at a later time.
std::string postponed(std::string_view due_key, time_ms at);
// due_time reads the time back out of a due key; -1 when the key is not one.
time_ms due_time(std::string_view key);

}  // namespace tenon
