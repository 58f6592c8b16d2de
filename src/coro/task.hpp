#pragma once

#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/result.hpp"
#include "coro/coroutine.hpp"
#include "coro/run_loop.hpp"

// A task<T> is a lazy coroutine that yields a result<T>.
//
//   co_await some_task      gives its value, or ends this task with its error
//   co_await some_result    gives its value, or ends this task with its error
//   co_await attempt(task)  gives the result<T> itself, for callers that handle the error
//
// A task that ends early stays suspended where it was: its owner destroys the frame, which runs
// the destructors of its locals. Frames are wiped when they are freed, because they hold tokens.

namespace tenon {

// promise_base is what the run loop and the awaiters know of any task.
class promise_base {
 public:
  promise_base() noexcept;
  promise_base(const promise_base&) = delete;
  promise_base& operator=(const promise_base&) = delete;

  static void* operator new(std::size_t size);
  static void operator delete(void* frame, std::size_t size);

  // fail ends this task with an error and passes it to whoever waits, up to the first
  // attempt() or the root. The frames stay suspended until their owner destroys them.
  void fail(error failure);

  bool finished() const noexcept { return finished_; }
  run_loop& loop() const noexcept { return *loop_; }
  std::coroutine_handle<> self() const noexcept { return self_; }

  // begin queues this task on its parent's loop; wants_result says that attempt() awaits it.
  void begin(promise_base& parent, bool wants_result);
  void begin(run_loop& loop);

 protected:
  ~promise_base() = default;

  // end_badly notes the error that complete() passes on.
  void end_badly(error failure) noexcept;
  bool failed() const noexcept { return failed_; }
  error failure() const noexcept { return failure_; }

  struct final_awaiter {
    bool await_ready() const noexcept { return false; }
    // Inlined, because clang 14 makes a call of it that ends in a suspension a tail call, and wasm
    // has those only as an extension. It did so where the promise is local to one file.
    template <typename Promise>
    [[gnu::always_inline]] void await_suspend(std::coroutine_handle<Promise> self) const noexcept {
      self.promise().complete();
    }
    void await_resume() const noexcept {}
  };

  std::coroutine_handle<> self_;

 private:
  // complete is reached at co_return: a success resumes the parent, a failure goes up.
  void complete();

  run_loop* loop_ = nullptr;
  promise_base* parent_ = nullptr;
  error failure_;
  bool failed_ = false;
  bool wants_result_ = false;
  bool finished_ = false;
};

// destroy_frame frees a frame, where there is one. Out of line, because every co_await of a task
// destroys one, on two ways: 5 kB of the service module, measured.
[[gnu::noinline]] void destroy_frame(std::coroutine_handle<> frame) noexcept;

template <typename T>
class task_promise;

template <typename T>
class [[nodiscard]] task {
  static_assert(!std::is_same_v<T, error>, "a task yields a value or an error, not an error");

 public:
  using promise_type = task_promise<T>;
  using handle_type = std::coroutine_handle<promise_type>;

  explicit task(handle_type handle) noexcept : handle_(handle) {}
  task(task&& other) noexcept : handle_(std::exchange(other.handle_, handle_type())) {}
  task& operator=(task&& other) noexcept {
    if (this == &other) return *this;
    destroy();
    handle_ = std::exchange(other.handle_, handle_type());
    return *this;
  }
  ~task() { destroy(); }

  // start queues a root task; the caller runs the loop.
  void start(run_loop& loop) { handle_.promise().begin(loop); }
  bool finished() const noexcept { return handle_.promise().finished(); }
  // take moves the outcome out of a finished task; before that it traps.
  result<T> take() { return handle_.promise().take(); }

  promise_type& promise() const noexcept { return handle_.promise(); }

 private:
  void destroy() noexcept { destroy_frame(handle_); }

  handle_type handle_;
};

// attempt awaits a task without ending the awaiting one when it fails: gives a result<T>. It refers
// to the task, so it stands in one expression: co_await attempt(some_task(...)).
template <typename T>
struct attempt {
  explicit attempt(task<T>&& work) noexcept : work(work) {}
  task<T>& work;
};

// The awaiters refer to what is awaited: a temporary of the co_await expression outlives them, and
// a second copy of it in the frame would cost code in every flow.
namespace awaiters {

template <typename T>
struct task_value {
  task<T>& work;

  bool await_ready() const noexcept { return false; }
  template <typename Promise>
  void await_suspend(std::coroutine_handle<Promise> parent) {
    work.promise().begin(parent.promise(), false);
  }
  T await_resume() { return work.promise().value(); }
};

template <typename T>
struct task_result {
  task<T>& work;

  bool await_ready() const noexcept { return false; }
  template <typename Promise>
  void await_suspend(std::coroutine_handle<Promise> parent) {
    work.promise().begin(parent.promise(), true);
  }
  result<T> await_resume() { return work.take(); }
};

template <typename T>
struct result_value {
  result<T>& outcome;

  bool await_ready() const noexcept { return outcome.ok(); }
  template <typename Promise>
  void await_suspend(std::coroutine_handle<Promise> self) {
    self.promise().fail(outcome.error());
  }
  T await_resume() { return std::move(outcome).value(); }
};

}  // namespace awaiters

template <typename T>
class task_promise final : public promise_base {
 public:
  task<T> get_return_object() {
    auto handle = std::coroutine_handle<task_promise>::from_promise(*this);
    self_ = handle;
    return task<T>(handle);
  }
  std::suspend_always initial_suspend() const noexcept { return {}; }

  final_awaiter final_suspend() const noexcept { return {}; }

  void return_value(T&& value) { value_.emplace(std::move(value)); }
  void return_value(error failure) noexcept { end_badly(failure); }
  void return_value(error_code code) noexcept { end_badly({code}); }
  void return_value(result<T>&& outcome) {
    outcome.ok() ? return_value(std::move(outcome).value()) : return_value(outcome.error());
  }
  void unhandled_exception() const noexcept { __builtin_trap(); }

  template <typename U>
  awaiters::task_value<U> await_transform(task<U>&& work) noexcept {
    return {work};
  }
  template <typename U>
  awaiters::task_result<U> await_transform(attempt<U>&& tried) noexcept {
    return {tried.work};
  }
  template <typename U>
  awaiters::result_value<U> await_transform(result<U>&& outcome) noexcept {
    return {outcome};
  }
  // Anything else must be an awaiter that knows promise_base: the effects.
  template <typename Awaiter>
  requires requires(Awaiter& a) { a.await_resume(); }
  Awaiter await_transform(Awaiter awaiter) { return awaiter; }

  // value hands out what the task yielded, to be moved from; without it, it traps.
  T&& value() {
    if (!value_.has_value()) __builtin_trap();
    return std::move(*value_);
  }
  result<T> take() {
    if (failed()) return failure();
    return value();
  }

 private:
  std::optional<T> value_;
};

}  // namespace tenon
