#include <algorithm>
#include <utility>

#include "flows/care.hpp"
#include "flows/connection.hpp"
#include "flows/events.hpp"
#include "flows/new_pair.hpp"
#include "flows/revocation.hpp"
#include "flows/steps.hpp"
#include "vault/storage_keys.hpp"

// Timed work stands under due/<time>/<kind>/<id>. An item is removed or moved in the commit that
// follows its work, so a crash repeats work and never loses it. Several of these flows may run at
// once: whoever comes second finds the item moved, or the connection leased.

namespace tenon {
namespace {

constexpr std::int64_t items_usual = 20;
constexpr std::int64_t items_max = 200;
constexpr duration_ms postponed_by_ms = hour_ms;
constexpr duration_ms work_ms_max = 20 * second_ms;
// A host that calls again at once must not turn a failure into a tight loop.
constexpr duration_ms rest_ms = second_ms;

bool is_kind(std::string_view key, std::string_view kind) {
  constexpr std::size_t time_chars = 16;
  const std::size_t at = due_prefix.size() + time_chars + 1;
  return key.size() > at + kind.size() && key.substr(at, kind.size()) == kind &&
         key[at + kind.size()] == '/';
}

struct told_change {
  news what;
  event_subject subject;
};

// settle_item replaces a worked item by its next date, or removes it.
task<unit> settle_item(flow_scope& scope, const stored_entry& item,
                       std::optional<storage_write> next, told_change told = {}) {
  commit_request batch;
  batch.expect(item.key, item.version);
  batch.remove(item.key);
  if (next) batch.writes.push_back(std::move(*next));
  record_event(scope, batch, told.what, told.subject);
  // A failed check means that somebody else worked the same item: nothing is left to do.
  co_await commit_told(scope, std::move(batch));
  co_return unit{};
}

// is_replaced says that the account was connected again since: many providers revoke the whole
// grant with one token, the new one's included. Tokens of an unknown account may be of any.
task<bool> is_replaced(flow_scope& scope, const revocation_job& job) {
  if (!job.connection_id.starts_with("con_")) {
    co_return co_await holds_any(scope, job.user, job.provider);
  }
  const auto found = co_await attempt(load_through(scope, id_key(job.connection_id)));
  co_return found.ok() && found.value().record.status != connection_status::disconnected;
}

task<bool> work_revocation(flow_scope& scope, const stored_entry& item) {
  revocation_job job = co_await decode_revocation(item.value);
  scope.call.organization = job.organization;
  const bool replaced = co_await is_replaced(scope, job);
  const bool done = replaced || co_await revoke(scope, job);
  const auto again_at = next_revocation(scope.host.now(), job.attempt);
  std::optional<storage_write> next;
  if (!done && again_at) {
    next = storage_write{revocation_key(job, *again_at), encode_revocation(job), std::nullopt};
  }
  told_change told;
  if (!done && !again_at) {
    told = {{"integration.error", {error_code::disconnect_error}},
            {job.user, job.provider, job.connection_id}};
  }
  co_await settle_item(scope, item, std::move(next), told);
  co_return done;
}

task<bool> work_kind(flow_scope& scope, const stored_entry& item) {
  if (is_kind(item.key, revocation_kind)) co_return co_await work_revocation(scope, item);
  if (is_kind(item.key, care_kind)) {
    co_return co_await care_for(scope, item.value, due_time(item.key));
  }
  if (is_kind(item.key, finish_kind)) co_return co_await finish_later(scope, item.value);
  co_return error{error_code::database_error, error_reason::record_unreadable};
}

// work_item does one item's work; one whose record is gone has none left.
task<bool> work_item(flow_scope& scope, const stored_entry& item) {
  const auto done = co_await attempt(work_kind(scope, item));
  const error_code code = done.ok() ? error_code::none : done.error().code;
  const bool gone = code == error_code::account_not_found || code == error_code::invalid_state;
  if (gone) co_await settle_item(scope, item, std::nullopt);
  if (!done.ok() && !gone) co_return done.error();
  co_return gone || done.value();
}

struct due_count {
  std::int64_t done = 0;
  std::int64_t failed = 0;
};

// postpone moves an item that could not be worked out of the way of the others; it is not lost.
task<unit> postpone(flow_scope& scope, const stored_entry& item) {
  const time_ms later = scope.host.now() + postponed_by_ms;
  storage_write next{postponed(item.key, later), item.value, std::nullopt};
  co_return co_await settle_item(scope, item, std::move(next));
}

task<due_count> work_all(flow_scope& scope, const list_reply& items) {
  due_count count;
  const time_ms stop_at = scope.host.now() + work_ms_max;
  for (const stored_entry& item : items) {
    if (scope.host.now() >= stop_at) break;
    scope.began_at = scope.host.now();
    const auto done = co_await attempt(work_item(scope, item));
    done.ok() && done.value() ? ++count.done : ++count.failed;
    if (!done.ok() && done.error().reason == error_reason::record_unreadable) {
      co_await postpone(scope, item);
    }
  }
  co_return count;
}

// next_run gives when to run again: when the next item is due, and soon while tokens wait in
// memory.
task<std::optional<time_ms>> next_run(flow_scope& scope, const due_count& count) {
  const list_reply rest = co_await scope.host.list({.prefix = std::string(due_prefix), .limit = 1});
  const time_ms now = scope.host.now();
  std::optional<time_ms> next;
  if (!rest.empty()) next = due_time(rest.front().key);
  if (next && count.failed > 0) next = std::max(*next, now + rest_ms);
  if (!scope.memory.held.empty()) next = std::min(next.value_or(now + rest_ms), now + rest_ms);
  if (next) scope.host.wake(*next);
  co_return next;
}

// work_due works the items that are due and adds them to the count.
task<unit> work_due(flow_scope& scope, std::int64_t limit, due_count& count) {
  const list_reply items = co_await scope.host.list({.prefix = std::string(due_prefix),
                                                     .start = std::nullopt,
                                                     .end = due_end(scope.host.now()),
                                                     .limit = static_cast<std::uint32_t>(limit)});
  const due_count worked = co_await work_all(scope, items);
  count.done += worked.done;
  count.failed += worked.failed;
  scope.has_unlinked = true;  // also those that a crashed flow left behind
  co_return unit{};
}

}  // namespace

task<std::string> run_due_flow(flow_scope& scope, const json_value& input) {
  const std::int64_t limit = input.integer("limit", items_usual);
  if (limit < 0 || limit > items_max) co_return error_code::validation_error;
  due_count count;
  std::optional<time_ms> next;
  const auto flushed = co_await attempt(flush_held(scope));
  if (!flushed.ok()) ++count.failed;
  // An instance that ends has its tokens written and begins nothing new.
  if (limit > 0) {
    co_await work_due(scope, limit, count);
    next = co_await next_run(scope, count);
  }
  json_writer json;
  json.begin_object();
  json.member("done", count.done);
  json.member("failed", count.failed);
  json.member_or_null("next", next);
  json.end_object();
  co_return json.take();
}

}  // namespace tenon
