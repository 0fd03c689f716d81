// The loops that prange became: a function over blocks of a range, run by contexts side by side.
//
// A block is a stretch of iterations whose bounds depend on the range's length alone; each block's sums begin at the operator's identity,
// and are combined in the blocks' order: the bits do not depend on who ran which block.
#pragma once

#include <atomic>
#include <cstdint>

#include "jit/builtins/builtin.h"

namespace px::runtime {
struct Task;
class Context;
}  // namespace px::runtime

namespace px::jit {

constexpr std::string_view parallel_region_name = "px.jit.parallel_region";

// How sums are combined.
enum class Combine : uint8_t { sum, product, bit_and, bit_or, bit_xor, least, greatest };
// "+", "*", "&", "|", "^", "min", "max"; nothing for another text.
std::optional<Combine> combine_named(std::string_view text);

// Runs the region. Arguments: the body's specialisation, start, stop, step, how many slots of captured values and of hidden arguments there
// are, how many sums; for each sum its Combine and its Scalar; the captured slots, the hidden ones, the sums. Result: the sums.
int32_t parallel_region(const uint64_t* arguments, uint64_t* result);

// Runs a task's indices on the workers while the calling context, which is no worker's, waits. False where that is impossible: the caller
// then runs them itself. Set once at import.
using RegionRunner = bool (*)(runtime::Task&, runtime::Context&);
std::atomic<RegionRunner>& region_runner();

}  // namespace px::jit
