#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "flows/flow.hpp"
#include "provider.hpp"

namespace tenon::sim {

// purpose tells the calls that must end in a certain way from the others.
enum class purpose : std::uint8_t { usual, probe, last_probe, tampered };

// call is one flow on one isolate, from its start to its end or the isolate's.
struct call {
  std::size_t serial = 0;
  flow_kind kind = flow_kind::read;
  std::size_t isolate = 0;
  std::size_t link = none;  // whom it is about; none for the scheduler's own
  time_ms started_at = 0;
  time_ms asked_at = 0;  // when it asked for the effect that it waits for
  purpose asked = purpose::usual;
  bool met_fault = false;    // storage failed it at least once
  bool is_spending = false;  // it has sent a token request
  bool saw_open = false;     // the circuit was open when it last looked, before it sent anything
  std::size_t read_access = none;  // the access token in its connection's row as it last read it
  std::optional<time_ms> probes_from;  // it wrote itself in as that circuit's probe
  std::unique_ptr<flow> run;           // empty once it is over

  bool lives() const { return run != nullptr; }
};

// isolate is one instance of the service.
struct isolate {
  duration_ms skew = 0;
  service* instance = nullptr;  // its memory is emptied when the isolate dies
  bool up = true;
  time_ms frozen_until = 0;
  std::optional<time_ms> alarm;  // by its own clock
  std::uint32_t alarm_serial = 0;
  bool due_runs = false;    // its run of the due queue is under way
  time_ms rang_at = 0;      // when the last one began
  std::uint32_t lives = 0;  // how often it has crashed
};

}  // namespace tenon::sim
