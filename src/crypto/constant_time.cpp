#include "crypto/constant_time.hpp"

namespace tenon {
namespace {

// value_barrier hides a value from the optimizer, which therefore cannot learn that a difference
// once found stays, and cannot leave the loop early. It may still move the value about.
[[gnu::always_inline]] inline std::uint32_t value_barrier(std::uint32_t value) noexcept {
  asm volatile("" : "+r"(value));
  return value;
}

}  // namespace

bool constant_time_equal(byte_view a, byte_view b) noexcept {
  if (a.size() != b.size()) return false;
  std::uint32_t difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference = value_barrier(difference | (std::uint32_t{a[i]} ^ b[i]));
  }
  return difference == 0;
}

}  // namespace tenon
