#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "effects/effect.hpp"
#include "effects/mailbox.hpp"

namespace tenon {

// effect_call is what a flow awaits: it posts the request and gives the reply. When the host
// failed, the awaiting task ends with database_error/host_failed.
template <typename Request>
class effect_call {
 public:
  using reply_type = typename reply_of<Request>::type;

  effect_call(mailbox& box, Request request) : box_(&box), request_(std::move(request)) {}

  bool await_ready() const noexcept { return false; }
  template <typename Promise>
  void await_suspend(std::coroutine_handle<Promise> self) {
    post(self.promise());
  }
  reply_type await_resume();

 private:
  void post(promise_base& waiting);

  mailbox* box_;
  Request request_;
  std::optional<effect_reply> reply_;
};

// host is a flow's view of the world: every method posts an effect, now() is what the last
// start or settle said. It lives as long as its flow.
class host {
 public:
  explicit host(time_ms now) : now_(now) {}
  host(const host&) = delete;
  host& operator=(const host&) = delete;

  time_ms now() const noexcept { return now_; }

  effect_call<random_request> random_bytes(std::uint32_t count) { return {box_, {count}}; }
  effect_call<fetch_request> fetch(http_request request) {
    return {box_, fetch_request{.request = std::move(request)}};
  }
  effect_call<get_request> get(std::vector<std::string> keys) { return {box_, {std::move(keys)}}; }
  effect_call<list_request> list(list_request range) { return {box_, std::move(range)}; }
  effect_call<commit_request> commit(commit_request batch) { return {box_, std::move(batch)}; }
  effect_call<seal_request> seal(seal_request request) { return {box_, std::move(request)}; }
  effect_call<open_request> open(open_request request) { return {box_, std::move(request)}; }
  effect_call<sleep_request> sleep(duration_ms duration) { return {box_, {duration}}; }

  void wake(time_ms at) { box_.post(notice(wake_notice{at})); }
  void emit(std::string event_json) { box_.post(notice(emit_notice{std::move(event_json)})); }

  // The driver's half: settle answers and brings the clock along; time never runs backwards
  // inside one flow.
  mailbox& box() noexcept { return box_; }
  void set_now(time_ms now) noexcept {
    if (now > now_) now_ = now;
  }

 private:
  time_ms now_;
  mailbox box_;
};

}  // namespace tenon
