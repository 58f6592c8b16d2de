#include <algorithm>
#include <utility>

#include "base/wipe.hpp"
#include "flows/connecting.hpp"
#include "flows/events.hpp"
#include "flows/input.hpp"
#include "flows/steps.hpp"
#include "flows/token_record.hpp"

namespace tenon {
namespace {

constexpr std::size_t key_bytes_max = 8 * 1024;

struct key_request {
  const configured_provider* target = nullptr;
  std::string user;
  secret_string credential;  // the key, or user name and password joined by a colon
  std::string account;
  std::string account_name;
  std::vector<std::string> scopes;
  std::string metadata_json;
  std::optional<time_ms> expires_at;
  bool verify = true;
};

constexpr error wrong(error_reason reason) { return {error_code::validation_error, reason}; }

bool has_byte_outside(std::string_view text, unsigned char low, unsigned char high) {
  return std::any_of(text.begin(), text.end(),
                     [&](unsigned char byte) { return byte < low || byte > high || byte == 0x7f; });
}

// read_key takes a key as it goes into a header: visible ASCII characters.
result<secret_string> read_key(const json_value& input) {
  const std::string_view key = input.text("apiKey");
  if (key.empty()) return wrong(error_reason::parameter_missing);
  if (key.size() > key_bytes_max) return wrong(error_reason::too_large);
  if (has_byte_outside(key, 0x21, 0x7e)) return wrong(error_reason::not_allowed);
  return secret_string(key);
}

// read_user_password joins what RFC 7617 joins: no control characters, no colon in the user name.
result<secret_string> read_user_password(const json_value& input) {
  const std::string_view user = input.text("username");
  const std::string_view password = input.text("password");
  if (user.empty() && password.empty()) return wrong(error_reason::parameter_missing);
  if (user.size() + password.size() >= key_bytes_max) return wrong(error_reason::too_large);
  if (has_byte_outside(user, 0x20, 0xff) || has_byte_outside(password, 0x20, 0xff) ||
      user.find(':') != std::string_view::npos) {
    return wrong(error_reason::not_allowed);
  }
  std::string joined;
  joined.reserve(user.size() + 1 + password.size());
  joined += user;
  joined += ':';
  joined += password;
  return secret_string::take(std::move(joined));
}

result<std::string> read_account_text(const json_value& input, std::string_view name) {
  const std::string_view text = input.text(name);
  if (text.size() > account_bytes_max) return wrong(error_reason::too_large);
  if (has_byte_outside(text, 0x20, 0xff)) return wrong(error_reason::not_allowed);
  return std::string(text);
}

task<key_request> read_request(flow_scope& scope, const json_value& input) {
  key_request request;
  request.target = co_await require_provider(scope, input.text("provider"));
  const auth_kind kind = request.target->entry.kind;
  if (kind == auth_kind::oauth2) {
    co_return error{error_code::invalid_provider, error_reason::not_allowed};
  }
  request.user = co_await read_user(input);
  if (kind == auth_kind::basic) {
    request.credential = co_await read_user_password(input);
  } else {
    request.credential = co_await read_key(input);
  }
  request.account = co_await read_account_text(input, "accountId");
  request.account_name = co_await read_account_text(input, "accountName");
  request.scopes = co_await read_scopes(input);
  request.metadata_json = co_await read_metadata(input);
  request.expires_at = input.optional_integer("expiresAt");
  const time_ms end = request.expires_at.value_or(time_ms_max);
  if (end <= scope.host.now() || end > time_ms_max) co_return wrong(error_reason::not_allowed);
  request.verify = input.flag("verify", true);
  co_return request;
}

// identify asks the provider whose key this is; without a call for that, the caller's word counts.
task<account_profile> identify(flow_scope& scope, const key_request& request) {
  account_profile profile{.id = request.account.empty() ? "default" : request.account};
  if (request.verify && !request.target->entry.profile.url.empty()) {
    auto asked = co_await attempt(fetch_account(scope, *request.target, request.credential.view()));
    if (!asked.ok()) {
      error failure = asked.error();
      if (failure.status == 401 || failure.status == 403) {
        failure = {error_code::provider_error, error_reason::token_rejected, failure.status};
      }
      co_return failure;
    }
    profile = std::move(asked).value();
    // The key of another account than the one that was meant must not take its place.
    if (!request.account.empty() && request.account != profile.id) {
      co_return wrong(error_reason::not_allowed);
    }
  }
  if (!request.account_name.empty()) profile.display_name = request.account_name;
  co_return profile;
}

// store_key puts the key where an OAuth connection has its access token.
task<unit> store_key(flow_scope& scope, connection_record& record, const key_request& request) {
  const auth_kind kind = request.target->entry.kind;
  issued_tokens issued{{}, scope.host.now()};
  issued.tokens.access_token = request.credential.view();
  issued.tokens.token_type = kind == auth_kind::basic ? "basic" : "api_key";
  record.refresh_token.clear();
  record.learned_lifetime_s.reset();
  co_await store_pair(scope, record, issued, next_fence(record));
  record.expires_at = request.expires_at;
  record.auth = kind;
  record.status = connection_status::active;
  record.reason.clear();
  record.scopes = request.scopes;
  record.scopes_requested = request.scopes;
  record.metadata_json = request.metadata_json;
  record.updated_at = scope.host.now();
  co_return unit{};
}

task<located_connection> save_key(flow_scope& scope, const key_request& request,
                                  const account_profile& profile) {
  const connection_path path{scope.call.organization, request.user, request.target->entry.id,
                             profile.id};
  for (int attempt = 1; attempt <= save_attempts_max; ++attempt) {
    located_connection connection = co_await find_or_begin(scope, path);
    connection_record& record = connection.record;
    record.account = {profile.id, profile.username, profile.display_name, profile.email};
    co_await store_key(scope, record, request);
    commit_request batch;
    put_account(scope, batch, connection);
    record_event(scope, batch, {"integration.connected"}, subject_of(connection.record));
    const commit_reply stored = co_await commit_told(scope, std::move(batch));
    if (stored.ok) co_return connection;
  }
  co_return error{error_code::conflict, error_reason::record_changed};
}

}  // namespace

task<std::string> connect_api_key_flow(flow_scope& scope, const json_value& input) {
  const key_request request = co_await read_request(scope, input);
  const account_profile profile = co_await identify(scope, request);
  const located_connection connection = co_await save_key(scope, request, profile);
  co_return connection_answer(scope, connection.record);
}

}  // namespace tenon
