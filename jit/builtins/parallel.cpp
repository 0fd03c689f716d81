#include "jit/builtins/parallel.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <mutex>
#include <vector>

#include "jit/function.h"
#include "jit/interp/value.h"
#include "jit/native/reclaim.h"
#include "jit/tiering.h"
#include "runtime/clock.h"
#include "runtime/context.h"
#include "runtime/task.h"

namespace px::jit {

namespace {

constexpr uint64_t most_blocks = 1024;

template <class T>
T identity_as(Combine how) {
  switch (how) {
    case Combine::sum:
    case Combine::bit_or:
    case Combine::bit_xor:
      return 0;
    case Combine::product:
      return 1;
    case Combine::bit_and:
      if constexpr (std::is_integral_v<T>) return static_cast<T>(~T{0});
      return 0;
    case Combine::least:
      return std::numeric_limits<T>::has_infinity ? std::numeric_limits<T>::infinity() : std::numeric_limits<T>::max();
    case Combine::greatest:
      return std::numeric_limits<T>::has_infinity ? -std::numeric_limits<T>::infinity() : std::numeric_limits<T>::lowest();
  }
  return 0;
}

template <class T>
T combined_as(Combine how, T a, T b) {
  switch (how) {
    case Combine::sum:
      return static_cast<T>(interp::wrap(a) + interp::wrap(b));
    case Combine::product:
      return static_cast<T>(interp::wrap(a) * interp::wrap(b));
    case Combine::least:
      return b < a ? b : a;
    case Combine::greatest:
      return b > a ? b : a;
    default:
      if constexpr (std::is_integral_v<T>)
        return how == Combine::bit_and ? static_cast<T>(a & b) : how == Combine::bit_or ? static_cast<T>(a | b) : static_cast<T>(a ^ b);
      return a;
  }
}

template <class F>
uint64_t with_register(Scalar s, F f) {
  switch (s) {
    case Scalar::f64:
      return interp::put(f(double{}));
    case Scalar::f32:
      return interp::put(f(float{}));
    default:
      return is_unsigned(s) || s == Scalar::boolean ? interp::put(f(uint64_t{})) : interp::put(f(int64_t{}));
  }
}
uint64_t identity(Combine how, Scalar s) {
  return with_register(s, [&]<class T>(T) { return identity_as<T>(how); });
}
uint64_t combined(Combine how, Scalar s, uint64_t a, uint64_t b) {
  return with_register(s, [&]<class T>(T) { return combined_as<T>(how, interp::get<T>(a), interp::get<T>(b)); });
}

struct Region : runtime::Task {
  Specialisation* body = nullptr;
  int64_t start = 0, step = 1;
  uint64_t length = 0, block = 1;  // iterations in all, and in a block
  std::vector<uint64_t> slots;     // of a call of the body: start, stop and step come first
  size_t sums = 0;
  std::vector<uint64_t> values;  // the blocks' sums

  std::atomic<uint64_t> failed{UINT64_MAX};  // the lowest block that failed: lowered under `lock`, read relaxed
  std::mutex lock;
  std::unique_ptr<runtime::ExcInfo> error;

  void fail(uint64_t at, const runtime::ExcInfo& exc) {
    std::lock_guard hold(lock);
    if (at >= failed.load(std::memory_order_relaxed)) return;
    failed.store(at, std::memory_order_relaxed);
    error = std::make_unique<runtime::ExcInfo>(exc);
  }
};

void run_blocks(Region& region, runtime::Context& context, uint64_t begin, uint64_t end) {
  std::vector<uint64_t> slots = region.slots, ret(region.sums + 1);
  const auto mark = context.arena.mark();
  for (uint64_t b = begin; b < end; ++b) {
    if (b > region.failed.load(std::memory_order_relaxed)) return;
    const uint64_t first = b * region.block, last = std::min(region.length, first + region.block);
    const auto step = static_cast<uint64_t>(region.step), from = static_cast<uint64_t>(region.start);
    slots[0] = from + first * step;
    slots[1] = from + last * step;
    runtime::ExcInfo* exc = &context.exc;
    if (context.stop->load(std::memory_order_relaxed)) {
      context.exc.set(runtime::ExcKind::KeyboardInterrupt);
      return region.fail(b, context.exc);
    }
    if (call(*region.body, slots.data(), ret.data(), &exc)) return region.fail(b, *exc);
    std::copy_n(ret.data(), region.sums, &region.values[b * region.sums]);
    context.arena.release(mark);
  }
}

void run_chunk(runtime::Task& task, runtime::Context& context, uint64_t begin, uint64_t end) {
  auto& region = static_cast<Region&>(task);
  runtime::Context::Scope scope(context);
  const native::Inside inside;
  const OutermostCall outermost(*region.body);
  if (!chosen_entry(*region.body)) on_entry(*region.body);
  const uint64_t began = runtime::ticks();
  run_blocks(region, context, begin, end);
  if (chosen_entry(*region.body)) on_native_time(*region.body, runtime::ticks() - began);
}

uint64_t length_of(int64_t start, int64_t stop, int64_t step) {
  const auto a = static_cast<uint64_t>(start), b = static_cast<uint64_t>(stop), by = static_cast<uint64_t>(step);
  if (step > 0) return start < stop ? (b - a - 1) / by + 1 : 0;
  return start > stop ? (a - b - 1) / (0 - by) + 1 : 0;
}

}  // namespace

std::optional<Combine> combine_named(std::string_view text) {
  constexpr std::string_view names[] = {"+", "*", "&", "|", "^", "min", "max"};
  auto found = std::ranges::find(names, text);
  if (found == std::end(names)) return {};
  return static_cast<Combine>(found - std::begin(names));
}

std::atomic<RegionRunner>& region_runner() {
  static std::atomic<RegionRunner> runner{nullptr};
  return runner;
}

int32_t parallel_region(const uint64_t* x, uint64_t* result) {
  auto& context = *runtime::Context::current();
  Region region;
  region.body = reinterpret_cast<Specialisation*>(x[0]);
  region.start = static_cast<int64_t>(x[1]);
  region.step = static_cast<int64_t>(x[3]);
  const uint64_t captured = x[4], hidden = x[5];
  region.sums = x[6];
  const uint64_t *kinds = x + 7, *values = kinds + 2 * region.sums, *given = values + captured + hidden;
  auto how = [&](size_t k) { return static_cast<Combine>(kinds[2 * k]); };
  auto scalar = [&](size_t k) { return static_cast<Scalar>(kinds[2 * k + 1]); };
  if (region.step == 0) return context.exc.set(runtime::ExcKind::ValueError, "range() arg 3 must not be zero"), 1;
  std::copy_n(given, region.sums, result);
  region.length = length_of(region.start, static_cast<int64_t>(x[2]), region.step);
  if (region.length == 0) return 0;

  region.slots = {0, 0, x[3]};
  region.slots.insert(region.slots.end(), values, values + captured);
  for (size_t k = 0; k < region.sums; ++k) region.slots.push_back(identity(how(k), scalar(k)));
  region.slots.insert(region.slots.end(), values + captured, values + captured + hidden);
  region.block = (region.length + most_blocks - 1) / most_blocks;
  region.count = (region.length + region.block - 1) / region.block;
  region.chunk = 1;
  region.values.resize(region.count * region.sums + 1);
  region.run = run_chunk;
  const std::vector<uint64_t> before(result, result + region.sums);  // `result` may be overwritten by nested code
  RegionRunner runner = region_runner().load(std::memory_order_acquire);
  if (!runner || !runner(region, context)) run_blocks(region, context, 0, region.count);
  if (region.error) {
    context.exc = *region.error;
    return 1;
  }
  if (region.dropped.load(std::memory_order_relaxed)) {
    context.own_stop.store(false, std::memory_order_relaxed);
    return context.exc.set(runtime::ExcKind::KeyboardInterrupt), 1;
  }
  for (size_t k = 0; k < region.sums; ++k) {
    uint64_t total = before[k];
    for (uint64_t b = 0; b < region.count; ++b) total = combined(how(k), scalar(k), total, region.values[b * region.sums + k]);
    result[k] = total;
  }
  return 0;
}

// The rule is inference's own (transfer_parallel.cpp): it types the body.
static const Builtin entry[] = {{parallel_region_name,
                                 [](std::span<const Argument>, const Builtin&) { return Resolution{}; },
                                 "runs a prange loop's body over blocks",
                                 "",
                                 {},
                                 0,
                                 nullptr,
                                 7,
                                 7}};

std::span<const Builtin> parallel_builtins() {
  return entry;
}

}  // namespace px::jit
