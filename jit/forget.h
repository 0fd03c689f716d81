// What is to be forgotten. Functions that are gone: no Python object stands for them any more, so nobody can call them again from outside.
// What remains is what others may still name: a place in a traceback, an address in other functions' specialisations, which will not be run
// again either.
#pragma once

#include "jit/function.h"

namespace px::jit {

// Nobody will call the function again. What is running may go on. Any thread.
void set_gone(const Function&);
// Whether it, or something that it calls, is gone: not to be compiled. Who asks and goes on must be inside (native/reclaim.h) before it
// asks: then what it looks at stays until it has left.
bool is_gone(const Specialisation&);
// Once everybody who is inside has left and nothing waits to be compiled: Function::forget. The function must have been set gone.
void forget_later(Function&);

// What could not be inferred may be possible now: it is tried again at the next call. Any thread.
void forget_errors();

}  // namespace px::jit
