#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
// the request leaves: owner tells two holders apart, generation is the fencing number of the
// tokens the holder will write, deadline is when anyone may take over.
struct refresh_lease {
  std::string owner;
  std::int64_t generation = 0;
  time_ms started_at = 0;
  time_ms deadline = 0;
};

// connection_record is what is stored of a connection. Tokens are sealed texts, bound to this
// record's id, field and generation. docs/storage-schema.md gives the stored form.
struct connection_record {
  std::string id;
  std::string organization;
  std::string user;
  std::string provider;
  account_name account;
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
  std::int64_t generation = 0;                // grows by one with every stored pair (R35, R38)
  std::optional<refresh_lease> lease;
  std::optional<time_ms> refresh_after;  // no refresh before this: the provider refused our client
  std::string metadata_json = "{}";
  time_ms created_at = 0;
  time_ms updated_at = 0;
  std::optional<time_ms> last_refresh_at;
};

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
