#include "coro/run_loop.hpp"

#include <cstddef>

namespace tenon {

void run_loop::push(std::coroutine_handle<> ready) { ready_.push_back(ready); }

void run_loop::run() {
  for (std::size_t next = 0; next < ready_.size(); ++next) ready_[next].resume();
  ready_.clear();
}

}  // namespace tenon
