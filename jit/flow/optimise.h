// The clean-up of typed code. Every pass keeps results, exceptions, their lines and their order as they were.
#pragma once

#include "jit/flow/flow.h"

namespace px::jit::flow {

// All of the passes below, in the order that pays.
void optimise(Flow&);

// optimise.cpp: the shape of the code.
void thread_jumps(Flow&);  // blocks that only jump go; a block that alone leads to another swallows it
void order_layout(Flow&);  // blocks that raise go to the end

// copies.cpp: values.
void split_moves(Flow&);        // short moves of several slots become moves of one
void forward_constants(Flow&);  // a variable set once to a constant or to a parameter that never changes is that
void forward_copies(Flow&);     // within a block, the original is read in place of its copy
void coalesce_moves(Flow&);     // `t = …; x = t` becomes `x = …`
void drop_dead(Flow&);          // what only computes a value that nobody reads goes

// loops.cpp
void simplify_ranges(Flow&);   // ranges of constant step 1
void hoist_invariants(Flow&);  // what cannot fail and does not change in a loop is computed before it
void rotate_loops(Flow&);      // loops test at the bottom

}  // namespace px::jit::flow
