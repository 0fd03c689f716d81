// Numbers that contexts may change together. Every operation is one atomic step, sequentially consistent, and returns the value before it.
// Each number has a cache line of its own, so that two of them never slow each other down. Any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <type_traits>

namespace px::runtime {

template <class Number>
class alignas(64) Interlocked {
 public:
  explicit Interlocked(Number value = 0) : value_(value) {}

  Number value() const { return value_.load(); }
  void set(Number value) { value_.store(value); }
  Number exchange(Number value) { return value_.exchange(value); }
  // Integers wrap.
  Number add(Number n) {
    return update([n](Number old) { return plus(old, n); });
  }
  Number sub(Number n) {
    return update([n](Number old) { return minus(old, n); });
  }
  // As Python's max(old, n) and min(old, n): a NaN that is already there stays, a NaN that comes changes nothing.
  Number max(Number n) {
    return update([n](Number old) { return n > old ? n : old; });
  }
  Number min(Number n) {
    return update([n](Number old) { return n < old ? n : old; });
  }
  // Stores `desired` if the value is `expected`, bit for bit (so that a NaN equals itself and -0.0 is not 0.0).
  Number compare_exchange(Number expected, Number desired) {
    value_.compare_exchange_strong(expected, desired);
    return expected;
  }

 private:
  static_assert(std::atomic<Number>::is_always_lock_free);

  template <class Change>
  Number update(Change change) {
    Number old = value_.load(std::memory_order_relaxed);
    while (!value_.compare_exchange_weak(old, change(old))) {
    }
    return old;
  }
  static Number plus(Number a, Number b) {
    if constexpr (std::is_integral_v<Number>) {
      return static_cast<Number>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
    } else {
      return a + b;
    }
  }
  static Number minus(Number a, Number b) {
    if constexpr (std::is_integral_v<Number>) {
      return static_cast<Number>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
    } else {
      return a - b;
    }
  }

  std::atomic<Number> value_;
};

using InterlockedInt64 = Interlocked<int64_t>;
using InterlockedUInt64 = Interlocked<uint64_t>;
using InterlockedFloat64 = Interlocked<double>;

}  // namespace px::runtime
