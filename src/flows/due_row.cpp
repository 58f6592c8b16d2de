#include "flows/due_row.hpp"

#include "vault/storage_keys.hpp"

namespace tenon {

void move_due_row(flow_scope& scope, commit_request& batch, const due_row& row,
                  std::optional<time_ms> to) {
  if (to == row.stands_at) return;
  if (row.stands_at) batch.remove(due_key(*row.stands_at, row.kind, row.id));
  if (to) batch.put(due_key(*to, row.kind, row.id), row.key);
  if (to) scope.host.wake(*to);
  row.stands_at = to;
}

}  // namespace tenon
