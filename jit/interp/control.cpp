// Handlers written out by hand: moves of several slots, ranges, returns, calls, raises.
#include "jit/function.h"
#include "jit/interp/hooks.h"
#include "jit/interp/program.h"
#include "jit/interp/registry.h"
#include "jit/interp/statement.h"
#include "jit/interp/unwind.h"
#include "jit/tiering.h"

namespace px::jit::interp {

namespace {

// Lanes: source, destination, count.
PX_HANDLER move_n(PX_HANDLER_PARAMETERS) {
  std::memmove(fp + read_lane(pc, 1), fp + read_lane(pc, 0), read_lane(pc, 2) * sizeof(uint64_t));
  pc += words_for(3);
  PX_DISPATCH;
}

// How often range(start, stop, step) goes round; step is not 0.
template <class T>
uint64_t range_count(T start, T stop, T step) {
  auto begin = static_cast<uint64_t>(start), end = static_cast<uint64_t>(stop), by = static_cast<uint64_t>(step);
  if (step > 0) return start < stop ? 1 + (end - begin - 1) / by : 0;
  return start > stop ? 1 + (begin - end - 1) / (0 - by) : 0;
}

// Lanes: iterator, range.
template <class T>
PX_HANDLER range_init(PX_HANDLER_PARAMETERS) {
  uint64_t *iterator = fp + read_lane(pc, 0), *range = fp + read_lane(pc, 1);
  uint64_t start = range[0], stop = range[1], step = range[2];
  if (step == 0) [[unlikely]] {
    state->fault = Fault::zero_step;
    PX_TAIL raise_fault(PX_HANDLER_ARGUMENTS);
  }
  iterator[0] = start;
  iterator[1] = step;
  iterator[2] = range_count<T>(static_cast<T>(start), static_cast<T>(stop), static_cast<T>(step));
  pc += words_for(2);
  PX_DISPATCH;
}

// Lanes: iterator, start, stop.
PX_HANDLER unit_init(PX_HANDLER_PARAMETERS) {
  uint64_t start = fp[read_lane(pc, 1)], stop = fp[read_lane(pc, 2)];
  uint64_t* iterator = fp + read_lane(pc, 0);
  iterator[0] = start;
  iterator[1] = stop;
  pc += words_for(3);
  PX_DISPATCH;
}

// Lanes: variable, iterator, offset of where to go when exhausted.
PX_HANDLER range_next(PX_HANDLER_PARAMETERS) {
  uint64_t* iterator = fp + read_lane(pc, 1);
  uint64_t remaining = iterator[2];
  if (remaining == 0) {
    pc += read_offset(pc, 2);  // perhaps backwards: the loop may be all that another loop does
    PX_DISPATCH_BACK;
  }
  uint64_t next = iterator[0];
  iterator[2] = remaining - 1;
  iterator[0] = next + iterator[1];
  fp[read_lane(pc, 0)] = next;
  pc += words_for(4);
  PX_DISPATCH;
}
// At the loop's bottom: the offset is of the next round.
PX_HANDLER range_back(PX_HANDLER_PARAMETERS) {
  uint64_t* iterator = fp + read_lane(pc, 1);
  uint64_t remaining = iterator[2];
  if (remaining == 0) [[unlikely]] {
    pc += words_for(4);
    PX_DISPATCH;
  }
  uint64_t next = iterator[0];
  iterator[2] = remaining - 1;
  iterator[0] = next + iterator[1];
  fp[read_lane(pc, 0)] = next;
  pc += read_offset(pc, 2);
  PX_DISPATCH_BACK;
}

PX_HANDLER ret0(PX_HANDLER_PARAMETERS) {
  pc = reinterpret_cast<const uint64_t*>(fp[frame_return]);
  fp = reinterpret_cast<uint64_t*>(fp[frame_caller]);
  PX_DISPATCH;
}
// Lanes: first slot, count.
PX_HANDLER ret_n(PX_HANDLER_PARAMETERS) {
  std::memcpy(reinterpret_cast<uint64_t*>(fp[frame_result]), fp + read_lane(pc, 0), read_lane(pc, 1) * sizeof(uint64_t));
  pc = reinterpret_cast<const uint64_t*>(fp[frame_return]);
  fp = reinterpret_cast<uint64_t*>(fp[frame_caller]);
  PX_DISPATCH;
}

// The callee (specialisation or runtime function) is the word after the handler. Lanes: (four of it,) first result slot, frame's
// slots, argument count, the arguments.
constexpr int call_lanes = 7;
constexpr int64_t native_call_fuel = 63;

PX_HANDLER call_native(PX_HANDLER_PARAMETERS) {
  auto& callee = *reinterpret_cast<Specialisation*>(pc[1]);
  Entry entry = chosen_entry(callee);
  if (entry == nullptr) [[unlikely]] {  // taken away since `call` saw it: once more from there
    PX_DISPATCH;
  }
  uint64_t* arguments = fp + read_lane(pc, 5);
  int count = read_lane(pc, 6);
  if (arguments + count > state->frames_end) [[unlikely]]
    PX_TAIL raise_recursion(PX_HANDLER_ARGUMENTS);
  for (int i = 0; i < count; ++i) arguments[i] = fp[read_lane(pc, call_lanes + i)];
  // What the callee nests starts above our frame.
  state->context->frames_top = arguments + count;
  runtime::ExcInfo* exception = &state->context->exc;
  callee.profile.count_native(chosen_tier(callee));
  if (entry(arguments, fp + read_lane(pc, 4), &exception) != 0) [[unlikely]] {
    if (exception != &state->context->exc) state->context->exc = *exception;
    state->fault = Fault::passed_on;
    PX_TAIL raise_fault(PX_HANDLER_ARGUMENTS);
  }
  pc += words_for(call_lanes + count);
  // A loop around calls of native code takes time as well: its next back-edges come to a safepoint sooner.
  fuel -= native_call_fuel;
  state->fuel_tank -= native_call_fuel;
  PX_DISPATCH;
}

PX_HANDLER call(PX_HANDLER_PARAMETERS) {
  auto& callee = *reinterpret_cast<Specialisation*>(pc[1]);
  if (callee.native.load(std::memory_order_relaxed) != nullptr && chosen_entry(callee) != nullptr) [[unlikely]]
    PX_TAIL call_native(PX_HANDLER_ARGUMENTS);
  const Program& program = *callee.program;
  uint64_t* frame = fp + read_lane(pc, 5) + frame_header;
  if (static_cast<size_t>(state->frames_end - frame) < program.frame_slots || frame > state->frames_end) [[unlikely]] {
    PX_TAIL raise_recursion(PX_HANDLER_ARGUMENTS);
  }
  if (program.code.empty()) [[unlikely]]
    PX_TAIL raise_too_large(PX_HANDLER_ARGUMENTS);
  int count = read_lane(pc, 6);
  for (int i = 0; i < count; ++i) frame[i] = fp[read_lane(pc, call_lanes + i)];
  frame[frame_result] = reinterpret_cast<uint64_t>(fp + read_lane(pc, 4));
  frame[frame_return] = reinterpret_cast<uint64_t>(pc + words_for(call_lanes + count));
  frame[frame_caller] = reinterpret_cast<uint64_t>(fp);
  frame[frame_program] = reinterpret_cast<uint64_t>(&program);
  copy_constants(program, frame);
  pc = program.code.data();
  fp = frame;
  PX_DISPATCH_BACK;
}

PX_HANDLER call_runtime(PX_HANDLER_PARAMETERS) {
  uint64_t* arguments = fp + read_lane(pc, 5);
  int count = read_lane(pc, 6);
  if (arguments + count > state->frames_end) [[unlikely]]
    PX_TAIL raise_recursion(PX_HANDLER_ARGUMENTS);
  for (int i = 0; i < count; ++i) arguments[i] = fp[read_lane(pc, call_lanes + i)];
  state->context->frames_top = arguments + count;
  if (reinterpret_cast<typed::RuntimeFunction>(pc[1])(arguments, fp + read_lane(pc, 4)) != 0) [[unlikely]] {
    state->fault = Fault::passed_on;
    PX_TAIL raise_fault(PX_HANDLER_ARGUMENTS);
  }
  pc += words_for(call_lanes + count);
  PX_DISPATCH;
}

}  // namespace

void add_control(Registry& registry) {
  registry.put(key_special(Special::move_n), &move_n);
  registry.put(key_special(Special::range_init, static_cast<uint32_t>(Scalar::i64)), &range_init<int64_t>);
  registry.put(key_special(Special::range_init, static_cast<uint32_t>(Scalar::u64)), &range_init<uint64_t>);
  registry.put(key_special(Special::unit_init), &unit_init);
  registry.put(key_special(Special::range_next), &range_next);
  registry.put(key_special(Special::range_back), &range_back);
  registry.put(key_special(Special::ret0), &ret0);
  registry.put(key_special(Special::ret_n), &ret_n);
  registry.put(key_special(Special::call), &call);
  registry.put(key_special(Special::runtime), &call_runtime);
  registry.put(key_special(Special::raise), &raise_user);
}

}  // namespace px::jit::interp
