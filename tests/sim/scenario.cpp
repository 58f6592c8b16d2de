#include "scenario.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "vault/storage_keys.hpp"

namespace tenon::sim {
namespace {

constexpr time_ms epoch = 1'790'000'000'000;
constexpr std::array<std::string_view, provider_count> provider_names = {"alder", "birch", "cedar"};
constexpr std::array<std::int64_t, 8> lifetimes_s = {20, 30, 60, 120, 300, 900, 1800, 3600};

// sometimes gives a rate in some worlds and 0 in the others.
std::uint32_t sometimes(dice& chance, std::uint32_t worlds_of_10000, std::uint32_t rate_max) {
  const bool occurs = chance.chance(worlds_of_10000);
  return occurs ? 1 + chance.below(rate_max) : 0;
}

temper draw_temper(dice& chance) {
  temper manner;
  const std::uint32_t kind = chance.below(10);
  manner.kind = kind < 5   ? rotation::strict
                : kind < 7 ? rotation::grace
                : kind < 8 ? rotation::lasting
                           : rotation::plain;
  manner.revokes_family = !chance.chance(3000);
  manner.tells_lifetime = !chance.chance(1000);
  manner.lifetime_s = lifetimes_s[chance.below(lifetimes_s.size())];
  manner.revocation_ends_grant =
      !chance.chance(4000) || manner.kind == rotation::grace || manner.kind == rotation::lasting;
  return manner;
}

std::vector<span_of_time> draw_spans(dice& chance, const scenario& of, duration_ms longest) {
  std::vector<span_of_time> spans;
  const std::uint32_t count = 1 + chance.below(3);
  for (std::uint32_t at = 0; at < count; ++at) {
    const time_ms from = chance.between(of.begins, of.calm_from);
    spans.push_back({from, std::min(of.calm_from, from + chance.between(1, longest))});
  }
  return spans;
}

void draw_people(dice& chance, scenario& into) {
  const std::uint32_t count = 1 + chance.below(3);
  for (std::uint32_t at = 0; at < count; ++at) {
    link one;
    one.organization = at > 0 && chance.chance(3000) ? "second" : "default";
    one.provider_at = chance.below(provider_count);
    one.provider = provider_names[one.provider_at];
    one.user = "user-" + std::to_string(at);
    // Cedar has no profile call, so it knows one account for each user, and none for revocation.
    const bool is_cedar = one.provider_at + 1 == provider_count;
    one.is_revocable = !is_cedar;
    one.account = is_cedar ? "default" : "account-" + std::to_string(at);
    one.key = connection_key({one.organization, one.user, one.provider, one.account});
    into.links.push_back(std::move(one));
  }
}

void draw_clocks(dice& chance, scenario& into) {
  const std::uint32_t isolates = 2 + chance.below(3);
  const bool skewed = chance.chance(7000);
  for (std::uint32_t at = 0; at < isolates; ++at) {
    into.skews.push_back(skewed ? chance.between(-2 * second_ms, 2 * second_ms) : 0);
  }
  if (!chance.chance(800)) return;
  const time_ms from = chance.between(into.begins, into.calm_from);
  into.jumps.push_back({chance.below(isolates), from,
                        std::min(into.calm_from, from + chance.between(second_ms, hour_ms)),
                        chance.chance(5000) ? hour_ms : -hour_ms});
}

void draw_troubles(dice& chance, scenario& into) {
  for (provider_trouble& each : into.troubles) {
    if (chance.chance(1500)) each.outages = draw_spans(chance, into, 20 * minute_ms);
    if (chance.chance(1000)) each.limits = draw_spans(chance, into, 5 * minute_ms);
    if (chance.chance(500)) each.client_refusals = draw_spans(chance, into, 5 * minute_ms);
  }
  if (chance.chance(1500)) into.storage_outages = draw_spans(chance, into, minute_ms);
}

void draw_rates(dice& chance, scenario& into) {
  into.crash_rate = sometimes(chance, 4000, 150);
  into.crash_spending = sometimes(chance, 3000, 1500);
  into.freeze_rate = sometimes(chance, 1500, 100);
  into.freeze_spending = sometimes(chance, 2000, 1500);
  into.store_fails = sometimes(chance, 2500, 500);
  into.store_loses_reply = sometimes(chance, 2500, 500);
  into.store_refuses = sometimes(chance, 800, 6000);
  into.store_slow = sometimes(chance, 2000, 500);
  into.net_refused = sometimes(chance, 2500, 2000);
  into.net_lost_before = sometimes(chance, 2000, 1500);
  into.net_lost_after = sometimes(chance, 2000, 1500);
  into.net_slow = sometimes(chance, 2500, 3000);
  into.net_duplicated = sometimes(chance, 500, 1000);
  into.odd_answers = sometimes(chance, 2000, 2000);
  into.withdraw_rate = sometimes(chance, 2500, 600);
}

}  // namespace

scenario draw_scenario(dice& chance) {
  scenario drawn;
  drawn.begins = epoch;
  drawn.calm_from = epoch + chance.between(5 * minute_ms, 3 * hour_ms);
  drawn.acts = 8 + chance.below(24);
  for (std::size_t at = 0; at < provider_count; ++at) drawn.tempers.push_back(draw_temper(chance));
  draw_people(chance, drawn);
  draw_clocks(chance, drawn);
  draw_troubles(chance, drawn);
  draw_rates(chance, drawn);
  drawn.two_keys = chance.chance(3000);
  return drawn;
}

bool is_within(const std::vector<span_of_time>& spans, time_ms now) {
  return std::any_of(spans.begin(), spans.end(), [&](const span_of_time& span) {
    return now >= span.from && now < span.until;
  });
}

}  // namespace tenon::sim
