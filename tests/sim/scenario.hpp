#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.hpp"
#include "dice.hpp"
#include "provider.hpp"

namespace tenon::sim {

inline constexpr std::size_t provider_count = 3;

// clock_jump makes one isolate's clock wrong by so much, for a while.
struct clock_jump {
  std::size_t isolate = 0;
  time_ms from = 0;
  time_ms until = 0;
  duration_ms by = 0;
};

struct span_of_time {
  time_ms from = 0;
  time_ms until = 0;
};

// provider_trouble is when and how one provider does not do its work.
struct provider_trouble {
  std::vector<span_of_time> outages;          // answers 503
  std::vector<span_of_time> limits;           // answers 429 with Retry-After
  std::vector<span_of_time> client_refusals;  // answers invalid_client
};

// scenario is what a seed draws before anything happens. Rates are of 10,000 and 0 where that
// fault does not occur in this world: worlds with few kinds of faults find what a mix hides.
struct scenario {
  std::vector<duration_ms> skews;  // one for each isolate
  std::vector<clock_jump> jumps;
  std::vector<temper> tempers;
  std::vector<link> links;
  std::array<provider_trouble, provider_count> troubles;
  std::vector<span_of_time> storage_outages;
  time_ms begins = 0;
  time_ms calm_from = 0;
  bool two_keys = false;

  std::uint32_t crash_rate = 0;         // at each effect
  std::uint32_t crash_spending = 0;     // at each step of a token request
  std::uint32_t freeze_rate = 0;        // at each effect, the whole isolate
  std::uint32_t freeze_spending = 0;    // at each step of a token request
  std::uint32_t store_fails = 0;        // before anything is done
  std::uint32_t store_loses_reply = 0;  // after it is done
  std::uint32_t store_refuses = 0;      // commits only, before anything is done
  std::uint32_t store_slow = 0;
  std::uint32_t net_refused = 0;      // nothing left
  std::uint32_t net_lost_before = 0;  // the request left and never arrived
  std::uint32_t net_lost_after = 0;   // the answer was lost
  std::uint32_t net_slow = 0;
  std::uint32_t net_duplicated = 0;  // one request arrives twice
  std::uint32_t odd_answers = 0;     // 502 pages, 503 with invalid_grant in it
  std::uint32_t withdraw_rate = 0;   // users revoke at the provider, of acts
  std::uint32_t acts = 0;
};

scenario draw_scenario(dice& chance);

bool is_within(const std::vector<span_of_time>& spans, time_ms now);

}  // namespace tenon::sim
