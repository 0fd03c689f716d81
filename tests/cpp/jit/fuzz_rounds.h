// How long a test of random input goes on: by default so many seeds; with PX_FUZZ_SECONDS=60 as many as pass in that time; from the seed
// that PX_FUZZ_SEED says. With either, each seed is said on standard error before its round, so that a crash has a number.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace px::jit::test {

class FuzzRounds {
 public:
  explicit FuzzRounds(uint64_t usual) : usual_(usual), start_(Clock::now()) {
    if (const char* text = std::getenv("PX_FUZZ_SECONDS")) seconds_ = std::strtod(text, nullptr);
    if (const char* text = std::getenv("PX_FUZZ_SEED")) first_ = std::strtoull(text, nullptr, 10);
    told_ = std::getenv("PX_FUZZ_SECONDS") || std::getenv("PX_FUZZ_SEED");
  }
  // Whether there is another round, and its seed.
  bool next(uint64_t& seed) {
    if (seconds_ > 0 ? std::chrono::duration<double>(Clock::now() - start_).count() > seconds_ : done_ >= usual_) return false;
    seed = first_ + done_++;
    if (told_) std::fprintf(stderr, "seed %lu\n", static_cast<unsigned long>(seed));
    return true;
  }
  bool usual() const { return !told_; }  // for what is expected of all the usual seeds together
  uint64_t done() const { return done_; }

 private:
  using Clock = std::chrono::steady_clock;
  const uint64_t usual_;
  const Clock::time_point start_;
  double seconds_ = 0;
  uint64_t first_ = 0, done_ = 0;
  bool told_ = false;
};

}  // namespace px::jit::test
