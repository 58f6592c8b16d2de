#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "flows/flow.hpp"

namespace tenon::sim {

// The key rings that a deployment of these worlds may have.
enum class key_ring : std::uint8_t { first, both };

// fresh_instance gives the isolate of this number an instance that remembers nothing, configured
// with three providers: alder, birch and cedar. It is the thread's own, and used again by its next
// world, because reading a configuration takes longer than most calls.
service& fresh_instance(key_ring ring, std::size_t isolate);
// ids_of gives the key ids of a ring; the first one seals.
const std::vector<std::uint32_t>& ids_of(key_ring ring);

}  // namespace tenon::sim
