// Random numbers as Numba makes them: two Mersenne twisters a stream, one for `random` and one for `np.random`.
//
// A thread has a stream for its direct calls, which goes on from call to call and is seeded by the system until a function seeds it. Each
// index of a batch has a stream of its own that begins anew, made from the batch's seed and the index: what a function draws there depends
// on neither the number of workers nor the order.
#pragma once

#include <cstdint>

extern "C" {

// Numba's layout: native code reads and writes it.
struct px_random_state {
  int32_t index;
  uint32_t numbers[624];
  int32_t has_gauss;
  double gauss;
  int32_t is_initialised;
};

// The running stream's states, by the names that Numba's code calls them.
px_random_state* px_random_python();
px_random_state* px_random_numpy();
px_random_state* px_random_internal();
// Seeds with an integer; makes the next 624 numbers; Poisson numbers for a mean of 10 and more.
void px_random_init(px_random_state*, uint32_t seed);
void px_random_shuffle(px_random_state*);
int64_t px_random_poisson(px_random_state*, double mean);
}

namespace px::jit {

// A seed for a batch, drawn from the calling thread's stream without changing what that draws: after the same seeding the same batches.
uint64_t random_batch_seed();
// From now on the thread draws from a batch's streams. What it did before, for `leave_random_batch`.
void* enter_random_batch(uint64_t seed);
// Begins the stream of an index of the batch.
void begin_random_stream(uint64_t index);
void leave_random_batch(void* before);

// While it lives, the thread draws from a batch's streams. They nest: a context may run a batch of its own.
class BatchStreams {
 public:
  explicit BatchStreams(uint64_t seed) : before_(enter_random_batch(seed)) {}
  ~BatchStreams() { leave_random_batch(before_); }
  BatchStreams(const BatchStreams&) = delete;
  BatchStreams& operator=(const BatchStreams&) = delete;
  void begin(uint64_t index) const { begin_random_stream(index); }

 private:
  void* before_;
};

}  // namespace px::jit
