// Superinstructions: what profiles of many functions show to follow one another. See README.md for how they were found.
#include "jit/interp/kinds.h"
#include "jit/interp/registry.h"

namespace px::jit::interp {

void add_fused(Registry&) {}

}  // namespace px::jit::interp
