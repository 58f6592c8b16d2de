#include "vault/connection_record.hpp"

#include <algorithm>
#include <cstddef>
#include <span>

#include "json/json.hpp"
#include "vault/record_json.hpp"

namespace tenon {
namespace {

constexpr std::int64_t stored_version = 1;
constexpr error unreadable{error_code::database_error, error_reason::record_unreadable};

constexpr std::string_view status_words[] = {"active", "expired", "error", "inactive",
                                             "disconnected"};

constexpr std::string_view auth_words[] = {"oauth2", "api_key", "basic"};

std::optional<std::size_t> place_of(std::string_view word,
                                    std::span<const std::string_view> words) {
  const auto found = std::find(words.begin(), words.end(), word);
  if (found == words.end()) return std::nullopt;
  return static_cast<std::size_t>(found - words.begin());
}

void write_account(json_writer& json, const account_name& account) {
  json.key("account");
  json.begin_object();
  json.member("id", account.id);
  json.member("username", account.username);
  json.member("displayName", account.display_name);
  json.member("email", account.email);
  json.end_object();
}

account_name read_account(const json_value& account) {
  account_name name;
  name.id = account.text("id");
  name.username = account.text("username");
  name.display_name = account.text("displayName");
  name.email = account.text("email");
  return name;
}

void write_lease(json_writer& json, const refresh_lease& lease) {
  json.key("lease");
  json.begin_object();
  json.member("owner", lease.owner);
  json.member("generation", lease.generation);
  json.member("startedAt", lease.started_at);
  json.member("deadline", lease.deadline);
  json.end_object();
}

refresh_lease read_lease(const json_value& lease) {
  return {std::string(lease.text("owner")), lease.integer("generation", 0),
          lease.integer("startedAt", 0), lease.integer("deadline", 0)};
}

// Parts that are as they are at the start are left out of the stored text.
void write_trouble(json_writer& json, const refresh_trouble& trouble) {
  if (trouble.failures == 0 && !trouble.maybe_spent) return;
  json.key("trouble");
  json.begin_object();
  json.member("failures", trouble.failures);
  json.member("maybeSpent", trouble.maybe_spent);
  json.member("forced", trouble.forced);
  json.member("refused", trouble.refused);
  json.end_object();
}

refresh_trouble read_trouble(const json_value& trouble) {
  return {trouble.integer("failures", 0), trouble.flag("maybeSpent"), trouble.flag("forced"),
          trouble.flag("refused")};
}

void write_spare(json_writer& json, const spare_token& spare) {
  json.key("spare");
  json.begin_object();
  json.member("generation", spare.generation);
  json.member("refreshToken", spare.refresh_token);
  json.end_object();
}

void write_health(json_writer& json, const connection_health& health) {
  if (!health.checked_at) return;
  json.key("health");
  json.begin_object();
  json.member("checkedAt", *health.checked_at);
  json.member("failure", health.failure);
  json.member("failures", health.failures);
  json.member("windowAt", health.window_at);
  json.member("windowChecks", health.window_checks);
  json.member("windowFailures", health.window_failures);
  json.end_object();
}

connection_health read_health(const json_value& from) {
  connection_health health;
  health.checked_at = read_time(from, "checkedAt");
  health.failure = from.text("failure");
  health.failures = from.integer("failures", 0);
  health.window_at = from.integer("windowAt", 0);
  health.window_checks = from.integer("windowChecks", 0);
  health.window_failures = from.integer("windowFailures", 0);
  return health;
}

void read_tokens(const json_value& from, connection_record& record) {
  record.token_type = from.text("tokenType");
  record.issued_at = from.integer("issuedAt", 0);
  record.expires_at = read_time(from, "expiresAt");
  record.refresh_expires_at = read_time(from, "refreshExpiresAt");
  record.access_token = from.text("accessToken");
  record.refresh_token = from.text("refreshToken");
  record.generation = from.integer("generation", 0);
  record.refresh_after = read_time(from, "refreshAfter");
  record.fence = from.integer("fence", 0);
  if (const json_value* lease = from.find("lease")) record.lease = read_lease(*lease);
  if (const json_value* trouble = from.find("trouble")) record.trouble = read_trouble(*trouble);
  if (const json_value* spare = from.find("spare")) {
    record.spare =
        spare_token{spare->integer("generation", 0), std::string(spare->text("refreshToken"))};
  }
  record.learned_lifetime_s = from.optional_integer("learnedLifetimeS");
}

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

std::string encode_connection(const connection_record& record) {
  json_writer json;
  json.begin_object();
  json.member("v", stored_version);
  json.member("id", record.id);
  json.member("organization", record.organization);
  json.member("user", record.user);
  json.member("provider", record.provider);
  write_account(json, record.account);
  json.member("auth", auth_words[static_cast<std::size_t>(record.auth)]);
  json.member("status", status_words[static_cast<std::size_t>(record.status)]);
  json.member("reason", record.reason);
  write_texts(json, "scopes", record.scopes);
  write_texts(json, "scopesRequested", record.scopes_requested);
  json.member("tokenType", record.token_type);
  json.member("issuedAt", record.issued_at);
  json.member_or_null("expiresAt", record.expires_at);
  json.member_or_null("refreshExpiresAt", record.refresh_expires_at);
  json.member("accessToken", record.access_token);
  json.member("refreshToken", record.refresh_token);
  json.member("generation", record.generation);
  json.member("fence", record.fence);
  if (record.lease) write_lease(json, *record.lease);
  json.member_or_null("refreshAfter", record.refresh_after);
  write_trouble(json, record.trouble);
  if (record.spare) write_spare(json, *record.spare);
  if (record.learned_lifetime_s) json.member("learnedLifetimeS", *record.learned_lifetime_s);
  json.member_or_null("dueAt", record.due_at);
  json.member_or_null("endNoticeAt", record.end_notice_at);
  write_health(json, record.health);
  json.key("metadata");
  json.raw(record.metadata_json);
  json.member("createdAt", record.created_at);
  json.member("updatedAt", record.updated_at);
  json.member_or_null("lastRefreshAt", record.last_refresh_at);
  json.end_object();
  return json.take();
}

result<connection_record> decode_connection(std::string_view text) {
  const auto parsed = parse_json(text);
  if (!parsed.ok() || parsed.value().integer("v", 0) != stored_version) return unreadable;
  const json_value& from = parsed.value();
  const auto status = place_of(from.text("status"), status_words);
  const auto auth = place_of(from.text("auth"), auth_words);
  const json_value* account = from.find("account");
  if (!status || !auth || account == nullptr) return unreadable;

  connection_record record;
  record.id = from.text("id");
  record.organization = from.text("organization");
  record.user = from.text("user");
  record.provider = from.text("provider");
  record.account = read_account(*account);
  record.auth = static_cast<auth_kind>(*auth);
  record.status = static_cast<connection_status>(*status);
  record.reason = from.text("reason");
  record.scopes = read_texts(from.find("scopes"));
  record.scopes_requested = read_texts(from.find("scopesRequested"));
  read_tokens(from, record);
  record.metadata_json = read_raw(from, "metadata", "{}");
  record.due_at = read_time(from, "dueAt");
  record.end_notice_at = read_time(from, "endNoticeAt");
  if (const json_value* health = from.find("health")) record.health = read_health(*health);
  record.created_at = from.integer("createdAt", 0);
  record.updated_at = from.integer("updatedAt", 0);
  record.last_refresh_at = read_time(from, "lastRefreshAt");
  return record;
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
  write_account(json, record.account);
  json.member("userId", record.user);
  json.member("organizationId", record.organization);
  json.member("status", status);
  json.member("isConnected", status == "connected");
  json.key("reason");
  record.reason.empty() ? json.null() : json.string(record.reason);
  write_texts(json, "scopes", record.scopes);
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
