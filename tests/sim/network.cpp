// The network between the isolates and the providers, with its faults and theirs.
#include <algorithm>

#include "world.hpp"

namespace tenon::sim {
namespace {

constexpr duration_ms late_ms = 15 * second_ms;

std::size_t provider_at(std::string_view url) {
  switch (url[std::string_view("https://").size()]) {
    case 'a':
      return 0;
    case 'b':
      return 1;
    default:
      return 2;
  }
}

http_reply broken(network_kind kind, bool maybe_sent) {
  http_reply reply;
  reply.network = kind;
  reply.maybe_sent = maybe_sent;
  return reply;
}

std::string http_date(dice& chance) {
  // Far in the past and in either of two forms: a date says no more than "now" then.
  return chance.chance(5000) ? "Sun, 06 Nov 1994 08:49:37 GMT" : "Sunday, 06-Nov-94 08:49:37 GMT";
}

}  // namespace

void world::send(call& running, operation& leaving, const fetch_request& asked) {
  const std::size_t at = operations_.size() - 1;
  const duration_ms there = chance.between(5, 150);
  const duration_ms back = chance.between(5, 150);
  leaving.times_out_at = now_ + asked.timeout_ms;
  if (asked.request.url.ends_with("/token")) {
    leaving.request = law.on_send(running, asked.request);
    running.is_spending = true;
  }
  const auto strikes_by = [&](std::uint32_t rate) { return rate != 0 && chance.chance(rate); };
  if (calm_) {
    leaving.fortune = fate::sound;
  } else if (strikes_by(plan.net_refused)) {
    leaving.fortune = fate::refused;
  } else if (strikes_by(plan.net_lost_before)) {
    leaving.fortune = fate::lost_before;
  } else if (strikes_by(plan.net_lost_after)) {
    leaving.fortune = fate::lost_after;
  } else if (strikes_by(plan.net_duplicated)) {
    leaving.fortune = fate::duplicated;
  }
  const bool slow = !calm_ && strikes_by(plan.net_slow);
  const duration_ms late = slow ? chance.between(0, late_ms) : 0;
  if (leaving.fortune == fate::refused) {
    leaving.reply = broken(chance.chance(5000) ? network_kind::refused : network_kind::dns, false);
    return schedule(now_ + back, happening::reply, at);
  }
  if (leaving.fortune == fate::lost_before) {
    const bool reset = chance.chance(5000);
    leaving.reply = broken(reset ? network_kind::reset : network_kind::timeout, true);
    return schedule(reset ? now_ + back : leaving.times_out_at, happening::reply, at);
  }
  const time_ms arrives_at = now_ + there + (chance.chance(5000) ? late : 0);
  const time_ms answered_at = std::max(arrives_at, now_ + late) + back;
  if (leaving.fortune == fate::duplicated) {
    schedule(arrives_at + chance.between(0, late_ms), happening::perform, at);
  }
  schedule(arrives_at, happening::perform, at);
  schedule(std::min(answered_at, leaving.times_out_at), happening::reply, at);
  const bool lost = leaving.fortune == fate::lost_after || answered_at > leaving.times_out_at;
  if (lost) leaving.reply = broken(network_kind::timeout, true);
}

void world::arrive(operation& arriving, const fetch_request& asked) {
  http_reply answered = answer(arriving, asked.request);
  if (traced_) {
    note("#" + std::to_string(arriving.call) + " reaches the provider, which answers " +
         std::to_string(answered.status) + " " + answered.body);
  }
  const bool is_first = !arriving.performed;
  arriving.performed = true;
  // What was lost or is too late has its reply already.
  const bool is_open = is_first && std::holds_alternative<host_failure>(arriving.reply);
  if (is_open) arriving.reply = std::move(answered);
}

http_reply world::answer(operation& arriving, const http_request& asked) {
  const std::size_t at = provider_at(asked.url);
  http_reply instead;
  if (!calm_ && is_troubled(at, instead)) return instead;
  if (asked.url.ends_with("/me")) return truth.profile(asked, now_);
  if (asked.url.ends_with("/revoke")) return truth.revoke(asked);
  spending made = truth.spend(at, asked, arriving.request, now_);
  law.on_spent(arriving.request, made, !arriving.performed);
  return std::move(made.reply);
}

bool world::is_troubled(std::size_t at, http_reply& instead) {
  const provider_trouble& trouble = plan.troubles[at];
  if (is_within(trouble.outages, now_)) {
    instead = json_reply(503, R"({"error":"invalid_grant"})");
    if (chance.chance(5000)) instead.body.clear();
    return true;
  }
  if (is_within(trouble.limits, now_)) {
    instead = json_reply(429, "");
    const std::string after =
        chance.chance(8000) ? std::to_string(chance.below(90)) : http_date(chance);
    instead.headers.push_back({"retry-after", after});
    return true;
  }
  if (is_within(trouble.client_refusals, now_)) {
    instead = json_reply(401, R"({"error":"invalid_client"})");
    return true;
  }
  if (plan.odd_answers != 0 && chance.chance(plan.odd_answers)) {
    instead = json_reply(chance.chance(5000) ? 502 : 500, R"({"error":"invalid_grant"})");
    return true;
  }
  return false;
}

}  // namespace tenon::sim
