// What any typed function must be, whoever made it: every slot, target and table index in range.
#pragma once

#include <string>

#include "jit/function.h"

namespace px::jit::test {

// "" or what is wrong with the specialisation's typed code.
inline std::string flaw(const Specialisation& spec) {
  using typed::Op;
  const typed::Function& f = *spec.typed;
  std::string found;
  size_t at = 0;
  auto wrong = [&](const std::string& what) {
    if (found.empty()) found = std::to_string(at) + ": " + what + "\n" + typed::disassemble(f);
  };
  auto slots = [&](typed::Slot first, uint32_t count, const char* what) {
    if (count && (first == typed::no_slot || first > f.frame_slots || count > f.frame_slots - first)) wrong(what);
  };
  auto target = [&](uint32_t t) {
    if (t >= f.code.size()) wrong("target");
  };
  auto listed = [&](const std::vector<typed::Slot>& list) {
    for (auto s : list) slots(s, 1, "listed slot");
  };
  auto row = [&](const auto& table, uint32_t index) {
    if (index < table.size()) return true;
    wrong("table index");
    return false;
  };
  uint32_t parameters = 0;
  for (auto* p : spec.parameters) parameters += p->slots;
  for (auto& h : spec.hidden) parameters += h.type->slots;
  if (parameters != f.parameter_slots) wrong("parameter slots");
  if (f.result_slots != spec.result->slots) wrong("result slots");
  if (f.frame_slots < f.parameter_slots) wrong("frame smaller than its parameters");
  for (auto& c : f.constants)
    if (c.slot < f.parameter_slots || c.slot >= f.frame_slots) wrong("constant's slot");
  for (at = 0; at < f.code.size() && found.empty(); ++at) {
    const typed::Instr& i = f.code[at];
    if (i.line < 0) wrong("line");
    switch (i.op) {
      case Op::move_:
        slots(i.d, i.aux, "d");
        slots(i.a, i.aux, "a");
        break;
      case Op::load_:
      case Op::store_:
        if (!row(f.accesses, i.aux)) break;
        slots(i.op == Op::load_ ? i.d : i.a, 1, "value");
        slots(f.accesses[i.aux].array, f.accesses[i.aux].type->slots, "array");
        listed(f.accesses[i.aux].index);
        if (f.accesses[i.aux].index.size() != f.accesses[i.aux].type->ndim) wrong("index count");
        if (i.op == Op::store_ && !f.accesses[i.aux].type->writable) wrong("store to a read-only array");
        break;
      case Op::range_init_:
        slots(i.d, 3, "iterator");
        slots(i.a, 3, "range");
        break;
      case Op::range_next_:
        slots(i.d, 1, "d");
        slots(i.a, 3, "iterator");
        target(i.target);
        break;
      case Op::jump_:
        target(i.target);
        break;
      case Op::branch_:
        slots(i.a, 1, "condition");
        target(i.target);
        target(i.target2);
        break;
      case Op::call_:
        if (!row(f.calls, i.aux)) break;
        listed(f.calls[i.aux].arguments);
        slots(f.calls[i.aux].result, f.calls[i.aux].result_slots, "result");
        if (!f.calls[i.aux].callee->typed)
          wrong("callee without code");
        else if (f.calls[i.aux].arguments.size() != f.calls[i.aux].callee->typed->parameter_slots)
          wrong("argument count");
        else if (f.calls[i.aux].result_slots != f.calls[i.aux].callee->result->slots)
          wrong("callee's result");
        break;
      case Op::runtime_:
        if (!row(f.runtime_calls, i.aux)) break;
        listed(f.runtime_calls[i.aux].arguments);
        slots(f.runtime_calls[i.aux].result, f.runtime_calls[i.aux].result_slots, "result");
        if (!f.runtime_calls[i.aux].function) wrong("no function");
        break;
      case Op::ret_:
        slots(i.a, i.aux, "a");
        if (i.aux != f.result_slots) wrong("returned slots");
        break;
      case Op::raise_:
        if (row(f.raises, i.aux)) listed(f.raises[i.aux].arguments);
        break;
      case Op::call_math1_:
      case Op::call_math2_:
        if (row(f.pointers, i.aux) && !f.pointers[i.aux]) wrong("no function");
        slots(i.b, i.op == Op::call_math2_, "b");
        [[fallthrough]];
      default:
        slots(i.d, 1, "d");
        slots(i.a, 1, "a");
        if (i.b != typed::no_slot) slots(i.b, 1, "b");
    }
    bool leaves = i.op == Op::jump_ || i.op == Op::branch_ || i.op == Op::ret_ || i.op == Op::raise_;
    if (at + 1 == f.code.size() && !leaves) wrong("the end can be reached");
  }
  if (f.code.empty()) wrong("no code");
  return found;
}

}  // namespace px::jit::test
