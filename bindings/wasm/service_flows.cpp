// Flows of the service module: configure once, then start, settle and drop.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/wipe.hpp"
#include "flows/flow.hpp"
#include "flows/settings.hpp"
#include "memory.hpp"
#include "service_message.hpp"

using namespace tenon;
using namespace tenon::wasm;

namespace {

constexpr std::size_t flows_max = 4096;

struct running_flow {
  std::uint32_t id = 0;
  asked_effect awaited;  // what the flow waits for
  std::unique_ptr<flow> work;
};

// service_state is the module's only mutable state besides the io buffer and the key slots. It is
// made on first use, because static constructors would run at every start.
struct service_state {
  std::optional<tenon::service> configured;
  std::vector<running_flow> flows;
  byte_string outbox;
  std::uint32_t last_id = 0;
};

service_state& module_state() {
  static service_state* state = new service_state;
  return *state;
}

constexpr error unknown_flow{error_code::conflict};

void clear_outbox() {
  byte_string& outbox = module_state().outbox;
  secure_wipe(outbox.data(), outbox.size());
  outbox.clear();
}

running_flow* find_flow(std::uint32_t id) {
  for (running_flow& each : module_state().flows) {
    if (each.id == id) return &each;
  }
  return nullptr;
}

void forget(std::uint32_t id) {
  std::vector<running_flow>& flows = module_state().flows;
  for (running_flow& each : flows) {
    if (each.id != id) continue;
    if (&each != &flows.back()) each = std::move(flows.back());
    flows.pop_back();
    return;
  }
}

void write_done(std::uint32_t id, std::string text) {
  message_writer out(module_state().outbox, message_kind::done, id, 0);
  out.text(text);
  secure_wipe(text);
}

void write_failed(std::uint32_t id, error failure, const flow& of) {
  message_writer out(module_state().outbox, message_kind::failed, id, 0);
  out.u8(static_cast<std::uint8_t>(failure.code));
  out.u8(static_cast<std::uint8_t>(failure.reason));
  out.u32(failure.status);
  out.text(of.provider());
  const auto retry_after = of.retry_after();
  out.f64(retry_after ? static_cast<double>(*retry_after) : __builtin_nan(""));
}

// post_messages puts what a flow produced into the outbox, and forgets the flow when it ended.
void post_messages(running_flow& running) {
  byte_string& outbox = module_state().outbox;
  mailbox& box = running.work->box();
  for (const notice& message : box.take_notices()) write_notice(outbox, running.id, message);
  if (auto posted = box.take_posted()) {
    running.awaited = remember(posted->request);
    write_effect(outbox, running.id, posted->request_id, posted->request);
  }
  if (!running.work->finished()) return;
  auto outcome = running.work->take();
  if (outcome.ok()) {
    write_done(running.id, std::move(outcome).value());
  } else {
    write_failed(running.id, outcome.error(), *running.work);
  }
  forget(running.id);
}

time_ms time_of(double now) {
  const bool legal = now >= 0 && now <= static_cast<double>(time_ms_max);
  return legal ? static_cast<time_ms>(now) : 0;
}

}  // namespace

extern "C" {

// tenon_configure reads the deployment's settings, once. On failure the outbox holds the name of
// the field that is wrong.
std::int32_t tenon_configure(std::uint32_t at, std::uint32_t size) {
  const auto text = memory_at(at, size);
  service_state& state = module_state();
  if (!text || state.configured) return bad_call;
  auto parsed = parse_settings(as_text(*text));
  clear_outbox();
  if (const auto* wrong = std::get_if<settings_error>(&parsed)) {
    const byte_view field = as_bytes(wrong->field);
    state.outbox.assign(field.begin(), field.end());
    return failed(wrong->failure);
  }
  state.configured.emplace(tenon::service{std::move(std::get<service_settings>(parsed)), {}});
  return 0;
}

// tenon_start makes a flow, runs it to its first effect and gives its id.
std::int32_t tenon_start(std::uint32_t kind, std::uint32_t at, std::uint32_t size, double now) {
  const auto input = memory_at(at, size);
  service_state& state = module_state();
  clear_outbox();
  if (!state.configured) return failed({error_code::configuration_error});
  if (!input || kind > 0xff) return bad_call;
  if (state.flows.size() >= flows_max) return failed({error_code::rate_limited});
  auto work =
      flow::start(*state.configured, static_cast<flow_kind>(kind), as_text(*input), time_of(now));
  const std::uint32_t id = state.last_id = state.last_id % 0x7fffffff + 1;
  state.flows.push_back({id, {}, std::move(work)});
  post_messages(state.flows.back());
  return static_cast<std::int32_t>(id);
}

// tenon_settle hands in the answer to one request and runs its flow on. An unknown, repeated or
// late id changes nothing; a malformed answer counts as the host's failure.
std::int32_t tenon_settle(std::uint32_t at, std::uint32_t size, double now) {
  const auto message = memory_at(at, size);
  clear_outbox();
  if (!message) return bad_call;
  message_reader from(*message);
  running_flow* running = find_flow(from.u32());
  const std::uint32_t request = from.u32();
  const bool answered = from.u8() == 0;
  if (running == nullptr || !running->work->box().awaits(request)) return failed(unknown_flow);
  auto reply = answered ? read_reply(running->awaited, from) : std::nullopt;
  running->work->settle(request, reply ? std::move(*reply) : effect_reply(host_failure{}),
                        time_of(now));
  post_messages(*running);
  return 0;
}

// tenon_drop frees a flow at any point and performs nothing.
std::int32_t tenon_drop(std::uint32_t flow) {
  clear_outbox();
  if (find_flow(flow) == nullptr) return failed(unknown_flow);
  forget(flow);
  return 0;
}

// tenon_outbox and tenon_outbox_len give the messages of the last call; tenon_outbox_clear wipes
// them when the host has read them.
const std::uint8_t* tenon_outbox() { return module_state().outbox.data(); }
std::uint32_t tenon_outbox_len() {
  return static_cast<std::uint32_t>(module_state().outbox.size());
}
void tenon_outbox_clear() { clear_outbox(); }
}
