#include <algorithm>
#include <string>

#include "jit/interp/handler.h"
#include "jit/interp/hooks.h"
#include "jit/interp/interp.h"
#include "jit/interp/program.h"
#include "jit/interp/unwind.h"
#include "jit/tiering.h"
#include "jit/typed/faults.h"
#include "runtime/clock.h"

namespace px::jit::interp {

using runtime::ExcInfo;
using runtime::ExcKind;

std::atomic<SafepointHook>& safepoint_hook() {
  static std::atomic<SafepointHook> hook{nullptr};
  return hook;
}

std::atomic<int64_t>& first_safepoint() {
  static std::atomic<int64_t> interval{safepoint_interval};
  return interval;
}

const BlockStart& Program::start_of(const uint64_t* pc) const {
  auto offset = static_cast<uint32_t>(pc - code.data());
  return *(std::ranges::upper_bound(starts, offset, {}, &BlockStart::offset) - 1);
}

const ProgramLoop* Program::header_at(const uint64_t* pc) const {
  const BlockStart& at = start_of(pc);
  bool header = at.loop != flow::no_loop && loops[at.loop].header == at.block && code.data() + at.offset == pc;
  return header ? &loops[at.loop] : nullptr;
}

const ProgramLoop* Program::loop_with(flow::BlockIndex header) const {
  for (uint32_t i = 0; i < loop_count; ++i)
    if (loops[i].header == header) return &loops[i];
  return nullptr;
}

bool publish_move(const Program& program, flow::BlockIndex header, MoveEntry entry) {
  const ProgramLoop* loop = program.loop_with(header);
  if (!loop) return false;
  loop->move.store(entry, std::memory_order_release);
  uint64_t handler = entry ? reinterpret_cast<uint64_t>(&move_frame) : loop->handler;
  __atomic_store_n(&program.code[loop->offset], handler, __ATOMIC_RELAXED);
  return true;
}

void forget_move(const Program& program, flow::BlockIndex header) {
  if (const ProgramLoop* loop = program.loop_with(header)) loop->asked.store(false, std::memory_order_relaxed);
}

const Origin& Program::origin(const uint64_t* pc, int part) const {
  auto offset = static_cast<uint32_t>(pc - code.data());
  auto after = std::ranges::upper_bound(origins, offset, {}, &Origins::offset);
  return parts[(after - 1)->first + static_cast<uint32_t>(part)];
}

namespace {

Program& program_of(uint64_t* fp) {
  return *reinterpret_cast<Program*>(fp[frame_program]);
}

// The exception is in the context: writes the traceback, innermost first, from the instruction at pc outwards, and goes on in the first
// handler that is around an instruction, or ends the run.
PX_HANDLER unwind(PX_HANDLER_PARAMETERS) {
  for (int part = state->part; fp != nullptr; part = 0) {
    const Program& program = program_of(fp);
    state->context->exc.push_trace(program.owner->function, program.origin(pc, part).line);
    if (uint32_t handler = program.start_of(pc).handler; handler != no_handler) {
      pc = program.code.data() + handler;
      state->part = 0;
      state->fault = Fault::none;
      PX_DISPATCH;
    }
    pc = reinterpret_cast<const uint64_t*>(fp[frame_return]) - 1;  // the call's last word
    fp = reinterpret_cast<uint64_t*>(fp[frame_caller]);
  }
  state->fuel_left = fuel;
  return 1;
}

void set(ExcInfo& exc, const typed::Fault& fault) {
  exc.set(fault.kind, fault.message);
}

std::string index_message(const State& state, bool is_unsigned) {
  std::string index = is_unsigned ? std::to_string(static_cast<uint64_t>(state.index)) : std::to_string(state.index);
  return "index " + index + " is out of bounds for axis " + std::to_string(state.axis) + " with size " + std::to_string(state.size);
}

// The last instruction of every run.
PX_HANDLER leave(PX_HANDLER_PARAMETERS) {
  (void)pc, (void)fp;
  state->fuel_left = fuel;
  return 0;
}
const uint64_t leave_code[] = {reinterpret_cast<uint64_t>(&leave)};

int32_t too_large(const Program& program, runtime::Context& context) {
  context.exc.set(ExcKind::RuntimeError,
                  "'" + program.function->name + "' has too many variables to be interpreted: split it into smaller functions");
  return 1;
}

}  // namespace

PX_HANDLER raise_fault(PX_HANDLER_PARAMETERS) {
  ExcInfo& exc = state->context->exc;
  switch (state->fault) {
    case Fault::zero_division:
      set(exc, typed::zero_division);
      break;
    case Fault::negative_shift:
      set(exc, typed::negative_shift);
      break;
    case Fault::wide_shift:
      set(exc, typed::wide_shift);
      break;
    case Fault::zero_step:
      set(exc, typed::zero_step);
      break;
    case Fault::index:
      exc.set(ExcKind::IndexError, index_message(*state, program_of(fp).origin(pc, state->part).unsigned_index));
      break;
    case Fault::passed_on:
    case Fault::none:
      break;
  }
  PX_TAIL unwind(PX_HANDLER_ARGUMENTS);
}

PX_HANDLER raise_recursion(PX_HANDLER_PARAMETERS) {
  set(state->context->exc, typed::recursion);
  PX_TAIL unwind(PX_HANDLER_ARGUMENTS);
}

PX_HANDLER raise_too_large(PX_HANDLER_PARAMETERS) {
  too_large(*reinterpret_cast<Specialisation*>(pc[1])->program, *state->context);
  PX_TAIL unwind(PX_HANDLER_ARGUMENTS);
}

PX_HANDLER raise_user(PX_HANDLER_PARAMETERS) {
  const auto& raise = *reinterpret_cast<const typed::Raise*>(pc[1]);
  ExcInfo& exc = state->context->exc;
  if (raise.has_message) {
    exc.set(raise.kind, raise.message);
  } else {
    exc.set(raise.kind);
  }
  if (!raise.types.empty()) {
    exc.has_message = false;
    exc.argument_types = &raise.types;
    size_t count = std::min(raise.arguments.size(), ExcInfo::max_argument_slots);
    for (size_t i = 0; i < count; ++i) exc.arguments[i] = fp[raise.arguments[i]];
  }
  PX_TAIL unwind(PX_HANDLER_ARGUMENTS);
}

// The rest of the function runs in baseline code; then its frame is gone.
PX_HANDLER move_frame(PX_HANDLER_PARAMETERS) {
  const Program& program = program_of(fp);
  const ProgramLoop* loop = program.header_at(pc);
  MoveEntry entry = loop->move.load(std::memory_order_acquire);
  // Taken away since the dispatch, or this run stays in the interpreter.
  if (entry == nullptr || !state->moves) [[unlikely]] {
    PX_TAIL reinterpret_cast<Handler*>(loop->handler)(PX_HANDLER_ARGUMENTS);
  }
  if (program.owner->profile.moves.fetch_add(1, std::memory_order_relaxed) == 0) program.owner->profile.note_baseline();
  // What it nests starts above the frame.
  state->context->frames_top = fp + program.frame_slots;
  ExcInfo* exception = &state->context->exc;
  const uint64_t start = runtime::ticks();
  int32_t status = entry(fp, reinterpret_cast<uint64_t*>(fp[frame_result]), &exception);
  state->moved_ticks += runtime::ticks() - start;
  pc = reinterpret_cast<const uint64_t*>(fp[frame_return]);
  fp = reinterpret_cast<uint64_t*>(fp[frame_caller]);
  if (status != 0) [[unlikely]] {
    // The function's own line is in the traceback already: on from the call.
    state->part = 0;
    pc -= 1;
    if (fp == nullptr) {
      state->fuel_left = fuel;
      return 1;
    }
    PX_TAIL unwind(PX_HANDLER_ARGUMENTS);
  }
  PX_DISPATCH;
}

PX_HANDLER safepoint(PX_HANDLER_PARAMETERS) {
  const Program& program = program_of(fp);
  Specialisation& owner = *program.owner;
  // A statistic, and a sampled one: the function that is running when the tank is empty gets the whole tank.
  owner.profile.back_edges.fetch_add(static_cast<uint64_t>(state->fuel_tank - 1 - fuel), std::memory_order_relaxed);
  if (state->context->stop->load(std::memory_order_relaxed)) {
    state->context->exc.set(ExcKind::KeyboardInterrupt);
    PX_TAIL unwind(PX_HANDLER_ARGUMENTS);
  }
  state->fuel_tank = safepoint_interval;
  if (SafepointHook hook = safepoint_hook().load(std::memory_order_acquire)) state->fuel_tank = hook({&owner, &program, pc, fp});
  fuel = state->fuel_tank - 1;
  PX_DISPATCH;
}

int32_t run(const Program& program, const uint64_t* args, uint64_t* ret, runtime::Context& context) {
  program.owner->profile.calls.fetch_add(1, std::memory_order_relaxed);
  if (program.code.empty()) return too_large(program, context);
  if (context.frames == nullptr) {
    context.exc.set(ExcKind::MemoryError, "no address space left for the interpreter's frames");
    return 1;
  }
  uint64_t* base = context.frames_top;
  if (static_cast<size_t>(context.frames_end - base) < program.frame_slots + frame_header) {
    set(context.exc, typed::recursion);
    return 1;
  }
  uint64_t* fp = base + frame_header;
  std::memcpy(fp, args, program.parameter_slots * sizeof(uint64_t));
  copy_constants(program, fp);
  fp[frame_result] = reinterpret_cast<uint64_t>(ret);
  fp[frame_return] = reinterpret_cast<uint64_t>(leave_code);
  fp[frame_caller] = 0;
  fp[frame_program] = reinterpret_cast<uint64_t>(&program);
  State state{};
  state.context = &context;
  state.moves = tier_policy() != TierPolicy::interpreter;
  state.fuel_tank = first_safepoint().load(std::memory_order_relaxed);
  state.frames_end = context.frames_end;
  const uint64_t* pc = program.code.data();
  const uint64_t start = runtime::ticks();
  PX_PROFILE_STEP
  int32_t status = handler_at(pc)(pc, fp, state.fuel_tank - 1, &state);
  // Short runs count too. A run that used nothing writes nothing: the counters' line is shared between workers.
  if (int64_t used = state.fuel_tank - 1 - state.fuel_left; used > 0) {
    program.owner->profile.back_edges.fetch_add(static_cast<uint64_t>(used), std::memory_order_relaxed);
  }
  program.owner->profile.interpreter_ticks.fetch_add(runtime::ticks() - start - state.moved_ticks, std::memory_order_relaxed);
  if (state.moved_ticks > 0) program.owner->profile.native_ticks.fetch_add(state.moved_ticks, std::memory_order_relaxed);
  context.frames_top = base;
  return status;
}

}  // namespace px::jit::interp
