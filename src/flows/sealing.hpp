#pragma once

#include <string>
#include <string_view>

#include "base/secret_buffer.hpp"
#include "coro/task.hpp"
#include "flows/scope.hpp"

namespace tenon {

// seal_place names where a sealed value belongs; see seal_context. It owns its text, because it
// lives across an await.
struct seal_place {
  std::string organization;
  std::string record_id;
  std::string_view field;  // a literal
  std::int64_t generation = 0;
};

// seal_secret gives the sealed text of a secret; the empty secret stays empty text. Here and below,
// the caller keeps what it passes until the task ends.
task<std::string> seal_secret(flow_scope& scope, const seal_place& place,
                              const secret_string& plain);

// open_secret opens a sealed text. Failures: configuration_error with seal_unreadable for a text
// that was moved or altered, with key_missing for one whose key the ring does not hold.
task<secret_string> open_secret(flow_scope& scope, const seal_place& place,
                                const std::string& sealed);

}  // namespace tenon
