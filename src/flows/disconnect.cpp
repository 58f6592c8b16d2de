#include <utility>

#include "flows/connection.hpp"
#include "flows/due_row.hpp"
#include "flows/events.hpp"
#include "flows/revocation.hpp"
#include "flows/steps.hpp"
#include "vault/storage_keys.hpp"

namespace tenon {
namespace {

// A disconnected connection stays visible for a while, without tokens; connecting the same account
// again takes its id up.
constexpr duration_ms tombstone_ms = 30 * day_ms;
constexpr int save_attempts_max = 5;

void bury(connection_record& record, time_ms now) {
  record.status = connection_status::disconnected;
  record.reason.clear();
  record.access_token.clear();
  record.refresh_token.clear();
  record.expires_at.reset();
  record.refresh_expires_at.reset();
  record.end_notice_at.reset();
  record.lease.reset();
  record.spare.reset();
  record.trouble = {};
  record.refresh_after.reset();
  // Above every fence given out: a refresh under way cannot write over this (R46).
  record.generation = next_fence(record);
  record.updated_at = now;
}

// disconnection is a connection that was ended, and what is left to revoke, queued durably.
struct disconnection {
  connection_record record;
  std::optional<revocation_job> job;
  std::string job_key;
  std::string version;  // of what was stored
};

commit_request burial_batch(flow_scope& scope, const located_connection& connection,
                            disconnection& ended) {
  connection_record& record = ended.record;
  const connection_path path{record.organization, record.user, record.provider, record.account.id};
  const time_ms forgotten_at = scope.host.now() + tombstone_ms;
  commit_request batch;
  batch.expect(connection.key, connection.version);
  move_due_row(scope, batch, {care_kind, record.id, connection.key, record.due_at}, std::nullopt);
  batch.put(connection.key, encode_connection(record), forgotten_at);
  batch.put(id_key(record.id), connection.key, forgotten_at);
  batch.remove(account_key(path, record.id));
  return batch;
}

// end_connection makes the tokens unusable in one commit that also queues their revocation, so
// that neither waits for the provider nor is forgotten (R33).
task<disconnection> end_connection(flow_scope& scope, located_connection& connection) {
  for (int attempt = 1; attempt <= save_attempts_max; ++attempt) {
    if (connection.record.status == connection_status::disconnected) {
      co_return error_code::account_not_found;
    }
    const time_ms now = scope.host.now();
    disconnection ended{connection.record, revocation_for(scope, connection.record), "", ""};
    const auto spare_job = spare_revocation_for(scope, connection.record);
    bury(ended.record, now);
    commit_request batch = burial_batch(scope, connection, ended);
    if (ended.job) {
      ended.job_key = queue_revocation(scope, batch, *ended.job, *next_revocation(now, 1));
    }
    if (spare_job) queue_revocation(scope, batch, *spare_job, now);
    record_event(scope, batch, {"integration.disconnected"}, subject_of(ended.record));
    const commit_reply stored = co_await commit_told(scope, std::move(batch));
    ended.version = stored.version;
    if (stored.ok) co_return ended;
    connection = co_await reload(scope, connection.key);
  }
  co_return error{error_code::conflict, error_reason::record_changed};
}

// revoke_now makes the first try; what it leaves undone stays queued. A try so slow that runDue has
// taken the job up meanwhile changes nothing: it could bring a finished job back.
task<bool> revoke_now(flow_scope& scope, disconnection& ended) {
  const bool done = co_await revoke(scope, *ended.job);
  commit_request batch;
  batch.expect(ended.job_key, ended.version);
  if (done) {
    batch.remove(ended.job_key);
  } else {
    batch.put(ended.job_key, encode_revocation(*ended.job));
  }
  co_await scope.host.commit(std::move(batch));
  co_return done;
}

}  // namespace

task<std::string> disconnect_flow(flow_scope& scope, const json_value& input) {
  located_connection connection = co_await find_connection(scope, input);
  disconnection ended = co_await end_connection(scope, connection);

  std::string_view revocation = "unsupported";
  if (ended.job) {
    auto done = co_await attempt(revoke_now(scope, ended));
    revocation = done.ok() && done.value() ? "done" : "queued";
  }
  json_writer json;
  json.begin_object();
  json.member("connectionId", ended.record.id);
  json.member("status", "disconnected");
  json.member("revocation", revocation);
  json.end_object();
  co_return json.take();
}

}  // namespace tenon
