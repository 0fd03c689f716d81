// Running a specialisation by its best tier, with or without the GIL.
#pragma once

#include <atomic>
#include <cstdint>

#include "jit/function.h"
#include "jit/infer/races.h"
#include "jit/tiering.h"
#include "runtime/context.h"

namespace px::bridge {

// As px.stats spells it.
inline const char* name_of_tier(jit::Tier tier) {
  return tier == jit::Tier::interpreter ? "interpreter" : tier == jit::Tier::baseline ? "baseline" : "numba";
}

// Another callback begins in `context`: PX_CHECK=races tells it apart from others.
inline void number(runtime::Context& context) {
  if (jit::race_check().load(std::memory_order_relaxed)) [[unlikely]]
    context.number = jit::next_context_number();
}

// 0 and the result in `ret`, or 1 and `*exc`. `context` is the thread's current one; the caller is inside (jit/native/reclaim.h).
inline int32_t execute(jit::Specialisation& spec, const uint64_t* slots, uint64_t* ret, runtime::Context& context, runtime::ExcInfo** exc) {
  *exc = &context.exc;
  if (const jit::Entry native = jit::chosen_entry(spec)) [[likely]] {
    // A statistic: a count lost to another thread is no harm.
    const bool baseline = jit::chosen_tier(spec) == jit::Tier::baseline;
    auto& calls = baseline ? spec.profile.baseline_calls : spec.profile.native_calls;
    const uint64_t before = calls.load(std::memory_order_relaxed);
    calls.store(before + 1, std::memory_order_relaxed);
    if (before == 0 && baseline) [[unlikely]]
      spec.profile.note_baseline();
    return native(slots, ret, exc);
  }
  jit::on_entry(spec);
  return jit::call(spec, slots, ret, exc);
}

}  // namespace px::bridge
