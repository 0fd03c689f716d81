// Time as cheaply as the machine tells it, to see whether a call was short.
#pragma once

#include <chrono>
#include <cstdint>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace px::runtime {

inline uint64_t nanoseconds() {
  return static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count());
}

// Ticks of unknown length: constant-rate on every x86-64 of this century, nanoseconds elsewhere.
inline uint64_t ticks() {
#if defined(__x86_64__)
  return __rdtsc();
#else
  return nanoseconds();
#endif
}

// How many ticks `ns` nanoseconds are; measured once, over the time since the module was loaded.
uint64_t ticks_in(uint64_t ns);

}  // namespace px::runtime
