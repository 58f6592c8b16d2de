#pragma once

// Coroutine support. Debian's Emscripten 3.1.6 ships libc++ 13, which has no <coroutine>, while
// its clang 14 compiles coroutines; the stand-in below gives that compiler the names it looks up.
#if __has_include(<coroutine>)

#include <coroutine>

#else

#include <cstddef>

namespace std {

template <typename Result, typename...>
struct coroutine_traits {
  using promise_type = typename Result::promise_type;
};

template <typename Promise = void>
class coroutine_handle;

template <>
class coroutine_handle<void> {
 public:
  constexpr coroutine_handle() noexcept = default;
  constexpr coroutine_handle(decltype(nullptr)) noexcept {}

  static coroutine_handle from_address(void* address) noexcept {
    coroutine_handle handle;
    handle.frame_ = address;
    return handle;
  }
  void* address() const noexcept { return frame_; }
  explicit operator bool() const noexcept { return frame_ != nullptr; }
  bool done() const noexcept { return __builtin_coro_done(frame_); }
  void resume() const { __builtin_coro_resume(frame_); }
  void operator()() const { resume(); }
  void destroy() const { __builtin_coro_destroy(frame_); }

 protected:
  void* frame_ = nullptr;
};

template <typename Promise>
class coroutine_handle : public coroutine_handle<> {
 public:
  constexpr coroutine_handle() noexcept = default;

  static coroutine_handle from_address(void* address) noexcept {
    coroutine_handle handle;
    handle.frame_ = address;
    return handle;
  }
  static coroutine_handle from_promise(Promise& promise) noexcept {
    return from_address(__builtin_coro_promise(&promise, alignof(Promise), true));
  }
  Promise& promise() const noexcept {
    return *static_cast<Promise*>(__builtin_coro_promise(frame_, alignof(Promise), false));
  }
};

struct suspend_always {
  constexpr bool await_ready() const noexcept { return false; }
  constexpr void await_suspend(coroutine_handle<>) const noexcept {}
  constexpr void await_resume() const noexcept {}
};

struct suspend_never {
  constexpr bool await_ready() const noexcept { return true; }
  constexpr void await_suspend(coroutine_handle<>) const noexcept {}
  constexpr void await_resume() const noexcept {}
};

}  // namespace std

#endif
