// The rules about what is stored.
#include <algorithm>

#include "glance.hpp"
#include "rules.hpp"
#include "vault/storage_keys.hpp"
#include "violation.hpp"
#include "world.hpp"

namespace tenon::sim {
namespace {

void read_lease(std::string_view json, row_view& into) {
  each_member(json, [&](std::string_view name, std::string_view raw) {
    if (name == "owner") into.lease_owner = unquoted(raw);
    if (name == "deadline") into.lease_until = number_in(raw);
  });
}

bool contains(byte_view haystack, std::string_view needle) {
  return as_text(haystack).find(needle) != std::string_view::npos;
}

}  // namespace

row_view view_of(std::string_view json) {
  row_view seen;
  each_member(json, [&](std::string_view name, std::string_view raw) {
    if (name == "id") seen.id = unquoted(raw);
    if (name == "status") seen.status = unquoted(raw);
    if (name == "reason") seen.reason = unquoted(raw);
    if (name == "generation") seen.generation = number_in(raw);
    if (name == "fence") seen.fence = number_in(raw);
    if (name == "accessToken") seen.access = unquoted(raw);
    if (name == "refreshToken") seen.refresh = unquoted(raw);
    if (name == "spare") seen.spare = text_member(raw, "refreshToken");
    if (name == "lease") read_lease(raw, seen);
  });
  seen.there = !seen.id.empty();
  return seen;
}

void rules::forbid(const char* rule, std::string what) const {
  throw violation{rule, std::move(what)};
}

std::size_t rules::token_of(std::string_view sealed) const {
  const sealed_item* item = in_->sealer.item_of(sealed);
  return item == nullptr ? none : in_->truth.token_in(as_text(item->plaintext));
}

void rules::mark_stored(std::string_view value) {
  stored_.resize(in_->truth.token_count());
  for (const std::string_view sealed : cipher::in_text(value)) {
    const sealed_item* item = in_->sealer.item_of(sealed);
    if (item == nullptr) continue;
    std::string_view plain = as_text(item->plaintext);
    for (std::size_t at = plain.find(secret_mark); at != std::string_view::npos;
         at = plain.find(secret_mark)) {
      plain.remove_prefix(at);
      const std::size_t token = in_->truth.token_in(plain.substr(0, plain.find('"')));
      if (token != none) stored_[token] = true;
      plain.remove_prefix(secret_mark.size());
    }
  }
}

// check_authorization [R6]: a state that has ended, well or badly, never ends again, and nobody
// gives up an exchange whose owner is at work.
void rules::check_authorization(const call& by, authorization& known, std::string_view row) {
  constexpr duration_ms exchange_ms = 18 * second_ms;
  const std::string stage(text_member(row, "stage"));
  if (known.stage == "done" || known.stage == "failed") {
    forbid("state-once", "a state that was " + known.stage + " became " + stage);
  }
  if (text_member(row, "failure") == "interrupted" && !in_->clocks_jumped()) {
    const bool works = known.owner_call != none && in_->call_of(known.owner_call).lives();
    const bool early = in_->now() < known.taken_at + exchange_ms - in_->skew_span();
    if (works && early) forbid("exchange-owner", "an exchange was given up while it went on");
  }
  if (const std::string owner(text_member(row, "owner")); owner != known.owner) {
    known.owner = owner;
    known.owner_call = owner.empty() ? none : by.serial;
    known.taken_at = by.asked_at;
  }
  known.stage = stage;
}

// check_authorizations says whether the batch brings one to a good end.
bool rules::check_authorizations(const call& by, const commit_request& batch) {
  bool finishes = false;
  for (const storage_write& write : batch.writes) {
    if (!write.value || !write.key.starts_with("pending/")) continue;
    auto known = std::find_if(authorizations_.begin(), authorizations_.end(),
                              [&](const authorization& each) { return each.key == write.key; });
    if (known == authorizations_.end()) {
      known = authorizations_.insert(known, authorization{write.key, "", "", none, 0});
    }
    check_authorization(by, *known, *write.value);
    finishes = finishes || known->stage == "done";
  }
  return finishes;
}

// check_alarm [R92]: whoever stores timed work has an alarm set for it, or is about to look for
// what is due next. A revocation that was done or moved does not come back.
void rules::check_alarm(const call& by, const storage_write& write) {
  if (!write.key.starts_with("due/")) return;
  const bool is_revocation = write.key.find("/revoke/") != std::string::npos;
  if (!write.value) {
    if (is_revocation) finished_.push_back(write.key);
    return;
  }
  if (std::find(finished_.begin(), finished_.end(), write.key) != finished_.end()) {
    forbid("done-once", "a finished revocation came back: " + write.key);
  }
  const isolate& host = in_->isolate_of(by.isolate);
  if (!by.lives() || host.due_runs) return;
  // What is due already waits for the next look, which follows a failure after a rest.
  const time_ms soon = in_->now() + host.skew + 2 * second_ms;
  if (host.alarm && *host.alarm <= std::max(due_time(write.key), soon)) return;
  if (host.rang_at < by.asked_at) forbid("alarm", "none for " + write.key);
  in_->counts.count(window::alarm_rang_first);
}

void rules::on_commit(call& by, const commit_request& batch) {
  const std::vector<link>& links = in_->plan.links;
  const bool finishes = check_authorizations(by, batch);
  for (const storage_write& write : batch.writes) {
    check_alarm(by, write);
    if (!write.value) continue;
    if (write.value->find(secret_mark) != std::string::npos ||
        write.key.find(secret_mark) != std::string::npos) {
      forbid("plain-in-storage", write.key + " " + *write.value);
    }
    mark_stored(*write.value);
    note_destination(by, write);
    if (!write.key.starts_with("connection/")) continue;
    const auto found = std::find_if(links.begin(), links.end(),
                                    [&](const link& each) { return each.key == write.key; });
    if (found == links.end()) forbid("rows", "a row of no known account: " + write.key);
    check_row(by, static_cast<std::size_t>(found - links.begin()), view_of(*write.value), finishes);
  }
}

void rules::check_row(const call& by, std::size_t link, const row_view& seen, bool finishes) {
  if (!seen.there) forbid("rows", "a row without an id");
  link_facts& facts = links_[link];
  const row_view& old = facts.row;
  if (old.there && old.id == seen.id) {
    if (seen.generation < old.generation || seen.fence < old.fence) {
      forbid("generation", "it went back from " + std::to_string(old.generation) + " to " +
                               std::to_string(seen.generation));
    }
    const bool others = token_of(seen.access) != token_of(old.access) ||
                        token_of(seen.refresh) != token_of(old.refresh);
    if (others && seen.generation == old.generation) {
      forbid("generation", "other tokens in the same generation");
    }
    if (others) facts.access_before = old.access;
    if (seen.generation != old.generation) facts.in_doubt = false;
  }
  const bool was_gone = !old.there || old.status == "disconnected";
  if (was_gone && seen.status != "disconnected" && !finishes) {
    forbid("disconnect-wins", "a connection came to be without an authorization");
  }
  if (!old.spare.empty()) facts.spare_until = in_->now();
  if (!seen.spare.empty() && seen.spare != old.spare) in_->counts.count(window::late_pair_kept);
  check_lease(by, link, seen, finishes);
  check_tokens(link, seen);
  if (seen.status == "disconnected" && !was_gone) {
    facts.disconnected_at = in_->now();
    facts.last_grant = in_->truth.token(token_of(old.access)).grant;
    facts.ended_grants.insert(facts.ended_grants.end(), facts.grants.begin(), facts.grants.end());
    facts.grants.clear();
  }
  if (seen.status != "disconnected") {
    const std::size_t grant = in_->truth.token(token_of(seen.access)).grant;
    if (facts.grants.empty() || facts.grants.back() != grant) facts.grants.push_back(grant);
  }
  if (seen.status == "expired" && old.status != "expired") check_end(link, seen);
  facts.row = seen;
}

rules::lease_fact& rules::lease_of(std::size_t link, const std::string& owner) {
  for (lease_fact& each : links_[link].leases) {
    if (each.owner == owner) return each;
  }
  throw violation{"harness", "a lease of nobody"};
}

// check_lease: a lease that still runs is taken over by nobody, and ended by nobody but its holder,
// a disconnect or a new authorization.
void rules::check_lease(const call& by, std::size_t link, const row_view& seen, bool finishes) {
  link_facts& facts = links_[link];
  const row_view& old = facts.row;
  const bool is_new = !seen.lease_owner.empty() && seen.lease_owner != old.lease_owner;
  if (is_new) {
    const duration_ms skew = in_->isolate_of(by.isolate).skew;
    facts.leases.push_back({seen.lease_owner, by.serial, seen.lease_until - skew});
  }
  if (old.lease_owner.empty() || seen.lease_owner == old.lease_owner) return;
  lease_fact& ended = lease_of(link, old.lease_owner);
  const bool runs = in_->call_of(ended.call).lives();
  if (!is_new) {
    ended.was_annulled = finishes || seen.status == "disconnected";
    const bool may = ended.call == by.serial || ended.was_annulled;
    if (!may && runs) forbid("lease", "a lease was ended by somebody else");
    return;
  }
  facts.in_doubt = true;
  overtaken_.resize(in_->call_count());
  const bool early = in_->now() < ended.true_deadline - in_->skew_span();
  if (early && !in_->clocks_jumped()) forbid("lease", "a lease was taken over while it ran");
  if (!runs) return;
  overtaken_[ended.call] = true;
  in_->counts.count(early ? window::overtaken_clock : window::overtaken_slow);
}

void rules::check_sealed(std::size_t link, std::string_view field, std::string_view sealed) {
  const sealed_item* item = in_->sealer.item_of(sealed);
  if (item == nullptr) return forbid("sealed", "a token that was never sealed");
  if (!contains(item->aad, field) || !contains(item->aad, in_->plan.links[link].organization)) {
    forbid("sealed", "a text that is not bound to its field and organization");
  }
}

// check_tokens: both tokens belong to this account, to one grant and to one answer (R35).
void rules::check_tokens(std::size_t link, const row_view& seen) {
  if (seen.status == "disconnected") {
    if (!seen.access.empty() || !seen.refresh.empty() || !seen.spare.empty() ||
        !seen.lease_owner.empty()) {
      forbid("disconnect-wins", "a disconnected connection keeps tokens or a lease");
    }
    return;
  }
  const std::size_t access = token_of(seen.access);
  if (access == none) return forbid("pair", "no access token of any provider");
  check_sealed(link, "access_token", seen.access);
  const providers& truth = in_->truth;
  if (truth.grant_of(access).link != link || truth.token(access).is_refresh) {
    forbid("pair", "the access token is not this account's");
  }
  if (seen.refresh.empty()) return;
  check_sealed(link, "refresh_token", seen.refresh);
  const std::size_t refresh = token_of(seen.refresh);
  if (refresh == none || !truth.token(refresh).is_refresh) {
    return forbid("pair", "the refresh token is none");
  }
  if (truth.token(refresh).grant != truth.token(access).grant) {
    forbid("pair", "the tokens are of two grants");
  }
  const temper& manner = truth.tempers[in_->plan.links[link].provider_at];
  if (manner.kind != rotation::plain && refresh != access + 1) {
    forbid("pair", "the tokens are of two answers");
  }
}

// check_end: only a connection that the provider honours no more may be given up, and its cause is
// a lost rotation exactly when a try may have been carried out without our hearing of it.
void rules::check_end(std::size_t link, const row_view& seen) const {
  const auto honoured = [&](std::string_view sealed) {
    const std::size_t token = token_of(sealed);
    return token != none && in_->truth.honours(token, in_->now());
  };
  if (honoured(seen.refresh) || honoured(seen.spare)) {
    forbid("ended", "a connection ended, and the provider honours its refresh token");
  }
  const bool lost = seen.reason == "lost_rotation";
  if (!lost && seen.reason != "grant_revoked") forbid("cause", "it ended by " + seen.reason);
  if (lost != links_[link].in_doubt) forbid("cause", "it is said to have ended by " + seen.reason);
  in_->counts.count(lost ? window::lost_rotation : window::grant_revoked);
}

rules::sealed_texts rules::sealed_of(std::size_t link) const {
  const link_facts& facts = links_[link];
  return {facts.row.access, facts.row.refresh, facts.access_before};
}

time_ms rules::token_end(std::size_t link) const {
  const std::size_t access = token_of(links_[link].row.access);
  return access == none ? 0 : in_->truth.token(access).ends_at;
}

}  // namespace tenon::sim
