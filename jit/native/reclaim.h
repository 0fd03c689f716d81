// When code that has been taken out of use is freed: after every thread that may be inside it has left px code (epoch-based reclamation;
// Fraser, "Practical lock-freedom", 2004, chapter 5).
//
// Being inside is two plain stores. Who collects makes the running threads' stores visible by membarrier(2) (private, expedited); where
// the system refuses that, entering takes a full fence instead.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

namespace px::jit::native {

namespace detail {
// One a thread. `epoch`: 0 while outside, else the global epoch when the thread entered. Written by its thread (relaxed, then release on
// the way out), read by who collects.
struct ThreadEpoch;
}  // namespace detail

// While it lives, code that the calling thread finds in an entry pointer stays. Nests; the outermost counts. Cheap enough for each direct
// call; a worker holds one for each chunk or callback, not for its whole life.
class Inside {
 public:
  Inside();
  ~Inside();
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
};

// `code` is out of use: no entry pointer leads to it any more. Dropped when nobody can be inside it. Any thread.
void retire(std::shared_ptr<const void> code);

// Drops what can be dropped; how many are left. Any thread that is not inside; compile threads call it when they have nothing else to do.
size_t collect();

}  // namespace px::jit::native
