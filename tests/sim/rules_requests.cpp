// The rules about what is sent to the token endpoints.
#include <algorithm>

#include "rules.hpp"
#include "violation.hpp"
#include "world.hpp"

namespace tenon::sim {

std::size_t rules::on_send(const call& by, const http_request& asked) {
  request_fact fact;
  fact.call = by.serial;
  fact.sent_at = in_->now();
  fact.life = in_->isolate_of(by.isolate).lives;
  if (parameter(asked.body, "grant_type") == "refresh_token") {
    fact.token = in_->truth.token_in(parameter(asked.body, "refresh_token"));
    if (fact.token == none) forbid("request", "a refresh token that no provider issued");
    fact.link = in_->truth.grant_of(fact.token).link;
    fact.generation = links_[fact.link].row.generation;
    check_refresh(by, fact);
    check_probe_right(by, fact);
  } else {
    fact.code = parameter(asked.body, "code");
    fact.link = by.link;
    check_code(fact);
  }
  requests_.push_back(std::move(fact));
  return requests_.size() - 1;
}

// check_code: a code that may have left is never sent again (R25).
void rules::check_code(const request_fact& fact) const {
  for (const request_fact& earlier : requests_) {
    if (earlier.code == fact.code && !earlier.left_nothing) {
      forbid("code-once", "a code was sent twice");
    }
  }
}

// check_refresh: whoever spends a refresh token holds a durable lease that still runs, and is the
// only one who spends it.
void rules::check_refresh(const call& by, const request_fact& fact) {
  link_facts& facts = links_[fact.link];
  overtaken_.resize(in_->call_count());
  const auto mine = std::find_if(facts.leases.rbegin(), facts.leases.rend(),
                                 [&](const lease_fact& each) { return each.call == by.serial; });
  if (mine == facts.leases.rend()) {
    forbid("write-ahead", "a refresh token left before a lease was durable");
  }
  // What a disconnect annulled may go on: its tokens will be revoked.
  const bool holds = facts.row.lease_owner == mine->owner || mine->was_annulled;
  if (!holds || in_->now() > mine->true_deadline + in_->skew_span()) {
    if (!in_->clocks_jumped()) {
      forbid("lease", "a refresh token was spent by a holder whose lease was over");
    }
    in_->counts.count(window::sent_late_clock);
  }
  for (const request_fact& other : requests_) {
    if (other.token == none || !other.waits || other.call == by.serial) continue;
    // Another grant of the same connection is another family: the user connected it again.
    if (in_->truth.token(other.token).grant != in_->truth.token(fact.token).grant) continue;
    if (overtaken_[other.call] || overtaken_[by.serial]) continue;
    forbid("one-in-flight", "two refresh requests of one connection at a time");
  }
}

void rules::on_spent(std::size_t request, const spending& made, bool is_first) {
  request_fact& fact = requests_[request];
  if (fact.token != none) ++in_->counts.refreshes;
  if (made.access != none && is_first) {
    fact.access = made.access;
    fact.refresh = made.refresh;
  }
  if (made.access != none && !is_first) fact.was_echoed = true;
  if (made.is_reuse) check_reuse(fact, request, made.consumed_by);
}

// check_reuse: our own use of a spent token ends a family only where no client can prevent it.
void rules::check_reuse(const request_fact& again, std::size_t request, std::size_t spent_by) {
  tally& counts = in_->counts;
  const request_fact& first = requests_[spent_by];
  if (spent_by == request || first.was_echoed) return counts.count(window::request_duplicated);
  overtaken_.resize(in_->call_count());
  const bool overtaken = overtaken_[first.call] || overtaken_[again.call];
  // It was on its way for long, and its sender has given it up.
  if (again.sent_at < first.sent_at) return counts.count(window::answer_lost);
  stored_.resize(in_->truth.token_count());
  const bool stored = first.refresh != none && stored_[first.refresh];
  if (overtaken) return counts.count(window::reuse_overtaken);
  if (stored) forbid("reuse", "a spent refresh token was sent, and its successor was stored");
  if (first.waits) forbid("reuse", "a refresh token was sent twice at a time");
  if (first.holder_died) return counts.count(window::holder_crashed);
  if (!first.was_answered) return counts.count(window::answer_lost);
  if (in_->call_of(first.call).met_fault) {
    check_held(first);
    return counts.count(window::pair_unstored);
  }
  forbid("reuse", "a spent refresh token was sent, and the new one had arrived");
}

// check_held [R41]: a pair that storage would not take is kept by its isolate, and written by its
// next run of the due queue that storage does not fail.
void rules::check_held(const request_fact& first) const {
  const call& holder = in_->call_of(first.call);
  const isolate& at = in_->isolate_of(holder.isolate);
  if (at.lives != first.life) return;
  for (std::size_t serial = holder.serial + 1; serial < in_->call_count(); ++serial) {
    const call& run = in_->call_of(serial);
    if (run.kind != flow_kind::run_due || run.isolate != holder.isolate) continue;
    if (run.started_at < first.done_at || run.met_fault) continue;
    if (!run.lives() || run.is_spending) forbid("held", "a pair that was to be kept is lost");
  }
}

// on_refusal notes what an invalid_grant means: with a newer pair in the record, nothing [R39].
void rules::on_refusal(request_fact& fact) {
  const row_view& row = links_[fact.link].row;
  fact.was_passed = row.status == "active" && row.generation > fact.generation;
}

void rules::on_answer(const call&, std::size_t request, const http_reply& reply) {
  request_fact& fact = requests_[request];
  fact.waits = false;
  fact.was_answered = reply.network == network_kind::none;
  fact.left_nothing = !fact.was_answered && !reply.maybe_sent;
  if (fact.token == none) return;
  const bool is_current = token_of(links_[fact.link].row.refresh) == fact.token;
  const bool hides = fact.was_answered ? reply.status >= 500 : reply.maybe_sent;
  if (hides && is_current) links_[fact.link].in_doubt = true;
  if (reply.status == 400) on_refusal(fact);
}

void rules::on_died(const call& over) {
  for (request_fact& fact : requests_) {
    if (fact.call != over.serial) continue;
    fact.waits = false;
    fact.holder_died = true;
  }
}

}  // namespace tenon::sim
