// The interpreter, tier 0: typed px code, threaded and with superinstructions, over the context's frame stack.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "jit/typed/typed.h"
#include "runtime/context.h"

namespace px::jit {
class Specialisation;
}

namespace px::jit::interp {

// Threaded code of one specialisation. Never changes once made.
class Program;

// `owner` is what tracebacks, profile counters and recursive calls refer to; its typed code must stay alive. Any thread.
std::unique_ptr<Program> assemble(const typed::Function&, Specialisation& owner);

// Runs in `context` on the calling thread: reads the parameter slots from `args`, writes the result slots to `ret`. 0, or 1 with
// context.exc filled in, traceback included. Calls a callee's native code where it has some.
int32_t run(const Program&, const uint64_t* args, uint64_t* ret, runtime::Context&);

std::string disassemble(const Program&);  // superinstructions as they are

}  // namespace px::jit::interp
