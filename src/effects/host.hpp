#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "effects/effect.hpp"
#include "effects/mailbox.hpp"

namespace tenon {

// effect_call is what a flow awaits, in the expression that posted the request: it gives the reply.
// When the host failed, the awaiting task ends with database_error/host_failed.
template <typename Reply>
class [[nodiscard]] effect_call {
 public:
  explicit effect_call(mailbox& box) noexcept : box_(&box) {}

  bool await_ready() const noexcept { return false; }
  template <typename Promise>
  void await_suspend(std::coroutine_handle<Promise> self) {
    box_->wait(self.promise());
  }
  Reply await_resume() { return box_->take_reply<Reply>(); }

 private:
  mailbox* box_;
};

// host is a flow's view of the world: every method posts an effect, now() is what the last
// start or settle said. It lives as long as its flow.
class host {
 public:
  explicit host(time_ms now) : now_(now) {}
  host(const host&) = delete;
  host& operator=(const host&) = delete;

  time_ms now() const noexcept { return now_; }

  effect_call<byte_string> random_bytes(std::uint32_t count) { return ask(random_request{count}); }
  effect_call<http_reply> fetch(http_request&& request) {
    return ask(fetch_request{.request = std::move(request)});
  }
  effect_call<get_reply> get(std::string key) {
    get_request request;
    request.keys.push_back(std::move(key));
    return ask(std::move(request));
  }
  effect_call<list_reply> list(list_request&& range) { return ask(std::move(range)); }
  effect_call<commit_reply> commit(commit_request&& batch) { return ask(std::move(batch)); }
  effect_call<seal_reply> seal(seal_request&& request) { return ask(std::move(request)); }
  effect_call<open_reply> open(open_request&& request) { return ask(std::move(request)); }
  effect_call<sleep_reply> sleep(duration_ms duration) { return ask(sleep_request{duration}); }

  void wake(time_ms at) { box_.post_notice(wake_notice{at}); }
  void emit(std::string event_json) { box_.post_notice(emit_notice{std::move(event_json)}); }

  // The driver's half: settle answers and brings the clock along; time never runs backwards
  // inside one flow.
  mailbox& box() noexcept { return box_; }
  void set_now(time_ms now) noexcept {
    if (now > now_) now_ = now;
  }

 private:
  template <typename Request>
  effect_call<typename reply_of<Request>::type> ask(Request&& request) {
    box_.post(std::move(request));
    return effect_call<typename reply_of<Request>::type>(box_);
  }

  time_ms now_;
  mailbox box_;
};

}  // namespace tenon
