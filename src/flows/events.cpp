#include "flows/events.hpp"

#include <utility>
#include <vector>

#include "crypto/sha256.hpp"
#include "encoding/decimal.hpp"
#include "encoding/hex.hpp"
#include "json/json.hpp"
#include "vault/storage_keys.hpp"

namespace tenon {
namespace {

constexpr std::size_t id_bytes = 8;

void optional_member(json_writer& json, std::string_view name, std::string_view text) {
  if (!text.empty()) json.member(name, text);
}

std::string compose(flow_scope& scope, const news& what, const event_subject& subject) {
  json_writer json;
  json.begin_object();
  json.member("type", what.type);
  json.member("time", scope.host.now());
  json.member("organizationId", scope.call.organization);
  optional_member(json, "userId", subject.user);
  optional_member(json, "provider", subject.provider);
  optional_member(json, "connectionId", subject.connection_id);
  optional_member(json, "correlationId", scope.call.correlation_id);
  optional_member(json, "ip", scope.call.ip);
  optional_member(json, "userAgent", scope.call.user_agent);
  optional_member(json, "details", subject.details);
  optional_member(json, "code", name_of(what.failure.code));
  optional_member(json, "reason", name_of(what.failure.reason));
  if (what.failure.status != 0) json.member("status", std::int64_t{what.failure.status});
  if (what.attempts != 0) json.member("attempts", what.attempts);
  json.member("durationMs", scope.host.now() - scope.began_at);
  json.end_object();
  return json.take();
}

// id_of hashes what an event says, its time and correlation id among it, with the count of events.
std::string id_of(flow_scope& scope, std::string_view event) {
  const std::string count = encode_decimal(++scope.memory.events);
  sha256 hash;
  hash.update(as_bytes(count));
  hash.update(as_bytes(event));
  const sha256_digest digest = hash.finish();
  return encode_hex(byte_view(digest).first(id_bytes));
}

// with_id puts the id first.
std::string with_id(const std::string& id, const std::string& event) {
  return "{\"id\":\"" + id + "\"," + event.substr(1);
}

}  // namespace

void emit_event(flow_scope& scope, const news& what, const event_subject& subject) {
  const std::string event = compose(scope, what, subject);
  scope.host.emit(with_id(id_of(scope, event), event));
}

void record_event(flow_scope& scope, commit_request& batch, const news& what,
                  const event_subject& subject) {
  if (what.type.empty()) return;
  const std::string event = compose(scope, what, subject);
  const std::string id = id_of(scope, event);
  batch.put(event_key(scope.host.now(), id), with_id(id, event));
}

task<commit_reply> commit_told(flow_scope& scope, commit_request batch) {
  std::vector<std::string> told;
  for (const storage_write& write : batch.writes) {
    if (write.key.starts_with(event_prefix)) told.push_back(*write.value);
  }
  commit_reply stored = co_await scope.host.commit(std::move(batch));
  if (!stored.ok || told.empty()) co_return stored;
  scope.has_unlinked = true;
  for (std::string& event : told) scope.host.emit(std::move(event));
  co_return stored;
}

task<unit> tell(flow_scope& scope, const news& what, const event_subject& subject) {
  commit_request batch;
  record_event(scope, batch, what, subject);
  co_await commit_told(scope, std::move(batch));
  co_return unit{};
}

}  // namespace tenon
