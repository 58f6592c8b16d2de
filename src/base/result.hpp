#pragma once

#include <type_traits>
#include <utility>
#include <variant>

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

  result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  result(tenon::error failure) : state_(std::in_place_index<1>, failure) {}
  result(error_code code, error_reason reason = error_reason::none)
      : result(tenon::error{code, reason, 0}) {}

  bool ok() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  T& value() & noexcept { return *checked(std::get_if<0>(&state_)); }
  const T& value() const& noexcept { return *checked(std::get_if<0>(&state_)); }
  T&& value() && noexcept { return std::move(*checked(std::get_if<0>(&state_))); }
  tenon::error error() const noexcept { return *checked(std::get_if<1>(&state_)); }

 private:
  template <typename P>
  static P* checked(P* pointer) noexcept {
    if (pointer == nullptr) __builtin_trap();
    return pointer;
  }

  std::variant<T, tenon::error> state_;
};

}  // namespace tenon
