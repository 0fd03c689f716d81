// The interpreter, tier 0: typed px code, threaded and with superinstructions, over the context's frame stack.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "jit/flow/flow.h"
#include "jit/typed/typed.h"
#include "runtime/context.h"

namespace px::jit {
class Specialisation;
}

namespace px::jit::interp {

// Threaded code of one specialisation. Never changes once made.
class Program;

// Goes on with a frame of the interpreter at the start of a loop's header, to the function's end: `frame` are its slots. Status as Entry.
using MoveEntry = int32_t (*)(uint64_t* frame, uint64_t* ret, runtime::ExcInfo** exc);

// `owner` is what tracebacks, profile counters and recursive calls refer to; its typed code must stay alive. Any thread.
std::unique_ptr<Program> assemble(const typed::Function&, Specialisation& owner);

// Runs in `context` on the calling thread and counts the time: reads the parameter slots from `args`, writes the result slots to `ret`. 0,
// or 1 with context.exc filled in, traceback included. Calls a callee's native code where it has some.
int32_t run(const Program&, const uint64_t* args, uint64_t* ret, runtime::Context&);

// From now on frames of `program` that pass a safepoint at the header go on in `entry`; null: no more. False where the block is no loop's
// header. Any thread.
bool publish_move(const Program&, flow::BlockIndex header, MoveEntry entry);

// The move was asked for and will not come: it may be asked for again.
void forget_move(const Program&, flow::BlockIndex header);

std::string disassemble(const Program&);  // superinstructions as they are

}  // namespace px::jit::interp
