#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace tenon::sim {

// dice is where all chance of a world comes from (splitmix64): equal seeds give equal worlds.
class dice {
 public:
  explicit dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t mixed = state_ += 0x9e3779b97f4a7c15u;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
    return mixed ^ mixed >> 31;
  }

  // below gives 0 to bound - 1; bound is at least 1.
  std::uint32_t below(std::uint32_t bound) {
    return static_cast<std::uint32_t>((next() >> 32) * bound >> 32);
  }
  // between includes both ends.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(high - low + 1));
  }
  // chance is true in so many cases of 10,000.
  bool chance(std::uint32_t of_10000) { return below(10'000) < of_10000; }

 private:
  std::uint64_t state_;
};

}  // namespace tenon::sim
