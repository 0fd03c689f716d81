// Which branches are decided before types are looked at: the side that is not taken is not typed, and has no part in what its variables
// become where paths meet. Numba's rules: dead_branch_prune and RewriteSemanticConstants (numba/core/analysis.py, rewrites).
#pragma once

#include <cstdint>

namespace px::jit {

class Inference;

// Whether a branch on a register whose value inference knows is decided by it: constants and globals, comparisons of them, None compared
// with None, `a.ndim` and `len(t)` of a parameter compared with a constant, isinstance. Not by what a type says alone: a
// parameter that is no None may be one where paths meet.
bool decides_branch(Inference&, int32_t condition);

// Whether the comparison that is being inferred is the number 0 or 1, no bool: its block ends in a branch that it decides because an
// argument is None, and Numba then writes a number in its place.
bool decided_by_argument(Inference&);

}  // namespace px::jit
