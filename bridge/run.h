// Running a specialisation by its best tier, with or without the GIL.
#pragma once

#include <atomic>
#include <cstdint>

#include "jit/function.h"
#include "jit/tiering.h"
#include "runtime/context.h"

namespace px::bridge {

enum class Tier : uint8_t { automatic, interpreter, native };
// Of new calls. Written with the GIL held and no run on; read relaxed by anyone.
extern std::atomic<Tier> tier;

// 0 and the result in `ret`, or 1 and `*exc`. `context` is the thread's current one.
inline int32_t execute(jit::Specialisation& spec, const uint64_t* slots, uint64_t* ret, runtime::Context& context, runtime::ExcInfo** exc) {
  *exc = &context.exc;
  if (const jit::Entry native = spec.native.load(std::memory_order_acquire)) [[likely]] {
    if (tier.load(std::memory_order_relaxed) != Tier::interpreter) [[likely]] {
      auto& calls = spec.profile.native_calls;  // a statistic: a count lost to another thread is no harm
      calls.store(calls.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
      return native(slots, ret, exc);
    }
  }
  if (tier.load(std::memory_order_relaxed) == Tier::interpreter) return jit::interpret(spec, slots, ret, context);
  jit::on_entry(spec);
  return jit::call(spec, slots, ret, exc);
}

}  // namespace px::bridge
