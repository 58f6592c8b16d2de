#pragma once

#include <vector>

#include "coro/coroutine.hpp"

namespace tenon {

// run_loop resumes coroutines one after another, so that a long chain of awaits that finish at
// once uses no stack: wasm has no symmetric transfer before tail calls.
class run_loop {
 public:
  // push queues a suspended coroutine; it is resumed by run(), never from inside push.
  void push(std::coroutine_handle<> ready);

  // run resumes what is queued, and what that queues, until nothing is left.
  void run();

 private:
  std::vector<std::coroutine_handle<>> ready_;
};

}  // namespace tenon
