// tenon_sim --seeds N --from S [--threads T] [--trace]: worlds of the seeds S to S+N-1.
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "violation.hpp"
#include "world.hpp"

namespace {

using namespace tenon::sim;

struct options {
  std::uint64_t seeds = 1000;
  std::uint64_t from = 1;
  unsigned threads = 2;
  unsigned failures_max = 5;
  bool trace = false;
};

bool read_options(int count, char** words, options& into) {
  for (int at = 1; at < count; ++at) {
    const std::string word = words[at];
    if (word == "--trace") {
      into.trace = true;
      continue;
    }
    if (at + 1 == count) return false;
    const std::uint64_t value = std::strtoull(words[++at], nullptr, 10);
    if (word == "--seeds") {
      into.seeds = value;
    } else if (word == "--from") {
      into.from = value;
    } else if (word == "--threads") {
      into.threads = static_cast<unsigned>(value);
    } else if (word == "--failures") {
      into.failures_max = static_cast<unsigned>(value);
    } else {
      return false;
    }
  }
  return into.threads >= 1 && into.threads <= 64;
}

thread_local std::uint64_t current_seed = 0;

// A trap in the core kills the process; the seed must be known even so.
void on_trap(int signal) {
  char text[96];
  const int size = std::snprintf(text, sizeof text, "\nseed %llu: the process got signal %d\n",
                                 static_cast<unsigned long long>(current_seed), signal);
  if (write(STDERR_FILENO, text, static_cast<std::size_t>(size)) < 0) _exit(3);
  _exit(2);
}

// totals is what the threads share.
struct totals {
  std::mutex lock;
  tally sum;
  unsigned failures = 0;
  std::atomic<std::uint64_t> next{0};
  std::atomic<bool> enough{false};
};

void report(const options& asked, totals& shared, std::uint64_t seed, const violation& broken,
            const std::string& transcript) {
  const std::lock_guard<std::mutex> guard(shared.lock);
  std::fputs(transcript.c_str(), stdout);
  std::printf(
      "seed %llu breaks \"%s\": %s\n  replay: npm run sim -- --from %llu --seeds 1 --trace\n",
      static_cast<unsigned long long>(seed), broken.rule.c_str(), broken.what.c_str(),
      static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  if (++shared.failures >= asked.failures_max) shared.enough = true;
}

void run_seeds(const options& asked, totals& shared) {
  tally mine;
  while (!shared.enough) {
    const std::uint64_t at = shared.next++;
    if (at >= asked.seeds) break;
    current_seed = asked.from + at;
    world one(current_seed, asked.trace);
    try {
      one.run();
      if (asked.trace) std::fputs(one.transcript().c_str(), stdout);
    } catch (const violation& broken) {
      report(asked, shared, current_seed, broken, one.transcript());
    }
    mine.add(one.counts);
  }
  const std::lock_guard<std::mutex> guard(shared.lock);
  shared.sum.add(mine);
}

void print(const tally& sum, unsigned failures, double seconds) {
  const auto hours = [](tenon::duration_ms time) {
    return static_cast<double>(time) / tenon::hour_ms;
  };
  const auto number = [](std::uint64_t count) { return static_cast<unsigned long long>(count); };
  std::printf("%llu seeds in %.1f s: %.0f simulated hours, %.0f of them with faults\n",
              number(sum.seeds), seconds, hours(sum.simulated_ms), hours(sum.troubled_ms));
  std::printf("%llu steps, %llu calls, %llu crashes, %llu refresh requests\n", number(sum.steps),
              number(sum.calls), number(sum.crashes), number(sum.refreshes));
  for (std::size_t at = 0; at < sum.windows.size(); ++at) {
    std::printf("  %8llu  %s\n", static_cast<unsigned long long>(sum.windows[at]),
                window_names[at].data());
  }
  std::printf("%u violations\n", failures);
}

}  // namespace

int main(int count, char** words) {
  options asked;
  if (!read_options(count, words, asked)) {
    std::fputs("usage: tenon_sim [--seeds N] [--from S] [--threads T] [--failures F] [--trace]\n",
               stderr);
    return 2;
  }
  std::signal(SIGILL, on_trap);
  std::signal(SIGTRAP, on_trap);
  std::signal(SIGSEGV, on_trap);
  std::signal(SIGABRT, on_trap);
  if (asked.trace) asked.threads = 1;
  const auto begun = std::chrono::steady_clock::now();
  totals shared;
  std::vector<std::thread> threads;
  for (unsigned at = 0; at < asked.threads; ++at) {
    threads.emplace_back([&] { run_seeds(asked, shared); });
  }
  for (std::thread& each : threads) each.join();
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begun;
  print(shared.sum, shared.failures, spent.count());
  return shared.failures == 0 ? 0 : 1;
}
