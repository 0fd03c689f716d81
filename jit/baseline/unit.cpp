#include "jit/baseline/unit.h"

#include <algorithm>

#include "jit/builtins/mathlib.h"
#include "jit/flow/nest.h"
#include "jit/flow/optimise.h"

namespace px::jit::baseline {

namespace {

// What is called in a loop, for a frame that stands in one: what comes once, after its loops, is called through its entry pointer.
std::vector<const Specialisation*> called_in_loops(const flow::Flow& flow) {
  std::vector<const Specialisation*> called;
  const flow::Nest nest = flow::find_nest(flow);
  for (flow::BlockIndex b : flow.layout) {
    if (nest.loop_of[b] == flow::no_loop) continue;
    for (const typed::Instr& i : flow.blocks[b].code)
      if (i.op == typed::Op::call_) called.push_back(flow.function->calls[i.aux].callee);
  }
  return called;
}

}  // namespace

Unit build_unit(const Request& request, size_t limit) {
  Unit unit{.odd_functions = odd_functions()};
  size_t size = 0;
  auto add = [&](Specialisation* spec) {
    size += spec->typed->code.size();
    UnitFunction& made = unit.functions.emplace_back();
    made.spec = spec;
    made.recursive = spec->recursive;
    made.flow = flow::build_flow(*spec->typed);
    flow::optimise(made.flow);
    flow::find_liveness(made.flow);
  };
  unit.entries = request.entry ? Entries::root : Entries::none;
  if (request.entry) add(request.root);
  for (const Request::Frame& frame : request.frames) {
    if (unit.find(frame.spec) < 0 && (unit.functions.empty() || size + frame.spec->typed->code.size() <= limit)) add(frame.spec);
  }
  const size_t frames_end = unit.functions.size();
  // Nearest first: what lies deep in a large graph is called through its entry pointer.
  for (size_t k = 0; k < unit.functions.size(); ++k) {
    bool all = k >= frames_end || (k == 0 && request.entry);
    std::vector<const Specialisation*> in_loops;
    if (!all) in_loops = called_in_loops(unit.functions[k].flow);
    for (Specialisation* callee : unit.functions[k].spec->callees) {
      if (!all && std::ranges::find(in_loops, callee) == in_loops.end()) continue;
      bool known = unit.find(callee) >= 0;
      if (!known && callee->ready.load(std::memory_order_acquire) && size + callee->typed->code.size() <= limit) add(callee);
    }
  }
  for (const Request::Frame& frame : request.frames) {
    int index = unit.find(frame.spec);
    if (index < 0) continue;
    Move move{static_cast<uint32_t>(index), frame.block};
    bool repeated = std::ranges::any_of(unit.moves, [&](const Move& m) { return m.function == move.function && m.block == move.block; });
    if (!repeated) unit.moves.push_back(move);
  }
  return unit;
}

}  // namespace px::jit::baseline
