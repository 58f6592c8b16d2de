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
  // post is called by the awaiter: waiting is the suspended task, reply where its answer goes.
  void post(effect request, promise_base& waiting, std::optional<effect_reply>& reply) {
    waiting_ = &waiting;
    reply_ = &reply;
    posted_ = posted_effect{++last_id_, std::move(request)};
  }
  void post(notice message) { notices_.push_back(std::move(message)); }

  std::optional<posted_effect> take_posted() { return std::exchange(posted_, std::nullopt); }
  std::vector<notice> take_notices() { return std::exchange(notices_, {}); }

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
    *std::exchange(reply_, nullptr) = std::move(reply);
    waiting->loop().push(waiting->self());
    return true;
  }

 private:
  std::uint32_t last_id_ = 0;
  promise_base* waiting_ = nullptr;
  std::optional<effect_reply>* reply_ = nullptr;
  std::optional<posted_effect> posted_;
  std::vector<notice> notices_;
};

}  // namespace tenon
