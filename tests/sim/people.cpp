#include "people.hpp"

#include <algorithm>
#include <utility>

#include "encoding/form.hpp"
#include "glance.hpp"
#include "json/writer.hpp"
#include "world.hpp"

namespace tenon::sim {
namespace {

constexpr int reloads_max = 4;
constexpr std::uint64_t storm_steps_max = 700;
// What was under way when the calm began has arrived by then.
constexpr duration_ms until_long_tokens = 2 * minute_ms;
constexpr std::int64_t calm_lifetime_s = 10 * day_ms / second_ms;
// Leases, cool-downs and pauses for a refused client are over by then.
constexpr duration_ms until_first_probe = 25 * minute_ms;
// A circuit lets one call through at first, and then the others.
constexpr duration_ms between_probes = 2 * minute_ms;
// The last try of a revocation is at most so far away.
constexpr duration_ms until_last_probe = 4 * day_ms;

std::string_view member(const result<std::string>& outcome, std::string_view name) {
  return text_member(outcome.value(), name);
}

std::string about(const link& who, flow_kind kind, const std::string& more) {
  json_writer json;
  json.begin_object();
  if (kind != flow_kind::callback) json.member("organizationId", who.organization);
  if (kind != flow_kind::callback) json.member("userId", who.user);
  json.member("provider", who.provider);
  if (kind == flow_kind::connect) json.member("redirectUrl", "/done");
  json.end_object();
  std::string text = json.take();
  text.insert(text.size() - 1, more);
  return text;
}

}  // namespace

void people::begin() {
  persons_.resize(in_->plan.links.size());
  for (std::size_t at = 0; at < persons_.size(); ++at) connect(at);
  plan(in_->now() + second_ms, task::wander);
}

void people::plan(time_ms at, task what, std::size_t link, std::string text) {
  planned_.push_back({at, what, link, std::move(text)});
  in_->act_at(at);
}

void people::act() {
  for (std::size_t at = 0; at < planned_.size() && !ended_;) {
    if (planned_[at].at > in_->now()) {
      ++at;
      continue;
    }
    const planned due = std::move(planned_[at]);
    planned_.erase(planned_.begin() + static_cast<std::ptrdiff_t>(at));
    perform(due);
  }
}

void people::perform(const planned& due) {
  switch (due.what) {
    case task::wander:
      return wander();
    case task::consent:
      return consent(due.link);
    case task::reload:
      return send_callback(due.link);
    case task::reject:
      return ask(due.link, flow_kind::access_token, ",\"rejectedToken\":\"" + due.text + "\"");
    case task::hurry:
      return ask(due.link, flow_kind::refresh, ",\"force\":true");
    case task::lengthen:
      return in_->truth.lengthen(calm_lifetime_s);
    case task::probe:
      return probe(due.link, purpose::probe);
    case task::last_probe:
      return probe(due.link, purpose::last_probe);
    case task::rest:
      return in_->law.check_rest();
    case task::tamper:
      return tamper();
    case task::end:
      ended_ = true;
  }
}

// next_time favours the moments around the end of a token.
time_ms people::next_time(std::size_t link) {
  dice& chance = in_->chance;
  const time_ms now = in_->now();
  const std::uint32_t way = chance.below(10);
  if (way < 3) return now + chance.below(200);
  if (way < 5) return now + chance.between(second_ms, 20 * second_ms);
  const time_ms end = in_->law.token_end(link);
  const time_ms near = end + chance.between(-6 * second_ms, 3 * second_ms);
  if (way < 9 && near > now) return near;
  return now + chance.between(10 * second_ms, 5 * minute_ms);
}

void people::wander() {
  const std::size_t link = in_->chance.below(static_cast<std::uint32_t>(persons_.size()));
  do_something(link);
  const time_ms next = next_time(link);
  ++acts_;
  if (acts_ >= in_->plan.acts || next >= in_->plan.calm_from ||
      in_->counts.steps > storm_steps_max) {
    return begin_calm();
  }
  plan(next, task::wander);
}

void people::do_something(std::size_t link) {
  dice& chance = in_->chance;
  const person& who = persons_[link];
  if (who.stands == phase::connecting) return;
  if (who.stands == phase::absent) {
    if (chance.chance(7000)) connect(link);
    return;
  }
  if (in_->plan.withdraw_rate != 0 && chance.chance(in_->plan.withdraw_rate)) {
    if (in_->traced()) in_->note("link " + std::to_string(link) + " is revoked by its user");
    in_->truth.withdraw(link);
    return chance.chance(5000) ? connect(link) : ask_often(link);
  }
  const std::uint32_t way = chance.below(100);
  if (way < 65) return ask_often(link);
  if (way < 82) {
    return ask(link, flow_kind::refresh, chance.chance(5000) ? ",\"force\":true" : "");
  }
  if (way < 88) return ask(link, flow_kind::disconnect);
  if (way < 92) return ask(link, flow_kind::list);
  if (way < 95) return ask(link, flow_kind::read);
  connect(link);
}

void people::ask(std::size_t link, flow_kind kind, const std::string& more) {
  const std::size_t isolate = in_->some_isolate();
  if (isolate == none) return;
  in_->begin_call(isolate, {.kind = kind, .link = link}, about(in_->plan.links[link], kind, more));
}

void people::ask_often(std::size_t link) {
  const std::uint32_t times = 1 + in_->chance.below(in_->chance.chance(3000) ? 6 : 2);
  for (std::uint32_t at = 0; at < times; ++at) ask(link, flow_kind::access_token);
}

void people::connect(std::size_t link) {
  persons_[link].stands = phase::connecting;
  const std::size_t isolate = in_->some_isolate();
  if (isolate == none) {
    persons_[link].stands = phase::absent;
    return;
  }
  ask(link, flow_kind::connect);
}

void people::on_connect(std::size_t link, const result<std::string>& outcome) {
  person& who = persons_[link];
  if (!outcome.ok()) {
    who.stands = phase::absent;
    return;
  }
  who.state = member(outcome, "state");
  each_member(outcome.value(), [&](std::string_view name, std::string_view cookie) {
    if (name != "cookie") return;
    who.cookie = std::string(text_member(cookie, "name")) + "=";
    who.cookie += text_member(cookie, "value");
  });
  who.auth_url = member(outcome, "authUrl");
  plan(in_->now() + in_->chance.between(second_ms, 30 * second_ms), task::consent, link);
}

void people::consent(std::size_t link) {
  person& who = persons_[link];
  form_builder query;
  query.append("state", who.state);
  if (in_->chance.chance(400)) {
    query.append("error", "access_denied");
  } else {
    query.append("code", in_->truth.authorize(who.auth_url, link, in_->now()));
  }
  who.query = query.text();
  who.reloads = 0;
  send_callback(link);
  // A product that knows nothing of it goes on using the old grant meanwhile.
  if (in_->chance.chance(3000)) {
    plan(in_->now() + in_->chance.below(400), task::hurry, link);
  }
  if (in_->chance.chance(2000)) {
    plan(in_->now() + in_->chance.below(300), task::reload, link);
  }
}

void people::send_callback(std::size_t link) {
  const person& who = persons_[link];
  json_writer json;
  json.begin_object();
  json.member("query", who.query);
  json.member("cookie", who.cookie);
  json.end_object();
  const std::string members = json.take();
  ask(link, flow_kind::callback, "," + members.substr(1, members.size() - 2));
}

void people::on_callback(std::size_t link, const result<std::string>& outcome) {
  person& who = persons_[link];
  if (outcome.ok() && member(outcome, "error").empty()) {
    who.stands = phase::connected;
    return;
  }
  if (who.stands != phase::connecting) return;
  const bool may_work = !outcome.ok() && kind_of(outcome.error().code) == error_kind::transient;
  if (may_work && who.reloads < reloads_max) {
    ++who.reloads;
    plan(in_->now() + in_->chance.between(second_ms, 20 * second_ms), task::reload, link);
  } else {
    who.stands = phase::absent;
  }
}

void people::on_token(const call& over, const result<std::string>& outcome) {
  if (!outcome.ok()) {
    const error_code code = outcome.error().code;
    const bool gone = code == error_code::token_expired || code == error_code::account_not_found;
    if (gone && persons_[over.link].stands == phase::connected) {
      persons_[over.link].stands = phase::absent;
    }
    return;
  }
  const std::string token(member(outcome, "accessToken"));
  const std::size_t at = in_->truth.token_in(token);
  if (at == none || in_->truth.honours(at, in_->now()) || in_->chance.chance(3000)) return;
  plan(in_->now() + in_->chance.below(300), task::reject, over.link, token);
}

void people::on_done(const call& over, const result<std::string>& outcome) {
  // The altered row is no deed of the service: nothing after that is judged.
  if (over.asked == purpose::tampered) ended_ = true;
  if (over.asked != purpose::usual) return;
  switch (over.kind) {
    case flow_kind::connect:
      return on_connect(over.link, outcome);
    case flow_kind::callback:
      return on_callback(over.link, outcome);
    case flow_kind::access_token:
      return on_token(over, outcome);
    case flow_kind::disconnect:
      if (outcome.ok()) persons_[over.link].stands = phase::absent;
      return;
    default:
      return;
  }
}

void people::on_died(const call& over) {
  const error lost{error_code::network_error};
  if (over.kind == flow_kind::connect) on_connect(over.link, lost);
  if (over.kind == flow_kind::callback) on_callback(over.link, lost);
}

void people::begin_calm() {
  const bool jumped = in_->clocks_jumped();
  in_->calm_down();
  const time_ms now = in_->now();
  const time_ms first = now + until_first_probe + (jumped ? hour_ms : 0);
  plan(now + until_long_tokens, task::lengthen);
  for (std::size_t link = 0; link < persons_.size(); ++link) {
    const duration_ms turn = static_cast<duration_ms>(link) * between_probes;
    plan(first + turn, task::probe, link);
    plan(now + until_last_probe + turn, task::last_probe, link);
  }
  const time_ms last = now + until_last_probe + hour_ms;
  plan(last, task::rest);
  plan(last + minute_ms, task::tamper);
  plan(last + 2 * minute_ms, task::end);
}

void people::probe(std::size_t link, purpose asked) {
  in_->begin_call(in_->some_isolate(),
                  {.kind = flow_kind::access_token, .link = link, .asked = asked},
                  about(in_->plan.links[link], flow_kind::access_token, ""));
}

// tamper puts another sealed text where an access token was: one of another field, generation or
// connection, or an altered one. No token may come out of that row (R50, R51).
void people::tamper() {
  const std::size_t count = persons_.size();
  const std::size_t link = in_->chance.below(static_cast<std::uint32_t>(count));
  const rules::sealed_texts mine = in_->law.sealed_of(link);
  const std::string* row = in_->rows.value_of(in_->plan.links[link].key, in_->now());
  if (row == nullptr || mine.access.empty()) return;
  std::string altered = mine.access;
  altered.back() = altered.back() == 'A' ? 'Q' : 'A';
  const std::string candidates[] = {mine.refresh, mine.access_before,
                                    in_->law.sealed_of((link + 1) % count).access, altered};
  const std::string& instead = candidates[in_->chance.below(4)];
  if (instead.empty() || instead == mine.access) return;
  std::string changed = *row;
  changed.replace(changed.find(mine.access), mine.access.size(), instead);
  if (in_->traced()) in_->note("somebody puts " + instead + " into link " + std::to_string(link));
  in_->rows.overwrite(in_->plan.links[link].key, std::move(changed));
  in_->begin_call(in_->some_isolate(),
                  {.kind = flow_kind::access_token, .link = link, .asked = purpose::tampered},
                  about(in_->plan.links[link], flow_kind::access_token, ""));
}

}  // namespace tenon::sim
