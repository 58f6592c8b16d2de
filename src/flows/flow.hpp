#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "coro/task.hpp"
#include "flows/scope.hpp"

namespace tenon {

// flow_kind numbers cross the wasm border; append-only.
enum class flow_kind : std::uint8_t {
  connect = 1,
  callback,
  access_token,
  list,
  disconnect,
  refresh,
  read,
  run_due,
  rotate_keys,
  connect_api_key,
  check_health,
  list_audit,
};

// service is a configured deployment and what its instance remembers; it outlives its flows.
struct service {
  service_settings settings;
  service_memory memory;
};

// flow is one running call: its scope, its tasks and the loop that resumes them. When its own work
// is done, it moves what it told into the audit log, whose failure changes nothing. Destroying it
// at any point frees every frame, wipes them and performs nothing.
class flow {
 public:
  // start makes a flow of this kind from its JSON input and runs it to its first effect. A wrong
  // kind or input is not an error here: the flow is finished at once with that error.
  static std::unique_ptr<flow> start(service& of, flow_kind kind, std::string_view input_json,
                                     time_ms now);

  // settle hands in the answer to the effect the flow waits for and runs on. False when the flow
  // does not wait for this request.
  bool settle(std::uint32_t request_id, effect_reply reply, time_ms now);

  mailbox& box() noexcept { return scope_.host.box(); }
  bool finished() const noexcept {
    return root_->finished() && (linking_ == nullptr || linking_->finished());
  }
  // take gives the JSON result of a finished flow.
  result<std::string> take() { return root_->take(); }
  // retry_after says when a failed call may be repeated, where that is known.
  std::optional<duration_ms> retry_after() const noexcept { return scope_.retry_after; }
  // provider names the provider the call is about, for error reports; may be "".
  std::string_view provider() const noexcept { return provider_; }

 private:
  flow(service& of, time_ms now) : scope_(of.settings, of.memory, now) {}

  // run_on resumes what can go on.
  void run_on();

  flow_scope scope_;
  json_value input_;
  run_loop loop_;
  std::string provider_;
  std::unique_ptr<task<std::string>> root_;
  std::unique_ptr<task<unit>> linking_;
};

}  // namespace tenon
