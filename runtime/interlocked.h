// Numbers that contexts may change together. Every operation is one atomic step, sequentially consistent, and returns the value before it.
// Each number has a cache line of its own, so that two of them never slow each other down. Any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <type_traits>

namespace px::runtime {

// The same operations on memory that is not of a type of its own (an array's element): one atomic step each, sequentially consistent. Each
// returns the value before it. Integers wrap.
namespace interlocked {

template <class Number, class Change>
Number update(std::atomic_ref<Number> value, Change change) {
  Number old = value.load(std::memory_order_relaxed);
  while (!value.compare_exchange_weak(old, change(old))) {
  }
  return old;
}
template <class Number>
Number add(std::atomic_ref<Number> value, Number n) {
  if constexpr (std::is_integral_v<Number>) {
    return value.fetch_add(n);
  } else {
    return update(value, [n](Number old) { return old + n; });
  }
}
template <class Number>
Number sub(std::atomic_ref<Number> value, Number n) {
  if constexpr (std::is_integral_v<Number>) {
    return value.fetch_sub(n);
  } else {
    return update(value, [n](Number old) { return old - n; });
  }
}
// As Python's max(old, n) and min(old, n): a NaN that is already there stays, a NaN that comes changes nothing.
template <class Number>
Number max(std::atomic_ref<Number> value, Number n) {
  return update(value, [n](Number old) { return n > old ? n : old; });
}
template <class Number>
Number min(std::atomic_ref<Number> value, Number n) {
  return update(value, [n](Number old) { return n < old ? n : old; });
}
// Stores `desired` if the value is `expected`, bit for bit (so that a NaN equals itself and -0.0 is not 0.0).
template <class Number>
Number compare_exchange(std::atomic_ref<Number> value, Number expected, Number desired) {
  value.compare_exchange_strong(expected, desired);
  return expected;
}

}  // namespace interlocked

template <class Number>
class alignas(64) Interlocked {
 public:
  explicit Interlocked(Number value = 0) : value_(value) {}

  Number value() const { return std::atomic_ref(value_).load(); }
  void set(Number value) { ref().store(value); }
  Number exchange(Number value) { return ref().exchange(value); }
  Number add(Number n) { return interlocked::add(ref(), n); }
  Number sub(Number n) { return interlocked::sub(ref(), n); }
  Number max(Number n) { return interlocked::max(ref(), n); }
  Number min(Number n) { return interlocked::min(ref(), n); }
  Number compare_exchange(Number expected, Number desired) { return interlocked::compare_exchange(ref(), expected, desired); }
  void* address() { return &value_; }  // for compiled code

 private:
  std::atomic_ref<Number> ref() { return std::atomic_ref(value_); }
  static_assert(std::atomic_ref<Number>::is_always_lock_free);

  mutable Number value_;
};

using InterlockedInt64 = Interlocked<int64_t>;
using InterlockedUInt64 = Interlocked<uint64_t>;
using InterlockedFloat64 = Interlocked<double>;

}  // namespace px::runtime
