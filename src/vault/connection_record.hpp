#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/auth_kind.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace tenon {

enum class connection_status : std::uint8_t { active, expired, error, inactive, disconnected };

// account_name is how the provider knows the connected account.
struct account_name {
  std::string id;
  std::string username;
  std::string display_name;
  std::string email;
};

// refresh_lease is held by whoever may spend the refresh token (R38, R40). It is durable before
// the request leaves: owner tells two holders apart, generation is the holder's fencing number,
// which its tokens will carry, deadline is when anyone may take over.
struct refresh_lease {
  std::string owner;
  std::int64_t generation = 0;
  time_ms started_at = 0;
  time_ms deadline = 0;
};

// refresh_trouble is what failed refreshes left behind; a stored pair clears it.
struct refresh_trouble {
  std::int64_t failures = 0;  // series of tries that failed, one after another
  bool maybe_spent = false;   // a try may have been carried out without our hearing of it
  bool forced = false;        // the one forced refresh of this cool-down was made (R43)
  bool refused = false;       // the provider refused our client: the operator must act (R24)
};

// spare_token is the sealed refresh token of a pair that came too late to be the current one. It
// is tried once when the current one turns out to be dead (R38).
struct spare_token {
  std::int64_t generation = 0;
  std::string refresh_token;
};

// connection_health is what the last checks of a connection found. failure is "" after a good one,
// else the name of an error code; window counts checks and failed ones of the last `window_at` day.
struct connection_health {
  std::optional<time_ms> checked_at;
  std::string failure;
  std::int64_t failures = 0;  // one after another
  time_ms window_at = 0;
  std::int64_t window_checks = 0;
  std::int64_t window_failures = 0;
};

// connection_record is what is stored of a connection. Tokens are sealed texts, bound to this
// record's id, field and generation. docs/storage-schema.md gives the stored form.
struct connection_record {
  std::string id;
  std::string organization;
  std::string user;
  std::string provider;
  account_name account;
  auth_kind auth = auth_kind::oauth2;
  connection_status status = connection_status::active;
  std::string reason;  // why the status is not active, such as "grant_revoked"; else ""
  std::vector<std::string> scopes;
  std::vector<std::string> scopes_requested;
  std::string token_type;
  time_ms issued_at = 0;
  std::optional<time_ms> expires_at;          // nullopt: the provider did not say
  std::optional<time_ms> refresh_expires_at;  // end of life of the refresh token, where known
  std::string access_token;                   // sealed; "" when there is none
  std::string refresh_token;                  // sealed; "" when there is none
  std::int64_t generation = 0;                // of the stored pair; only grows (R35, R38)
  std::int64_t fence = 0;                     // the last fencing number that a lease was given
  std::int64_t grant = 0;                     // the generation of the last authorization's pair
  std::optional<refresh_lease> lease;
  std::optional<time_ms> refresh_after;  // cooling down: no refresh before this (R24, R43)
  refresh_trouble trouble;
  std::optional<spare_token> spare;
  std::optional<std::int64_t> learned_lifetime_s;  // where the provider never says one
  std::optional<time_ms> due_at;                   // where this connection's due row stands
  std::optional<time_ms> end_notice_at;  // when to tell of the refresh token's coming end (R48)
  connection_health health;
  std::string metadata_json = "{}";
  time_ms created_at = 0;
  time_ms updated_at = 0;
  std::optional<time_ms> last_refresh_at;
};

// next_fence gives the number of the next lease, authorization or disconnect: above every fence and
// generation before, so that whoever comes late is known by his number (R38).
std::int64_t next_fence(const connection_record& record);

// encode_connection writes the stored form, version 1.
std::string encode_connection(const connection_record& record);
// decode_connection reads it; anything it does not understand is database_error/record_unreadable,
// so that a record from a newer version is never half read and written back.
result<connection_record> decode_connection(std::string_view text);

// public_connection writes the shape that callers see: no token, no lease. now decides whether an
// access token that ran out without a refresh token shows as expired.
std::string public_connection(const connection_record& record, time_ms now);
// shown_status is the status word of public_connection, such as "connected".
std::string_view shown_status(const connection_record& record, time_ms now);

}  // namespace tenon
