#pragma once

#include <optional>
#include <type_traits>
#include <utility>

#include "base/error.hpp"

namespace tenon {

// unit is the value of a step that yields nothing but success.
struct unit {
  friend bool operator==(unit, unit) = default;
};

// result holds either a T or an error. value() on a failure traps: test first.
template <typename T>
class [[nodiscard]] result {
  static_assert(!std::is_reference_v<T>, "a result never holds a reference");
  static_assert(!std::is_same_v<T, tenon::error>, "an error is not a value");

 public:
  using value_type = T;

  result(T&& value) : value_(std::move(value)) {}
  result(const T& value) : value_(value) {}
  result(tenon::error failure) : failure_(failure) {}
  result(error_code code, error_reason reason = error_reason::none)
      : result(tenon::error{code, reason, 0}) {}

  bool ok() const noexcept { return value_.has_value(); }
  explicit operator bool() const noexcept { return ok(); }

  T& value() & noexcept { return *checked(ok() ? &*value_ : nullptr); }
  const T& value() const& noexcept { return *checked(ok() ? &*value_ : nullptr); }
  T&& value() && noexcept { return std::move(value()); }
  tenon::error error() const noexcept { return *checked(ok() ? nullptr : &failure_); }

 private:
  template <typename P>
  static P* checked(P* pointer) noexcept {
    if (pointer == nullptr) __builtin_trap();
    return pointer;
  }

  std::optional<T> value_;
  tenon::error failure_;
};

}  // namespace tenon
