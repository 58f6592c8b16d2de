#include "coro/task.hpp"

#include <cstdlib>

#include "base/wipe.hpp"

namespace tenon {

void* promise_base::operator new(std::size_t size) {
  void* frame = std::malloc(size);
  if (frame == nullptr) __builtin_trap();
  return frame;
}

void promise_base::operator delete(void* frame, std::size_t size) {
  secure_wipe(frame, size);
  std::free(frame);
}

void destroy_frame(std::coroutine_handle<> frame) noexcept {
  if (frame) frame.destroy();
}

promise_base::promise_base() noexcept = default;

void promise_base::fail(error failure) {
  promise_base* task = this;
  while (true) {
    task->end_badly(failure);
    task->finished_ = true;
    if (task->parent_ == nullptr) return;
    if (task->wants_result_) break;
    task = task->parent_;
  }
  task->loop_->push(task->parent_->self_);
}

void promise_base::begin(promise_base& parent, bool wants_result) {
  parent_ = &parent;
  wants_result_ = wants_result;
  begin(*parent.loop_);
}

void promise_base::begin(run_loop& loop) {
  loop_ = &loop;
  loop_->push(self_);
}

void promise_base::end_badly(error failure) noexcept {
  failure_ = failure;
  failed_ = true;
}

void promise_base::complete() {
  if (failed_) {
    fail(failure_);
    return;
  }
  finished_ = true;
  if (parent_ != nullptr) loop_->push(parent_->self_);
}

}  // namespace tenon
