#include "flows/connecting.hpp"

#include <utility>

#include "encoding/base64.hpp"
#include "flows/token_call.hpp"
#include "oauth/route.hpp"
#include "oauth/token_request.hpp"
#include "retry/classify.hpp"
#include "retry/retry_after.hpp"

namespace tenon {
namespace {

constexpr std::uint32_t id_random_bytes = 16;
constexpr duration_ms profile_wait_ms_max = 5 * second_ms;

std::string connection_id_for(const flow_scope& scope, const connection_path& path,
                              const byte_string& random) {
  std::string id = "con_";
  if (scope.settings.route_key) {
    id += route_of(*scope.settings.route_key, path.organization, path.user) + '_';
  }
  return id + encode_base64url(random);
}

// new_connection begins a record for an account that was never connected.
task<connection_record> new_connection(flow_scope& scope, const connection_path& path) {
  const byte_string random = co_await scope.host.random_bytes(id_random_bytes);
  connection_record record;
  record.id = connection_id_for(scope, path, random);
  record.organization = path.organization;
  record.user = path.user;
  record.provider = path.provider;
  record.created_at = scope.host.now();
  co_return record;
}

}  // namespace

task<account_profile> fetch_account(flow_scope& scope, const configured_provider& target,
                                    std::string_view credential) {
  if (target.entry.profile.url.empty()) co_return account_profile{.id = "default"};
  for (int attempt = 1;; ++attempt) {
    http_reply reply = co_await scope.host.fetch(profile_request(target.entry, credential));
    const bool transient = is_retryable(reply, true);
    if (!transient) co_return read_profile(target.entry.profile, reply);
    if (attempt >= token_exchange_policy.attempts_max) {
      co_return error{error_code::network_error, error_reason::profile_failed, reply.status};
    }
    const duration_ms asked = retry_after_of(reply, scope.host.now()).value_or(0);
    if (asked > profile_wait_ms_max) {
      co_return error{error_code::network_error, error_reason::profile_failed, reply.status};
    }
    co_await pause(scope, token_exchange_policy, attempt, asked);
  }
}

task<located_connection> find_or_begin(flow_scope& scope, const connection_path& path) {
  std::string key = connection_key(path);
  auto found = co_await attempt(reload(scope, key));
  if (found.ok()) co_return std::move(found).value();
  if (found.error().code != error_code::account_not_found) co_return found.error();
  connection_record record = co_await new_connection(scope, path);
  co_return located_connection{std::move(key), "", std::move(record)};
}

void put_account(flow_scope& scope, commit_request& batch, located_connection& connection) {
  const connection_record& record = connection.record;
  const connection_path path{record.organization, record.user, record.provider, record.account.id};
  batch.expect_unchanged(connection.key, connection.version);
  put_connection(scope, batch, connection);
  batch.put(id_key(record.id), connection.key);
  batch.put(account_key(path, record.id), connection.key);
}

}  // namespace tenon
