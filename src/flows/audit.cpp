#include "flows/audit.hpp"

#include <utility>

#include "vault/storage_keys.hpp"

namespace tenon {
namespace {

constexpr std::uint32_t linked_at_once = 20;

}  // namespace

task<stored_head> read_audit_head(flow_scope& scope) {
  stored_head found;
  get_reply rows = co_await scope.host.get(std::string(audit_head_key));
  if (rows.size() != 1 || !rows[0]) co_return found;
  found.head = co_await decode_audit_head(rows[0]->value);
  found.version = std::move(rows[0]->version);
  co_return found;
}

task<unit> link_events(flow_scope& scope) {
  const list_reply rows =
      co_await scope.host.list({.prefix = std::string(event_prefix), .limit = linked_at_once});
  if (rows.empty()) co_return unit{};
  stored_head end = co_await read_audit_head(scope);
  commit_request batch;
  batch.expect_unchanged(std::string(audit_head_key), end.version);
  // A log whose head was taken away must not be written over.
  if (end.version.empty()) batch.expect_absent(audit_key(end.head.seq + 1));
  for (const stored_entry& row : rows) {
    // Somebody may have linked it between the list and the head.
    batch.expect(row.key, row.version);
    batch.remove(row.key);
    std::string entry = append_entry(end.head, row.value);
    batch.put(audit_key(end.head.seq), std::move(entry));
  }
  batch.put(std::string(audit_head_key), encode_audit_head(end.head));
  co_await scope.host.commit(std::move(batch));
  co_return unit{};
}

}  // namespace tenon
