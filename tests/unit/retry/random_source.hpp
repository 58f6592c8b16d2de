#pragma once

#include <cstddef>
#include <cstdint>

// random_source is a small reproducible source of numbers from 0 to 1 (xorshift).
class random_source {
 public:
  double next() {
    bits_ ^= bits_ << 13;
    bits_ ^= bits_ >> 7;
    bits_ ^= bits_ << 17;
    return static_cast<double>(bits_ >> 11) / 9007199254740992.0;
  }

  template <typename T, std::size_t N>
  T pick(const T (&list)[N]) {
    return list[static_cast<std::size_t>(next() * N)];
  }

 private:
  std::uint64_t bits_ = 88172645463325252u;
};

// chi_square tells how far draws are from being uniform between low and high: they fall into 50
// classes, for which values above 86 (99.9 %) are chance once in a thousand seeds. A draw outside
// gives a value beyond every bound.
template <typename Draw>
double chi_square(double low, double high, Draw draw) {
  constexpr int classes = 50;
  constexpr int draws = 20'000;
  int counts[classes] = {};
  for (int i = 0; i < draws; ++i) {
    const double value = static_cast<double>(draw());
    if (value < low || value > high) return 1e9;
    const int place = static_cast<int>((value - low) / (high - low) * classes);
    ++counts[place < classes ? place : classes - 1];
  }
  constexpr double expected = static_cast<double>(draws) / classes;
  double sum = 0;
  for (const int count : counts) sum += (count - expected) * (count - expected) / expected;
  return sum;
}

inline constexpr double chi_square_max = 86;
