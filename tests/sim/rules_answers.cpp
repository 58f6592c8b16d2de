// The rules about what callers are told, and about the end.
#include <algorithm>

#include "glance.hpp"
#include "rules.hpp"
#include "vault/storage_keys.hpp"
#include "violation.hpp"
#include "world.hpp"

namespace tenon::sim {
namespace {

// How long a flow's own last steps may take after it looked at the time.
constexpr duration_ms answer_ms = 100;

std::string words(const error& failure) {
  return std::string(name_of(failure.code)) + " " + std::string(name_of(failure.reason));
}

}  // namespace

void rules::on_event(const call&, std::string_view event_json) {
  if (event_json.find(secret_mark) != std::string_view::npos) {
    forbid("plain-in-events", std::string(event_json));
  }
}

void rules::on_done(const call& over, const result<std::string>& outcome) {
  if (!outcome.ok()) {
    const error failure = outcome.error();
    if (failure.code == error_code::internal_error) forbid("internal-error", words(failure));
    const bool storage = failure.code == error_code::database_error;
    if (storage && !over.met_fault) forbid("storage-error", words(failure));
    check_reread(over, failure);
  } else if (over.kind == flow_kind::access_token) {
    check_token(over, outcome.value());
  } else if (over.kind != flow_kind::connect &&
             outcome.value().find(secret_mark) != std::string::npos) {
    forbid("plain-in-answer", outcome.value());
  }
  check_kept(over);
  for (request_fact& fact : requests_) {
    if (fact.call == over.serial) fact.done_at = in_->now();
  }
  if (over.asked == purpose::probe || over.asked == purpose::last_probe) check_probe(over, outcome);
  if (over.asked == purpose::tampered && outcome.ok()) {
    forbid("sealed", "a token came out of a row that was tampered with");
  }
}

// check_kept: a pair that arrived is never dropped: it is stored as the connection's, kept aside,
// or queued to be revoked (R38, R46).
void rules::check_kept(const call& over) {
  if (over.met_fault) return;
  for (const request_fact& fact : requests_) {
    if (fact.call != over.serial || fact.access == none || !fact.was_answered) continue;
    const link_facts& facts = links_[fact.link];
    // What is disconnected after a flow's last step is beyond that flow.
    const bool is_ended =
        facts.row.status == "disconnected" && facts.disconnected_at <= over.asked_at;
    // Disconnected and connected again meanwhile: it is of a grant that nobody has any more.
    if (!is_ended && facts.disconnected_at >= fact.sent_at) continue;
    // So is a pair of an authorization that another one has replaced.
    const std::size_t grant = in_->truth.token(fact.access).grant;
    const bool is_replaced = !facts.grants.empty() && facts.grants.back() != grant;
    const bool gone = fact.token == none || is_ended || is_replaced;
    // An access token alone that a newer one had replaced runs out by itself.
    if ((is_ended || is_replaced) && fact.refresh == none && fact.token != none) {
      in_->counts.count(window::late_pair_lost);
      continue;
    }
    // Nothing is lost with an access token alone, as long as there is a newer one.
    if (gone ? !in_->plan.links[fact.link].is_revocable : fact.refresh == none) continue;
    const std::size_t kept = fact.refresh == none ? fact.access : fact.refresh;
    if (kept < stored_.size() && stored_[kept]) continue;
    if (!in_->truth.honours(kept, in_->now())) continue;
    // There is room for one, and of two that came late the one of the older lease goes.
    const bool had_spare = !facts.row.spare.empty() || facts.spare_until >= fact.sent_at;
    if (!gone && had_spare) {
      in_->counts.count(window::late_pair_lost);
      continue;
    }
    forbid("kept", "a pair arrived and was dropped, and the provider honours it");
  }
}

// check_reread [R39]: whoever is refused because a sibling has won gets what the sibling stored. A
// caller that stood still since it read the record knows no more than it read.
void rules::check_reread(const call& over, const error& failure) const {
  const bool gave_up =
      failure.code == error_code::token_refresh_error || failure.code == error_code::token_expired;
  if (!gave_up || over.met_fault || over.link == none || in_->clocks_jumped()) return;
  const request_fact* last = nullptr;
  for (const request_fact& fact : requests_) {
    if (fact.call == over.serial) last = &fact;
  }
  if (last == nullptr || !last->was_passed) return;
  const row_view& row = links_[over.link].row;
  const std::size_t access = token_of(row.access);
  const bool works = row.status == "active" && access != none && access == over.read_access &&
                     in_->truth.honours(access, in_->now() + 5 * second_ms);
  if (works) forbid("re-read", "a call failed, and a sibling had stored a new pair");
}

void rules::check_token(const call& over, const std::string& answer) {
  const std::string_view text = text_member(answer, "accessToken");
  const providers& truth = in_->truth;
  const std::size_t at = truth.token_in(text);
  if (at == none || truth.token(at).is_refresh) forbid("token", "no access token: " + answer);
  const issued_token& token = truth.token(at);
  if (truth.grant_of(at).link != over.link) forbid("token", "somebody else's token");
  const link_facts& facts = links_[over.link];
  const auto& ended = facts.ended_grants;
  const bool is_ended = std::find(ended.begin(), ended.end(), token.grant) != ended.end();
  if (is_ended && over.started_at > facts.disconnected_at) {
    forbid("disconnect-wins", "a token was handed out after its grant was disconnected");
  }
  if (in_->now() < token.ends_at + in_->skew_span() + answer_ms) return;
  if (in_->clocks_jumped()) return in_->counts.count(window::dead_token_clock);
  if (!in_->plan.tempers[in_->plan.links[over.link].provider_at].tells_lifetime) {
    return in_->counts.count(window::dead_token_unknown);
  }
  forbid("dead-token", "a token was handed out " + std::to_string(in_->now() - token.ends_at) +
                           " ms after its end");
}

// check_probe: in the calm a connection works, or is gone for a reason.
void rules::check_probe(const call& over, const result<std::string>& outcome) {
  const row_view& row = links_[over.link].row;
  const std::string about = in_->plan.links[over.link].key + " is " + row.status + " " + row.reason;
  if (outcome.ok()) {
    if (row.status == "disconnected") forbid("disconnect-wins", "a token in the calm, " + about);
    const bool told = in_->plan.tempers[in_->plan.links[over.link].provider_at].tells_lifetime;
    const bool works = in_->truth.honours(token_of(row.access), in_->now());
    if (over.asked == purpose::last_probe && told && !works) forbid("usable", about + ": dead");
    return;
  }
  const error failure = outcome.error();
  const std::string told = about + ", and the call fails: " + words(failure);
  if (failure.code == error_code::account_not_found) {
    if (row.there && row.status != "disconnected") forbid("usable", told);
    return;
  }
  if (failure.code != error_code::token_expired) forbid("usable", told);
  if (row.status != "expired" || row.reason.empty()) forbid("usable", told);
}

// check_revoked: what we knew of a grant that was disconnected works no more at the provider (R33).
void rules::check_revoked(std::size_t link) const {
  const link_facts& facts = links_[link];
  const providers& truth = in_->truth;
  if (facts.row.status != "disconnected" || !in_->plan.links[link].is_revocable) return;
  for (std::size_t at = 0; at < truth.token_count(); ++at) {
    if (truth.token(at).grant != facts.last_grant || !truth.honours(at, in_->now())) continue;
    if (at < stored_.size() && stored_[at]) {
      forbid("revoked", "a token of a disconnected connection still works");
    }
  }
}

void rules::check_rest() {
  if (in_->truth.saw_unmarked_verifier()) forbid("harness", "a verifier without the mark");
  for (const auto& [key, row] : in_->rows.rows()) {
    if (!key.starts_with("due/")) continue;
    if (due_time(key) < in_->now() - minute_ms) forbid("due", "never done: " + key);
  }
  for (std::size_t at = 0; at < in_->call_count(); ++at) {
    if (in_->call_of(at).lives()) forbid("rest", "call #" + std::to_string(at) + " never ended");
  }
  for (std::size_t at = 0; at < links_.size(); ++at) check_revoked(at);
}

}  // namespace tenon::sim
