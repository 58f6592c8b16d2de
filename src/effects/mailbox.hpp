#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "coro/task.hpp"
#include "effects/effect.hpp"

namespace tenon {

// posted_effect is a request on its way to the host, under the number that settles it.
struct posted_effect {
  std::uint32_t request_id = 0;
  effect request;
};

// mailbox belongs to one flow. A flow waits for one effect at a time, because it is one line of
// thought; notices need no answer. The host takes what is posted and settles each request once.
class mailbox {
 public:
  // post numbers a request and keeps it until the driver takes it.
  template <typename Request>
  void post(Request&& request) {
    posted_.emplace();
    posted_->request_id = ++last_id_;
    posted_->request.template emplace<Request>(std::move(request));
  }
  void post_notice(notice message) { notices_.push_back(std::move(message)); }

  std::optional<posted_effect> take_posted() { return std::exchange(posted_, std::nullopt); }
  std::vector<notice> take_notices() { return std::exchange(notices_, {}); }

  // wait says which suspended task the answer to the last request resumes.
  void wait(promise_base& waiting) noexcept { waiting_ = &waiting; }
  // take_reply moves the answer out; one of another kind than the request's traps.
  template <typename Reply>
  Reply take_reply() {
    auto* reply = reply_.has_value() ? std::get_if<Reply>(&*reply_) : nullptr;
    if (reply == nullptr) __builtin_trap();
    return std::move(*reply);
  }

  // awaits says whether this request is the one the flow waits for.
  bool awaits(std::uint32_t request_id) const noexcept {
    return waiting_ != nullptr && request_id == last_id_;
  }

  // settle hands in the answer and queues the task. An answer to a request that nobody waits for
  // is refused and changes nothing. The reply must be the one that effect.hpp names.
  bool settle(std::uint32_t request_id, effect_reply reply) {
    if (!awaits(request_id)) return false;
    promise_base* waiting = std::exchange(waiting_, nullptr);
    if (std::holds_alternative<host_failure>(reply)) {
      waiting->fail({error_code::database_error, error_reason::host_failed});
      return true;
    }
    reply_.emplace(std::move(reply));
    waiting->loop().push(waiting->self());
    return true;
  }

 private:
  std::uint32_t last_id_ = 0;
  promise_base* waiting_ = nullptr;
  std::optional<effect_reply> reply_;
  std::optional<posted_effect> posted_;
  std::vector<notice> notices_;
};

}  // namespace tenon
