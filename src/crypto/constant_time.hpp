#pragma once

#include "base/bytes.hpp"

namespace tenon {

// constant_time_equal says whether a and b hold the same bytes. Its time depends on the two
// lengths only; unequal lengths give false at once, so compare decoded values of a length that
// is no secret. (CWE-208)
bool constant_time_equal(byte_view a, byte_view b) noexcept;

}  // namespace tenon
