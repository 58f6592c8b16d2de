#include <optional>
#include <utility>

#include "flows/audit.hpp"
#include "flows/steps.hpp"
#include "vault/storage_keys.hpp"

namespace tenon {
namespace {

constexpr std::int64_t page_usual = 100;
constexpr std::int64_t page_max = 200;

struct audit_question {
  bool all = false;  // of every organization, as verifying the chain needs
  std::int64_t after = 0;
  std::int64_t limit = page_usual;
};

result<audit_question> read_question(const json_value& input) {
  const audit_question asked{input.flag("all"), input.integer("after", 0),
                             input.integer("limit", page_usual)};
  const bool legal =
      asked.after >= 0 && asked.after < time_ms_max && asked.limit >= 1 && asked.limit <= page_max;
  if (!legal) return {error_code::validation_error, error_reason::not_allowed};
  return asked;
}

// may_see says whether an entry is of the caller's organization; one that cannot be read is of
// nobody, and is seen only by who verifies.
bool may_see(const flow_scope& scope, const audit_question& asked, std::string_view entry) {
  if (asked.all) return true;
  const auto parsed = parse_json(entry);
  const json_value* event = parsed.ok() ? parsed.value().find("event") : nullptr;
  return event != nullptr && event->text("organizationId") == scope.call.organization;
}

void write_entry(json_writer& json, const stored_entry& row) {
  json.begin_object();
  json.member("seq", audit_seq(row.key));
  json.member("text", row.value);
  json.end_object();
}

}  // namespace

task<std::string> list_audit_flow(flow_scope& scope, const json_value& input) {
  const audit_question asked = co_await read_question(input);
  // The head first: entries that come meanwhile are listed beyond it.
  const stored_head end = co_await read_audit_head(scope);
  const list_reply rows =
      co_await scope.host.list({.prefix = std::string(audit_prefix),
                                .start = audit_key(asked.after + 1),
                                .end = std::nullopt,
                                .limit = static_cast<std::uint32_t>(asked.limit)});
  json_writer json;
  json.begin_object();
  json.key("entries");
  json.begin_array();
  for (const stored_entry& row : rows) {
    if (may_see(scope, asked, row.value)) write_entry(json, row);
  }
  json.end_array();
  json.key("head");
  json.begin_object();
  json.member("seq", end.head.seq);
  json.member("hash", end.head.hash);
  json.end_object();
  std::optional<std::int64_t> next;
  if (static_cast<std::int64_t>(rows.size()) == asked.limit) next = audit_seq(rows.back().key);
  json.member_or_null("nextCursor", next);
  json.end_object();
  co_return json.take();
}

}  // namespace tenon
