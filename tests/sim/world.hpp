#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "call.hpp"
#include "cipher.hpp"
#include "dice.hpp"
#include "people.hpp"
#include "provider.hpp"
#include "rules.hpp"
#include "scenario.hpp"
#include "settings.hpp"
#include "store.hpp"
#include "tally.hpp"

namespace tenon::sim {

// world is everything of one seed: isolates with flows in them, one store, the providers, the
// people, and the time. One step is one effect of one flow answered, or one thing that happens by
// itself; their order is their time, and that is drawn.
class world {
 public:
  world(std::uint64_t seed, bool traced);

  // run lets the world go to its end; throws violation.
  void run();

  // begin_call starts a flow on this isolate, which is up, and gives its serial.
  std::size_t begin_call(std::size_t isolate, call&& wanted, const std::string& input);
  // later calls people::act_now, again, at that time.
  void act_at(time_ms at);
  // calm_down ends all faults for ever.
  void calm_down();
  // crash ends an isolate with all its flows and its memory.
  void crash(std::size_t isolate);

  time_ms now() const { return now_; }
  time_ms local_time(std::size_t isolate) const;
  bool is_calm() const { return calm_; }
  bool clocks_jumped() const;
  // skew_span is by how much two clocks may differ as long as none has jumped.
  duration_ms skew_span() const;
  // some_isolate gives one that is up, none when there is none.
  std::size_t some_isolate();
  const call& call_of(std::size_t serial) const { return *calls_[serial]; }
  call& call_of(std::size_t serial) { return *calls_[serial]; }
  std::size_t call_count() const { return calls_.size(); }
  const isolate& isolate_of(std::size_t at) const { return isolates_[at]; }

  bool traced() const { return traced_; }
  // note adds a line to the transcript; call it only when traced.
  void note(const std::string& line);
  const std::string& transcript() const { return transcript_; }

  dice chance;
  scenario plan;
  store rows;
  cipher sealer;
  providers truth;
  tally counts;
  rules law;
  people crowd;

 private:
  enum class happening : std::uint8_t { perform, reply, act, alarm, restart, clock };
  struct event {
    time_ms at = 0;
    std::uint32_t order = 0;  // decides between equal times
    happening what = happening::act;
    std::uint32_t serial = 0;  // of an alarm
    std::size_t subject = 0;   // an operation or an isolate
  };
  // fate is what the network does with one request.
  enum class fate : std::uint8_t { sound, refused, lost_before, lost_after, duplicated };
  // operation is one effect on its way.
  struct operation {
    std::size_t call = 0;
    std::uint32_t request_id = 0;
    effect asked;
    effect_reply reply;
    fate fortune = fate::sound;
    time_ms times_out_at = 0;
    std::size_t request = none;  // of a token request, for the rules
    bool cancelled = false;      // the isolate died before it left
    bool performed = false;
  };

  void schedule(time_ms at, happening what, std::size_t subject, std::uint32_t serial = 0);
  void happen(const event& next);

  void advance(call& running);
  void finish(call& running);
  void settle(call& running, std::uint32_t request_id, effect_reply&& reply);
  bool submit(call& running, posted_effect&& posted);
  bool strikes(const call& running);
  void freeze(std::size_t isolate, bool is_spending);
  void perform(std::size_t operation_at);
  void deliver(std::size_t operation_at);

  void take_notices(call& running);
  void arm(std::size_t isolate, time_ms local_at);
  void ring(std::size_t isolate, std::uint32_t serial);
  void rearm_from_store(std::size_t isolate);
  void restart(std::size_t isolate);

  // host.cpp
  effect_reply local_reply(const call& running, const effect& asked);
  effect_reply store_reply(call& running, const effect& asked);
  bool store_refuses(const effect& asked);
  duration_ms store_delay();
  byte_string random_bytes(std::uint32_t count);
  // network.cpp
  void send(call& running, operation& leaving, const fetch_request& asked);
  void arrive(operation& arriving, const fetch_request& asked);
  http_reply answer(operation& arriving, const http_request& asked);
  bool is_troubled(std::size_t provider_at, http_reply& instead);

  bool traced_;
  bool calm_ = false;
  time_ms now_;
  duration_ms skew_span_ = 0;
  std::vector<isolate> isolates_;
  std::vector<std::unique_ptr<call>> calls_;
  std::vector<std::size_t> living_;  // the serials of calls that run
  std::vector<std::unique_ptr<operation>> operations_;
  std::vector<event> events_;  // a heap
  std::string transcript_;
};

// describe gives an effect as part of a transcript line.
std::string describe(const effect& asked);

}  // namespace tenon::sim
