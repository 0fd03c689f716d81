#include <sys/random.h>

#include <array>
#include <cmath>
#include <memory>

#include "jit/builtins/random.h"
#include "jit/interp/value.h"

namespace {

constexpr int length = 624, shift = 397;

// One thread's: nobody else reads it. The states are made when they are first used: they are too large for every thread's own block.
using States = std::array<px_random_state, 3>;  // Python's, NumPy's, Numba's own
struct Batch {
  uint64_t seed = 0, index = 0;
  bool running = false;
  std::unique_ptr<States> states;
};
struct Streams {
  std::unique_ptr<States> own;  // of direct calls
  Batch batch;
  bool seeded = false;
  uint64_t seed = 0;     // what the thread's stream was seeded with last
  uint64_t batches = 0;  // since then
};
thread_local Streams streams;

uint64_t mixed(uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

uint64_t from_system() {
  uint64_t value = 0;
  if (getrandom(&value, sizeof value, GRND_NONBLOCK) != sizeof value) value = mixed(reinterpret_cast<uint64_t>(&streams));
  return value;
}

void fill(px_random_state* state, uint32_t seed) {
  for (uint32_t k = 0; k < length; ++k) {
    state->numbers[k] = seed;
    seed = 1812433253 * (seed ^ (seed >> 30)) + k + 1;
  }
  state->index = length;
  state->has_gauss = 0;
  state->gauss = 0;
  state->is_initialised = 1;
}

void init_by_array(px_random_state* state, const uint32_t* key, size_t count) {
  fill(state, 19650218);
  uint32_t* mt = state->numbers;
  size_t i = 1, j = 0;
  auto next = [&] {
    if (++i >= length) {
      mt[0] = mt[length - 1];
      i = 1;
    }
  };
  for (size_t k = count > length ? count : length; k; --k) {
    mt[i] = (mt[i] ^ ((mt[i - 1] ^ (mt[i - 1] >> 30)) * 1664525)) + key[j] + static_cast<uint32_t>(j);
    next();
    if (++j >= count) j = 0;
  }
  for (size_t k = length - 1; k; --k) {
    mt[i] = (mt[i] ^ ((mt[i - 1] ^ (mt[i - 1] >> 30)) * 1566083941)) - static_cast<uint32_t>(i);
    next();
  }
  mt[0] = 0x80000000;
}

px_random_state* state_of(int which) {
  Streams& s = streams;
  auto& states = s.batch.running ? s.batch.states : s.own;
  if (!states) [[unlikely]]
    states = std::make_unique<States>();
  px_random_state* state = &(*states)[static_cast<size_t>(which)];
  if (!state->is_initialised) [[unlikely]] {
    uint64_t a = s.batch.running ? mixed(s.batch.seed + static_cast<uint64_t>(which)) : from_system();
    uint64_t b = s.batch.running ? mixed(s.batch.index) : from_system();
    const uint32_t key[] = {static_cast<uint32_t>(a), static_cast<uint32_t>(a >> 32), static_cast<uint32_t>(b),
                            static_cast<uint32_t>(b >> 32)};
    init_by_array(state, key, 4);
  }
  return state;
}

}  // namespace

extern "C" {

px_random_state* px_random_python() {
  return state_of(0);
}
px_random_state* px_random_numpy() {
  return state_of(1);
}
px_random_state* px_random_internal() {
  return state_of(2);
}

void px_random_init(px_random_state* state, uint32_t seed) {
  Streams& s = streams;
  if (s.own && state >= s.own->data() && state < s.own->data() + 3) {
    s.seed = seed;
    s.batches = 0;
    s.seeded = true;
  }
  fill(state, seed);
}

void px_random_shuffle(px_random_state* state) {
  uint32_t* mt = state->numbers;
  for (int k = 0; k < length; ++k) {
    uint32_t y = (mt[k] & 0x80000000) | (mt[(k + 1) % length] & 0x7fffffff);
    mt[k] = mt[(k + shift) % length] ^ (y >> 1) ^ (y & 1 ? 0x9908b0df : 0);
  }
}

// Stirling's series, with the numbers that NumPy has.
static double log_gamma(double x) {
  static constexpr double a[] = {8.333333333333333e-02, -2.777777777777778e-03, 7.936507936507937e-04, -5.952380952380952e-04,
                                 8.417508417508418e-04, -1.917526917526918e-03, 6.410256410256410e-03, -2.955065359477124e-02,
                                 1.796443723688307e-01, -1.39243221690590e+00};
  if (x == 1 || x == 2) return 0;
  auto n = x <= 7 ? static_cast<int64_t>(7 - x) : 0;
  double x0 = x + static_cast<double>(n), x2 = 1 / (x0 * x0), sum = a[9];
  for (int k = 8; k >= 0; --k) sum = sum * x2 + a[k];
  double result = sum / x0 + 0.5 * std::log(6.2831853071795864769252867665590) + (x0 - 0.5) * std::log(x0) - x0;
  for (int64_t k = 1; k <= n; ++k) {
    result -= std::log(x0 - 1);
    x0 -= 1;
  }
  return result;
}

// Hörmann's PTRS, transformed rejection, as NumPy has it.
int64_t px_random_poisson(px_random_state* state, double mean) {
  auto uniform = [&] {
    auto word = [&] {
      if (state->index >= length) {
        px_random_shuffle(state);
        state->index = 0;
      }
      uint32_t y = state->numbers[state->index++];
      y ^= y >> 11;
      y ^= (y << 7) & 0x9d2c5680;
      y ^= (y << 15) & 0xefc60000;
      return y ^ (y >> 18);
    };
    double a = word() >> 5, b = word() >> 6;
    return (a * 67108864.0 + b) / 9007199254740992.0;
  };
  double root = std::sqrt(mean), log_mean = std::log(mean);
  double b = 0.931 + 2.53 * root, a = -0.059 + 0.02483 * b, inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), vr = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    double u = uniform() - 0.5, v = uniform();
    double us = 0.5 - std::fabs(u);
    const double found = std::floor((2 * a / us + b) * u + mean + 0.43);
    auto k = static_cast<int64_t>(px::jit::interp::float_to_integer<px::jit::Scalar::i64>(found));
    if (us >= 0.07 && v <= vr) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (std::log(v) + std::log(inverse_alpha) - std::log(a / (us * us) + b) <=
        -mean + static_cast<double>(k) * log_mean - log_gamma(static_cast<double>(static_cast<int64_t>(static_cast<uint64_t>(k) + 1))))
      return k;
  }
}
}

namespace px::jit {

uint64_t random_batch_seed() {
  Streams& s = streams;
  if (s.batch.running) return mixed(s.batch.seed ^ mixed(s.batch.index));
  if (!s.seeded) {
    s.seed = from_system();
    s.seeded = true;
  }
  return mixed(s.seed ^ mixed(++s.batches));
}

void* enter_random_batch(uint64_t seed) {
  Streams& s = streams;
  Batch* before = s.batch.running ? new Batch(std::move(s.batch)) : nullptr;
  s.batch.seed = seed;
  s.batch.running = true;
  return before;
}

void begin_random_stream(uint64_t index) {
  Batch& batch = streams.batch;
  batch.index = index;
  if (!batch.states) return;
  for (auto& state : *batch.states) state.is_initialised = 0;
}

void leave_random_batch(void* before) {
  std::unique_ptr<Batch> outer(static_cast<Batch*>(before));
  if (outer) {
    streams.batch = std::move(*outer);
  } else {
    streams.batch.running = false;
  }
}

}  // namespace px::jit
