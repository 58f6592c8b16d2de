#include "flows/destination.hpp"

#include <algorithm>
#include <utility>

#include "encoding/url.hpp"
#include "flows/connection.hpp"
#include "flows/freshness.hpp"
#include "retry/destination_record.hpp"
#include "retry/rate_limit.hpp"
#include "vault/storage_keys.hpp"

namespace tenon {
namespace {

constexpr int lost_races_max = 5;
constexpr duration_ms asked_well_ms_max = 5 * minute_ms;
constexpr duration_ms asked_ms_max = day_ms;
constexpr duration_ms whole_place = 1'000'000;
constexpr std::size_t quiet_hosts_max = 256;

task<unit> read_state(flow_scope& scope, destination& host) {
  get_reply found = co_await scope.host.get(host.key);
  host.version.clear();
  host.state = {};
  if (found.size() != 1 || !found[0]) co_return unit{};
  host.version = std::move(found[0]->version);
  // A row that cannot be read is written anew: it holds nothing that must be kept.
  auto state = decode_destination(found[0]->value);
  if (state.ok()) host.state = std::move(state).value();
  co_return unit{};
}

task<bool> write_state(flow_scope& scope, destination& host) {
  commit_request batch;
  batch.expect_unchanged(host.key, host.version);
  batch.put(host.key, encode_destination(host.state), forgotten_at(host.state));
  commit_reply stored = co_await scope.host.commit(std::move(batch));
  if (stored.ok) host.version = std::move(stored.version);
  co_return stored.ok;
}

// host_of gives host and, where it is not the scheme's own, port.
std::string host_of(const std::string& url) {
  const auto parts = split_url(url);
  if (!parts) return {};
  const std::string origin = origin_of(*parts);
  return origin.substr(origin.find("//") + 2);
}

error_code turned_away(flow_scope& scope, const admission& answer) {
  scope.retry_after = answer.until - scope.host.now();
  const bool asked = answer.reason == wait_reason::asked;
  return asked ? error_code::rate_limited : error_code::circuit_open;
}

// count_quietly keeps a call that went well in mind while a row counts failures: their share is
// taken of all calls. take_quiet gives what was kept.
void count_quietly(service_memory& memory, const destination& host) {
  if (host.version.empty()) return;
  for (quiet_calls& each : memory.quiet) {
    if (each.key != host.key) continue;
    ++each.count;
    return;
  }
  if (memory.quiet.size() < quiet_hosts_max) memory.quiet.push_back({host.key, 1});
}

int take_quiet(service_memory& memory, const std::string& key) {
  int count = 0;
  std::erase_if(memory.quiet, [&](const quiet_calls& each) {
    if (each.key == key) count = each.count;
    return each.key == key;
  });
  return count;
}

// tried is one change to a destination's state.
struct tried {
  const http_reply* reply = nullptr;  // nullptr: the call went well
  duration_ms asked_ms = 0;
  bool wants_retry = false;
  int quiet = 0;  // calls that went well before and were not written
};

// apply notes a try and gives whether a retry may follow.
bool apply(destination& host, const tried& what, time_ms now) {
  if (what.reply == nullptr) {
    note_success(host.state, now, 1 + what.quiet);
    note_asked(host.state, now, what.asked_ms);
    return false;
  }
  const bool closed = host.state.phase == circuit_phase::closed;
  if (closed && what.quiet > 0) note_success(host.state, now, what.quiet);
  note_failure(host.state, now, {outcome_of(*what.reply), what.asked_ms, host.place});
  const bool open = host.state.phase == circuit_phase::open;
  return what.wants_retry && !open && take_retry(host.state, now);
}

// note writes a change; whoever loses the race reads again and applies it to what is there.
task<bool> note(flow_scope& scope, destination& host, const tried& what) {
  for (int race = 1; race <= lost_races_max; ++race) {
    const bool was_open = host.state.phase == circuit_phase::open;
    const bool may_retry = apply(host, what, scope.host.now());
    const bool stored = co_await write_state(scope, host);
    if (!stored) {
      co_await read_state(scope, host);
      continue;
    }
    const bool is_open = host.state.phase == circuit_phase::open;
    if (was_open != is_open) {
      emit_event(scope, {is_open ? "circuit.opened" : "circuit.closed"}, host.subject);
    }
    co_return may_retry;
  }
  co_return false;
}

}  // namespace

task<destination> enter_destination(flow_scope& scope, const connection_record& record,
                                    const configured_provider& target) {
  destination host;
  host.key = destination_key(record.organization, host_of(target.entry.refresh_url));
  host.place = static_cast<double>(spread_of(record, whole_place)) / whole_place;
  if (target.entry.rate_limit) host.headers = &*target.entry.rate_limit;
  host.subject = subject_of(record);
  for (int race = 1; race <= lost_races_max; ++race) {
    co_await read_state(scope, host);
    const admission answer = admit(host.state, scope.host.now(), host.place);
    if (answer.kind == admission_kind::allowed) co_return host;
    if (answer.kind == admission_kind::wait) co_return turned_away(scope, answer);
    begin_probe(host.state, record.id, scope.host.now());
    const bool won = co_await write_state(scope, host);
    host.probes = won;
    if (won) co_return host;
  }
  co_return error_code::circuit_open;
}

task<unit> leave_destination(flow_scope& scope, destination& host) {
  if (!host.probes) co_return unit{};
  host.state.probe_owner.clear();
  host.state.probe_deadline = 0;
  // Where this fails, another may probe when the deadline is over.
  const auto left = co_await attempt(write_state(scope, host));
  (void)left;
  co_return unit{};
}

duration_ms asked_of(const flow_scope& scope, const destination& host, const http_reply& reply) {
  const auto advice = rate_limit_of(reply, scope.host.now(), host.headers);
  return std::min(advice.wait_ms.value_or(0), asked_ms_max);
}

task<bool> note_try(flow_scope& scope, destination& host, const failed_try& failed) {
  const tried what{&failed.reply, failed.asked_ms, failed.wants_retry,
                   take_quiet(scope.memory, host.key)};
  const auto noted = co_await attempt(note(scope, host, what));
  co_return noted.ok() && noted.value();
}

task<unit> note_well(flow_scope& scope, destination& host, duration_ms asked_ms) {
  // A call that went well may speak for one token only: it holds the others back for a moment.
  asked_ms = std::min(asked_ms, asked_well_ms_max);
  if (asked_ms <= 0 && !is_success_news(host.state)) {
    count_quietly(scope.memory, host);
    co_return unit{};
  }
  const tried what{nullptr, asked_ms, false, take_quiet(scope.memory, host.key)};
  const auto noted = co_await attempt(note(scope, host, what));
  (void)noted;
  co_return unit{};
}

}  // namespace tenon
