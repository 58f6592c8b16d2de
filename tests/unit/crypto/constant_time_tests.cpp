#include "catch.hpp"
#include "crypto/constant_time.hpp"

using namespace tenon;

TEST_CASE("[R64] Equal bytes compare equal, and one different bit anywhere makes them unequal",
          "[crypto]") {
  byte_string left(67);
  for (std::size_t i = 0; i < left.size(); ++i) left[i] = static_cast<std::uint8_t>(i * 3);
  byte_string right = left;
  CHECK(constant_time_equal(left, right));
  std::size_t accepted = 0;
  for (std::size_t bit = 0; bit < 8 * right.size(); ++bit) {
    right[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    if (constant_time_equal(left, right)) ++accepted;
    right[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
  }
  CHECK(accepted == 0);
  // Two differences must not cancel each other.
  right[3] ^= 0x40;
  right[9] ^= 0x40;
  CHECK_FALSE(constant_time_equal(left, right));
}

TEST_CASE("[R64] Bytes of unequal lengths are unequal, also where one is the other's beginning",
          "[crypto]") {
  const byte_view text = as_bytes("abcdef");
  CHECK_FALSE(constant_time_equal(text, text.first(5)));
  CHECK_FALSE(constant_time_equal(text.first(5), text));
  CHECK_FALSE(constant_time_equal(text, {}));
  CHECK(constant_time_equal({}, {}));
}
