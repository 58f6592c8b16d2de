#include "flows/connection.hpp"

#include <algorithm>
#include <utility>

#include "flows/due_row.hpp"
#include "flows/events.hpp"
#include "flows/freshness.hpp"
#include "flows/input.hpp"
#include "flows/new_pair.hpp"
#include "vault/storage_keys.hpp"

namespace tenon {
namespace {

constexpr error not_found{error_code::account_not_found};
constexpr std::uint32_t accounts_looked_at = 200;

// read_row reads a record that stands where its own names put it: a row that somebody moved below
// another user's key is nobody's (R50).
result<located_connection> read_row(stored_entry row) {
  auto record = decode_connection(row.value);
  if (!record.ok()) return record.error();
  const connection_record& found = record.value();
  if (row.key !=
      connection_key({found.organization, found.user, found.provider, found.account.id})) {
    return {error_code::database_error, error_reason::record_unreadable};
  }
  return located_connection{std::move(row.key), std::move(row.version), std::move(record).value()};
}

bool may_see(const flow_scope& scope, const connection_record& record, std::string_view user) {
  if (record.organization != scope.call.organization) return false;
  return user.empty() || record.user == user;
}

task<located_connection> find_by_id(flow_scope& scope, const std::string& id,
                                    const std::string& user) {
  constexpr error unknown{error_code::integration_not_found};
  auto found = co_await attempt(load_through(scope, id_key(id)));
  if (!found.ok() && found.error().code != error_code::account_not_found) co_return found.error();
  if (!found.ok() || !may_see(scope, found.value().record, user)) co_return unknown;
  co_return std::move(found).value();
}

// find_single takes the one row of a range: a record, or a pointer to one.
task<stored_entry> find_single(flow_scope& scope, std::string prefix) {
  list_reply rows = co_await scope.host.list({.prefix = std::move(prefix), .limit = 2});
  if (rows.empty()) co_return not_found;
  if (rows.size() > 1) co_return error_code::conflict;
  co_return std::move(rows.front());
}

// find_only takes a range's one connection that is not disconnected.
task<located_connection> find_only(flow_scope& scope, std::string prefix) {
  list_reply rows =
      co_await scope.host.list({.prefix = std::move(prefix), .limit = accounts_looked_at});
  std::optional<located_connection> only;
  for (stored_entry& row : rows) {
    located_connection found = co_await read_row(std::move(row));
    if (found.record.status == connection_status::disconnected) continue;
    if (only) co_return error_code::conflict;
    only = with_held(scope, std::move(found));
  }
  if (!only) co_return not_found;
  co_return std::move(*only);
}

struct account_question {
  std::string user;
  std::string provider;
  std::string account;
};

task<located_connection> find_by_account(flow_scope& scope, const account_question& question) {
  const std::string& organization = scope.call.organization;
  if (question.user.empty()) {
    stored_entry pointer = co_await find_single(
        scope, account_prefix(organization, question.provider, question.account));
    co_return co_await reload(scope, std::move(pointer.value));
  }
  if (!question.account.empty()) {
    co_return co_await reload(
        scope, connection_key({organization, question.user, question.provider, question.account}));
  }
  co_return co_await find_only(scope,
                               provider_prefix(organization, question.user, question.provider));
}

}  // namespace

task<located_connection> find_connection(flow_scope& scope, const json_value& input) {
  const std::string id(input.text("connectionId"));
  if (!id.empty()) co_return co_await find_by_id(scope, id, std::string(input.text("userId")));

  account_question question{std::string(input.text("userId")), std::string(input.text("provider")),
                            std::string(input.text("accountId"))};
  if (!question.user.empty()) question.user = co_await read_user(input);
  if (question.account.size() > account_bytes_max) co_return error_code::validation_error;
  co_await require_provider(scope, question.provider);
  if (question.user.empty() && question.account.empty()) {
    co_return error{error_code::validation_error, error_reason::parameter_missing};
  }
  located_connection found = co_await find_by_account(scope, question);
  if (found.record.status == connection_status::disconnected) co_return not_found;
  co_return found;
}

task<bool> holds_any(flow_scope& scope, std::string user, std::string provider) {
  const auto found =
      co_await attempt(find_only(scope, provider_prefix(scope.call.organization, user, provider)));
  if (!found.ok() && found.error() == not_found) co_return false;
  if (!found.ok() && found.error().code != error_code::conflict) co_return found.error();
  co_return true;
}

task<located_connection> load_through(flow_scope& scope, std::string pointer) {
  get_reply found = co_await scope.host.get(std::move(pointer));
  if (found.size() != 1 || !found[0]) co_return not_found;
  co_return co_await reload(scope, std::move(found[0]->value));
}

task<located_connection> reload(flow_scope& scope, std::string key) {
  co_return with_held(scope, co_await reload_stored(scope, std::move(key)));
}

task<located_connection> reload_stored(flow_scope& scope, std::string key) {
  get_reply found = co_await scope.host.get(key);
  if (found.size() != 1 || !found[0]) co_return not_found;
  found[0]->key = std::move(key);
  co_return read_row(std::move(*found[0]));
}

task<bool> save_connection_record(flow_scope& scope, located_connection& connection, news what,
                                  commit_request batch) {
  connection.record.updated_at = scope.host.now();
  batch.expect(connection.key, connection.version);
  put_connection(scope, batch, connection);
  record_event(scope, batch, what, subject_of(connection.record));
  commit_reply stored = co_await commit_told(scope, std::move(batch));
  if (!stored.ok) co_return false;
  connection.version = std::move(stored.version);
  co_return true;
}

void put_connection(flow_scope& scope, commit_request& batch, located_connection& connection,
                    time_ms no_care_before) {
  connection_record& record = connection.record;
  auto due_at = next_care_at(scope.settings, record, scope.host.now());
  if (due_at) due_at = std::max({*due_at, no_care_before, time_ms{0}});
  move_due_row(scope, batch, {care_kind, record.id, connection.key, record.due_at}, due_at);
  batch.put(connection.key, encode_connection(record));
}

std::string connection_answer(const flow_scope& scope, const connection_record& record) {
  json_writer json;
  json.begin_object();
  json.key("connection");
  json.raw(public_connection(record, scope.host.now()));
  json.end_object();
  return json.take();
}

error ended(const connection_record& record) {
  const bool lost = record.reason == name_of(error_reason::lost_rotation);
  const bool ran_out = record.reason == name_of(error_reason::token_ran_out);
  return {error_code::token_expired, lost      ? error_reason::lost_rotation
                                     : ran_out ? error_reason::token_ran_out
                                               : error_reason::grant_revoked};
}

event_subject subject_of(const connection_record& record) {
  return {record.user, record.provider, record.id};
}

}  // namespace tenon
