#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "flows/scope.hpp"

namespace tenon {

// due_row is the row of timed work of one record, which names the record's key. stands_at is the
// record's own note of where the row stands.
struct due_row {
  std::string_view kind;
  std::string_view id;
  const std::string& key;
  std::optional<time_ms>& stands_at;
};

// move_due_row adds the move of a record's due row to the batch that changes the record, and has
// the host call runDue then; without a time the row goes.
void move_due_row(flow_scope& scope, commit_request& batch, const due_row& row,
                  std::optional<time_ms> to);

}  // namespace tenon
