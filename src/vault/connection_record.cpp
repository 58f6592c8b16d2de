#include "vault/connection_record.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "json/record.hpp"
#include "json/writer.hpp"

namespace tenon {
namespace {

constexpr std::string_view status_words[] = {"active", "expired", "error", "inactive",
                                             "disconnected"};

constexpr std::string_view auth_words[] = {"oauth2", "api_key", "basic"};

constexpr record_field account_fields[] = {
    TENON_FIELD("id", account_name, id),
    TENON_FIELD("username", account_name, username),
    TENON_FIELD("displayName", account_name, display_name),
    TENON_FIELD("email", account_name, email),
};

constexpr record_field lease_fields[] = {
    TENON_FIELD("owner", refresh_lease, owner),
    TENON_FIELD("generation", refresh_lease, generation),
    TENON_FIELD("startedAt", refresh_lease, started_at),
    TENON_FIELD("deadline", refresh_lease, deadline),
};

constexpr record_field trouble_fields[] = {
    TENON_FIELD("failures", refresh_trouble, failures),
    TENON_FIELD("maybeSpent", refresh_trouble, maybe_spent),
    TENON_FIELD("forced", refresh_trouble, forced),
    TENON_FIELD("refused", refresh_trouble, refused),
};

constexpr record_field spare_fields[] = {
    TENON_FIELD("generation", spare_token, generation),
    TENON_FIELD("refreshToken", spare_token, refresh_token),
};

constexpr record_field health_fields[] = {
    TENON_FIELD("checkedAt", connection_health, checked_at),
    TENON_FIELD("failure", connection_health, failure),
    TENON_FIELD("failures", connection_health, failures),
    TENON_FIELD("windowAt", connection_health, window_at),
    TENON_FIELD("windowChecks", connection_health, window_checks),
    TENON_FIELD("windowFailures", connection_health, window_failures),
};

constexpr record_field stored_fields[] = {
    record_version(1),
    TENON_FIELD("id", connection_record, id),
    TENON_FIELD("organization", connection_record, organization),
    TENON_FIELD("user", connection_record, user),
    TENON_FIELD("provider", connection_record, provider),
    TENON_FIELD("account", connection_record, account).fields(account_fields).required(),
    TENON_FIELD("auth", connection_record, auth).words(auth_words).required(),
    TENON_FIELD("status", connection_record, status).words(status_words).required(),
    TENON_FIELD("reason", connection_record, reason),
    TENON_FIELD("scopes", connection_record, scopes),
    TENON_FIELD("scopesRequested", connection_record, scopes_requested),
    TENON_FIELD("tokenType", connection_record, token_type),
    TENON_FIELD("issuedAt", connection_record, issued_at),
    TENON_FIELD("expiresAt", connection_record, expires_at),
    TENON_FIELD("refreshExpiresAt", connection_record, refresh_expires_at),
    TENON_FIELD("accessToken", connection_record, access_token),
    TENON_FIELD("refreshToken", connection_record, refresh_token),
    TENON_FIELD("generation", connection_record, generation),
    TENON_FIELD("fence", connection_record, fence),
    TENON_FIELD("grant", connection_record, grant),
    TENON_FIELD("lease", connection_record, lease).fields(lease_fields),
    TENON_FIELD("refreshAfter", connection_record, refresh_after),
    TENON_FIELD("trouble", connection_record, trouble).fields(trouble_fields).sparse(),
    TENON_FIELD("spare", connection_record, spare).fields(spare_fields),
    TENON_FIELD("learnedLifetimeS", connection_record, learned_lifetime_s).sparse(),
    TENON_FIELD("dueAt", connection_record, due_at),
    TENON_FIELD("endNoticeAt", connection_record, end_notice_at),
    TENON_FIELD("health", connection_record, health).fields(health_fields).sparse(),
    TENON_FIELD("metadata", connection_record, metadata_json).raw(),
    TENON_FIELD("createdAt", connection_record, created_at),
    TENON_FIELD("updatedAt", connection_record, updated_at),
    TENON_FIELD("lastRefreshAt", connection_record, last_refresh_at),
};

bool scopes_narrowed(const connection_record& record) {
  return std::any_of(record.scopes_requested.begin(), record.scopes_requested.end(),
                     [&](const std::string& scope) {
                       return std::find(record.scopes.begin(), record.scopes.end(), scope) ==
                              record.scopes.end();
                     });
}

const std::string& name_to_show(const account_name& account) {
  if (!account.display_name.empty()) return account.display_name;
  if (!account.username.empty()) return account.username;
  return account.email.empty() ? account.id : account.email;
}

bool ran_out(const connection_record& record, time_ms now) {
  // A lifetime of nothing says nothing; see oauth/expiry.hpp.
  return record.refresh_token.empty() && record.expires_at &&
         *record.expires_at > record.issued_at && *record.expires_at <= now;
}

}  // namespace

std::int64_t next_fence(const connection_record& record) {
  return std::max(record.fence, record.generation) + 1;
}

std::string encode_connection(const connection_record& record) {
  return encode_record(stored_fields, record);
}

result<connection_record> decode_connection(std::string_view text) {
  return decode_record<connection_record>(stored_fields, text);
}

std::string_view shown_status(const connection_record& record, time_ms now) {
  if (record.status != connection_status::active) {
    return status_words[static_cast<std::size_t>(record.status)];
  }
  return ran_out(record, now) ? "expired" : "connected";
}

std::string public_connection(const connection_record& record, time_ms now) {
  const std::string_view status = shown_status(record, now);
  json_writer json;
  json.begin_object();
  json.member("id", record.id);
  json.member("provider", record.provider);
  json.member("providerAccountId", record.account.id);
  json.member("accountName", name_to_show(record.account));
  json.key("account");
  json.raw(encode_record(account_fields, record.account));
  json.member("userId", record.user);
  json.member("organizationId", record.organization);
  json.member("status", status);
  json.member("isConnected", status == "connected");
  json.key("reason");
  record.reason.empty() ? json.null() : json.string(record.reason);
  json.member("scopes", record.scopes);
  json.member("scopesNarrowed", scopes_narrowed(record));
  json.member("tokenType", record.token_type);
  json.member_or_null("expiresAt", record.expires_at);
  json.member("issuedAt", record.issued_at);
  json.member("hasRefreshToken", !record.refresh_token.empty());
  json.key("metadata");
  json.raw(record.metadata_json);
  json.member("createdAt", record.created_at);
  json.member("updatedAt", record.updated_at);
  json.member_or_null("lastRefreshAt", record.last_refresh_at);
  json.end_object();
  return json.take();
}

}  // namespace tenon
