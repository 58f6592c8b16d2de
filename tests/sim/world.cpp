#include "world.hpp"

#include <algorithm>
#include <utility>

#include "vault/storage_keys.hpp"
#include "violation.hpp"

namespace tenon::sim {
namespace {

constexpr std::uint32_t crashes_max = 8;
constexpr std::uint64_t steps_max = 20'000;
constexpr duration_ms rearm_ms = 2 * second_ms;
// A host does not call runDue more often than this, whatever it is told.
constexpr duration_ms alarm_apart_ms = 50;

}  // namespace

world::world(std::uint64_t seed, bool traced)
    : chance(seed),
      plan(draw_scenario(chance)),
      sealer(chance),
      truth(chance, plan.links),
      law(*this, plan.links.size()),
      crowd(*this),
      traced_(traced),
      now_(plan.begins) {
  truth.tempers = plan.tempers;
  const key_ring ring = plan.two_keys ? key_ring::both : key_ring::first;
  for (const duration_ms skew : plan.skews) {
    isolates_.push_back({.skew = skew, .instance = &fresh_instance(ring, isolates_.size())});
  }
  const auto [low, high] = std::minmax_element(plan.skews.begin(), plan.skews.end());
  skew_span_ = *high - *low;
  for (const clock_jump& jump : plan.jumps) {
    schedule(jump.from, happening::clock, jump.isolate);
    schedule(jump.until, happening::clock, jump.isolate);
  }
}

void world::note(const std::string& line) {
  const duration_ms since = now_ - plan.begins;
  char stamp[32];
  std::snprintf(stamp, sizeof stamp, "%9lld.%03lld  ", static_cast<long long>(since / 1000),
                static_cast<long long>(since % 1000));
  transcript_ += stamp + line + '\n';
}

time_ms world::local_time(std::size_t at) const {
  time_ms local = now_ + isolates_[at].skew;
  if (calm_) return local;
  for (const clock_jump& jump : plan.jumps) {
    if (jump.isolate == at && now_ >= jump.from && now_ < jump.until) local += jump.by;
  }
  return local;
}

bool world::clocks_jumped() const {
  return std::any_of(plan.jumps.begin(), plan.jumps.end(),
                     [&](const clock_jump& jump) { return now_ >= jump.from; });
}

duration_ms world::skew_span() const { return skew_span_; }

std::size_t world::some_isolate() {
  std::size_t up = 0;
  for (const isolate& each : isolates_) up += each.up;
  if (up == 0) return none;
  std::size_t skip = chance.below(static_cast<std::uint32_t>(up));
  for (std::size_t at = 0;; ++at) {
    if (isolates_[at].up && skip-- == 0) return at;
  }
}

void world::schedule(time_ms at, happening what, std::size_t subject, std::uint32_t serial) {
  const auto later = [](const event& a, const event& b) {
    return a.at != b.at ? a.at > b.at : a.order > b.order;
  };
  const auto order = static_cast<std::uint32_t>(chance.next());
  events_.push_back({std::max(at, now_), order, what, serial, subject});
  std::push_heap(events_.begin(), events_.end(), later);
}

void world::run() {
  const auto later = [](const event& a, const event& b) {
    return a.at != b.at ? a.at > b.at : a.order > b.order;
  };
  crowd.begin();
  while (!crowd.ended() && !events_.empty()) {
    std::pop_heap(events_.begin(), events_.end(), later);
    const event next = events_.back();
    events_.pop_back();
    now_ = next.at;
    happen(next);
    if (counts.steps > steps_max) throw violation{"rest", "the world does not come to rest"};
  }
  counts.simulated_ms = now_ - plan.begins;
  counts.seeds = 1;
}

void world::happen(const event& next) {
  switch (next.what) {
    case happening::perform:
      return perform(next.subject);
    case happening::reply:
      return deliver(next.subject);
    case happening::act:
      return crowd.act();
    case happening::alarm:
      return ring(next.subject, next.serial);
    case happening::restart:
      return restart(next.subject);
    case happening::clock:
      if (isolates_[next.subject].alarm) arm(next.subject, *isolates_[next.subject].alarm);
  }
}

void world::act_at(time_ms at) { schedule(at, happening::act, 0); }

std::size_t world::begin_call(std::size_t on, call&& wanted, const std::string& input) {
  const std::size_t serial = calls_.size();
  calls_.push_back(std::make_unique<call>(std::move(wanted)));
  call& begun = *calls_.back();
  begun.serial = serial;
  begun.isolate = on;
  begun.started_at = now_;
  ++counts.calls;
  living_.push_back(serial);
  if (traced_) {
    note("#" + std::to_string(serial) + " begins on isolate " + std::to_string(on) + ": kind " +
         std::to_string(static_cast<int>(begun.kind)) + " " + input);
  }
  begun.run = flow::start(*isolates_[on].instance, begun.kind, input, local_time(on));
  advance(begun);
  return serial;
}

// advance goes on with a flow that was just resumed, until it waits for something.
void world::advance(call& running) {
  while (true) {
    take_notices(running);
    if (running.run->finished()) return finish(running);
    auto posted = running.run->box().take_posted();
    if (!posted) throw violation{"rest", "a flow waits for nothing"};
    if (strikes(running)) return;
    if (!submit(running, std::move(*posted))) return;
  }
}

// strikes lets the isolate crash or freeze at this point of this flow.
bool world::strikes(const call& running) {
  if (calm_ || counts.crashes >= crashes_max) return false;
  // What a crash can cost most: a token request under way, and a disconnect half done.
  const bool is_delicate = running.is_spending || running.kind == flow_kind::disconnect;
  const std::uint32_t rate = is_delicate ? plan.crash_spending : plan.crash_rate;
  if (rate != 0 && chance.chance(rate)) {
    crash(running.isolate);
    return true;
  }
  const std::uint32_t freezes = is_delicate ? plan.freeze_spending : plan.freeze_rate;
  if (freezes != 0 && chance.chance(freezes)) freeze(running.isolate, is_delicate);
  return false;
}

// freeze stops an isolate for a while; one that spends a token, for about as long as a lease lasts.
void world::freeze(std::size_t at, bool is_spending) {
  isolate& frozen = isolates_[at];
  const duration_ms least = is_spending ? 15 * second_ms : second_ms;
  frozen.frozen_until = now_ + chance.between(least, is_spending ? 100 * second_ms : 2 * minute_ms);
  if (!traced_) return;
  const duration_ms time = frozen.frozen_until - now_;
  note("isolate " + std::to_string(at) + " freezes for " + std::to_string(time) + " ms");
}

// submit takes what a flow asks for; true when it was answered at once.
bool world::submit(call& running, posted_effect&& posted) {
  ++counts.steps;
  running.asked_at = now_;
  if (traced_) note("#" + std::to_string(running.serial) + " asks: " + describe(posted.request));
  const bool is_local = std::holds_alternative<random_request>(posted.request) ||
                        std::holds_alternative<seal_request>(posted.request) ||
                        std::holds_alternative<open_request>(posted.request);
  if (is_local && chance.chance(8000) && isolates_[running.isolate].frozen_until <= now_) {
    running.run->settle(posted.request_id, local_reply(running, posted.request),
                        local_time(running.isolate));
    return true;
  }
  const std::size_t at = operations_.size();
  operations_.push_back(std::make_unique<operation>());
  operation& leaving = *operations_.back();
  leaving.call = running.serial;
  leaving.request_id = posted.request_id;
  leaving.asked = std::move(posted.request);
  if (is_local) {
    leaving.reply = local_reply(running, leaving.asked);
    schedule(now_ + chance.below(3), happening::reply, at);
  } else if (const auto* pause = std::get_if<sleep_request>(&leaving.asked)) {
    leaving.reply = sleep_reply{};
    schedule(now_ + pause->duration, happening::reply, at);
  } else if (const auto* exchange = std::get_if<fetch_request>(&leaving.asked)) {
    send(running, leaving, *exchange);
  } else {
    schedule(now_ + store_delay(), happening::perform, at);
  }
  return false;
}

// deliver hands the answer of an operation to its flow, if that still runs.
void world::deliver(std::size_t operation_at) {
  operation& done = *operations_[operation_at];
  call& waiting = *calls_[done.call];
  if (!waiting.lives()) return;
  const isolate& at = isolates_[waiting.isolate];
  if (at.frozen_until > now_) return schedule(at.frozen_until, happening::reply, operation_at);
  if (!std::holds_alternative<sleep_request>(done.asked) && strikes(waiting)) return;
  if (done.request != none) law.on_answer(waiting, done.request, std::get<http_reply>(done.reply));
  if (traced_ && std::holds_alternative<host_failure>(done.reply)) {
    note("#" + std::to_string(done.call) + " is told that the host failed");
  }
  waiting.run->settle(done.request_id, std::move(done.reply), local_time(waiting.isolate));
  advance(waiting);
}

void world::finish(call& running) {
  const auto outcome = running.run->take();
  if (traced_) {
    note("#" + std::to_string(running.serial) + " ends: " +
         (outcome.ok() ? outcome.value()
                       : std::string(name_of(outcome.error().code)) + " " +
                             std::string(name_of(outcome.error().reason))));
  }
  running.run.reset();
  std::erase(living_, running.serial);
  law.on_done(running, outcome);
  if (running.kind == flow_kind::run_due) {
    isolates_[running.isolate].due_runs = false;
    if (!outcome.ok()) arm(running.isolate, local_time(running.isolate) + rearm_ms);
  }
  crowd.on_done(running, outcome);
}

void world::take_notices(call& running) {
  for (const notice& message : running.run->box().take_notices()) {
    if (const auto* told = std::get_if<emit_notice>(&message)) {
      if (traced_) note("#" + std::to_string(running.serial) + " emits " + told->event_json);
      law.on_event(running, told->event_json);
    }
    if (const auto* wake = std::get_if<wake_notice>(&message)) arm(running.isolate, wake->at);
  }
}

// arm sees to it that the due queue is run on this isolate no later than its clock says.
void world::arm(std::size_t at, time_ms local_at) {
  isolate& host = isolates_[at];
  if (!host.up) return;
  host.alarm = host.alarm ? std::min(*host.alarm, local_at) : local_at;
  const time_ms true_at = *host.alarm - local_time(at) + now_;
  schedule(std::max(true_at, now_ + alarm_apart_ms), happening::alarm, at, ++host.alarm_serial);
}

void world::ring(std::size_t at, std::uint32_t serial) {
  isolate& host = isolates_[at];
  if (!host.up || !host.alarm || serial != host.alarm_serial) return;
  if (host.frozen_until > now_ || host.due_runs) {
    const time_ms again = std::max(host.frozen_until, now_ + second_ms);
    return schedule(again, happening::alarm, at, ++host.alarm_serial);
  }
  host.alarm.reset();
  host.due_runs = true;
  host.rang_at = now_;
  begin_call(at, {.kind = flow_kind::run_due}, "{}");
}

// rearm_from_store is what a host does when it starts: the earliest row says when to wake.
void world::rearm_from_store(std::size_t at) {
  const auto first = rows.rows().lower_bound("due/");
  if (first == rows.rows().end() || !first->first.starts_with("due/")) return;
  arm(at, due_time(first->first));
}

void world::crash(std::size_t at) {
  isolate& host = isolates_[at];
  if (!host.up) return;
  ++counts.crashes;
  ++host.lives;
  host.up = false;
  host.alarm.reset();
  host.due_runs = false;
  host.frozen_until = 0;
  if (traced_) note("isolate " + std::to_string(at) + " crashes");
  const std::vector<std::size_t> serials = living_;
  for (const auto& under_way : operations_) {
    if (calls_[under_way->call]->lives() && calls_[under_way->call]->isolate == at) {
      under_way->cancelled = chance.chance(5000);
    }
  }
  for (const std::size_t serial : serials) {
    call& lost = *calls_[serial];
    if (lost.isolate != at) continue;
    lost.run.reset();
    std::erase(living_, serial);
    law.on_died(lost);
    crowd.on_died(lost);
  }
  schedule(now_ + chance.between(50, 30 * second_ms), happening::restart, at);
}

void world::restart(std::size_t at) {
  if (isolates_[at].up) return;
  isolates_[at].up = true;
  isolates_[at].instance->memory = {};
  if (traced_) note("isolate " + std::to_string(at) + " starts again");
  rearm_from_store(at);
}

void world::calm_down() {
  calm_ = true;
  counts.troubled_ms = now_ - plan.begins;
  if (traced_) note("the calm begins");
  for (std::size_t at = 0; at < isolates_.size(); ++at) {
    isolates_[at].frozen_until = 0;
    restart(at);
    if (isolates_[at].alarm) arm(at, *isolates_[at].alarm);
  }
}

}  // namespace tenon::sim
