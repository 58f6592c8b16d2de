#include "flows/pending.hpp"

#include <utility>

namespace tenon {

task<located_pending> load_pending(flow_scope& scope, std::string key) {
  get_reply found = co_await scope.host.get(key);
  constexpr error unknown{error_code::invalid_state, error_reason::state_unknown};
  if (found.size() != 1 || !found[0]) co_return unknown;
  pending_record record = co_await decode_pending(found[0]->value);
  if (record.expires_at <= scope.host.now()) {
    co_return error{error_code::invalid_state, error_reason::state_expired};
  }
  co_return located_pending{std::move(key), std::move(found[0]->version), std::move(record)};
}

task<bool> save_pending(flow_scope& scope, located_pending& pending) {
  commit_request batch;
  batch.expect(pending.key, pending.version);
  batch.put(pending.key, encode_pending(pending.record), pending.record.expires_at);
  commit_reply stored = co_await scope.host.commit(std::move(batch));
  if (stored.ok) pending.version = std::move(stored.version);
  co_return stored.ok;
}

task<ending> fail_pending(flow_scope& scope, located_pending& pending, std::string shown_code,
                          error cause) {
  pending.record.stage = pending_stage::failed;
  pending.record.failure = std::move(shown_code);
  pending.record.verifier.clear();
  pending.record.tokens.clear();
  const bool stored = co_await save_pending(scope, pending);
  co_return ending{stored, cause};
}

}  // namespace tenon
