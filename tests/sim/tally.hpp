#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/time.hpp"

namespace tenon::sim {

// window is something that no client of a rotating provider can rule out, or that only a broken
// clock brings about. Each time one opens it is counted; outside of them the rules allow nothing.
enum class window : std::uint8_t {
  answer_lost,         // a family revoked: the answer with the new pair never arrived
  holder_crashed,      // a family revoked: the holder died before the new pair was durable
  request_duplicated,  // a family revoked: the network delivered one request twice
  pair_unstored,       // a family revoked: storage took the new pair at no time
  overtaken_slow,      // a holder that still lived was overtaken after its lease had run out
  overtaken_clock,     // a holder was overtaken early, because a clock had jumped
  sent_late_clock,     // a request left without a lease, because a clock had jumped
  reuse_overtaken,     // a family revoked: two holders, one of them overtaken
  dead_token_clock,    // a token handed out after its end, because a clock had jumped
  dead_token_unknown,  // likewise, because the provider never said how long it lives
  lost_rotation,       // a connection ended because its rotation was lost
  grant_revoked,       // a connection ended because its grant was revoked
  late_pair_kept,      // a late pair lost to a newer one and was kept aside
  late_pair_lost,      // a second late pair, for which there was no room
  alarm_rang_first,    // storage took timed work so late that its alarm had rung before
  count_,
};

inline constexpr std::array<std::string_view, static_cast<std::size_t>(window::count_)>
    window_names = {"family revoked, answer lost",
                    "family revoked, holder crashed",
                    "family revoked, request duplicated by the network",
                    "family revoked, pair never stored",
                    "holder overtaken after its lease",
                    "holder overtaken by a clock jump",
                    "request sent late by a clock jump",
                    "family revoked, holder overtaken",
                    "dead token after a clock jump",
                    "dead token of unknown lifetime",
                    "connection ended, rotation lost",
                    "connection ended, grant revoked",
                    "late pair kept aside",
                    "second late pair dropped",
                    "alarm rang before its work was stored"};

// tally is what a run of worlds adds up to.
struct tally {
  std::uint64_t seeds = 0;
  std::uint64_t steps = 0;  // effects answered
  std::uint64_t calls = 0;
  std::uint64_t crashes = 0;
  std::uint64_t refreshes = 0;  // requests with a refresh token that reached a provider
  duration_ms simulated_ms = 0;
  duration_ms troubled_ms = 0;  // of that, before the calm
  std::array<std::uint64_t, static_cast<std::size_t>(window::count_)> windows{};

  void count(window opened) { ++windows[static_cast<std::size_t>(opened)]; }

  void add(const tally& other) {
    seeds += other.seeds;
    steps += other.steps;
    calls += other.calls;
    crashes += other.crashes;
    refreshes += other.refreshes;
    simulated_ms += other.simulated_ms;
    troubled_ms += other.troubled_ms;
    for (std::size_t at = 0; at < windows.size(); ++at) windows[at] += other.windows[at];
  }
};

}  // namespace tenon::sim
