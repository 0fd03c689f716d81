#include "jit/infer/lowering.h"

#include "jit/infer/races.h"
#include "jit/infer/undo.h"

namespace px::jit {

using typed::Slot;

Lowering::Lowering(Inference& inference, typed::Function& out)
    : emitter(out), inference_(inference), regions_(inference), open_(open_snapshots(inference)) {
  emitter.error_model_python = inference.spec().function->options().python_error_model;
  emitter.bounds_check = inference.spec().function->options().boundscheck;
  if (race_check().load(std::memory_order_relaxed))
    emitter.before_load = [this](const typed::Access& element) { emit_race_check(*this, element, false); };
}

Slot Lowering::of(const Argument& a) {
  if (a.reg < 0) return emitter.variable(a.reg, a.type, "");  // an argument that was not given
  const Type* type = a.whole ? a.whole : a.held ? a.held : a.type;
  Slot run = emitter.variable(a.reg, type, inference_.code().registers[a.reg]) + a.offset;
  if (!a.held) return run;
  emitter.check_optional(run, a.held);
  return run + 1;
}

void Lowering::parameters() {
  auto& spec = inference_.spec();
  auto& out = emitter.out();
  for (size_t p = 0; p < spec.parameters.size(); ++p)
    emitter.variable(static_cast<int32_t>(p), spec.parameters[p], inference_.code().registers[p]);
  for (auto& h : spec.hidden) hidden_.push_back(emitter.temporary(h.type));
  out.parameter_slots = out.frame_slots;
  for (size_t k = 0; k < regions_.size(); ++k)
    for (auto& root : regions_[k].kept) {
      if (!root.entered || entered_.contains(root.reg)) continue;
      const Slot copy = entered_[root.reg] = emitter.temporary(root.type);
      emitter.move(copy, emitter.variable(root.reg, root.type, inference_.code().registers[root.reg]), root.type->slots);
    }
  for (size_t p = 0; p < spec.parameters.size(); ++p) {
    auto reg = static_cast<int32_t>(p);
    const Type* type = spec.parameters[p];
    for (const Type* wanted : {spec.entered()[p], inference_.fixed_type(reg)}) {
      if (!wanted || wanted == type) continue;
      auto& name = inference_.code().registers[p];
      emitter.convert_into(emitter.variable(reg, wanted, name), emitter.variable(reg, type, name), type, wanted);
      type = wanted;
    }
  }
}

std::vector<std::pair<Argument, const Type*>> Lowering::conversions(uint32_t from, size_t successor) const {
  std::vector<std::pair<Argument, const Type*>> list;
  auto& leaving = inference_.exit(from, successor);
  auto& entering = inference_.entry(inference_.cfg().blocks[from].successors[successor]);
  for (size_t r = 0; r < leaving.registers.size(); ++r) {
    auto& value = leaving.registers[r];
    const Type* wanted = entering.registers[r].type;
    if (!wanted || !value.type || value.type == wanted) continue;
    Argument a = value;
    a.reg = static_cast<int32_t>(r);
    list.emplace_back(a, wanted);
  }
  return list;
}

uint32_t Lowering::edge(size_t k) {
  uint32_t target = inference_.cfg().blocks[current_].successors[k];
  auto list = conversions(current_, k);
  auto crossing = regions_.crossing(current_, target);
  if (list.empty() && !crossing) return labels_[target];
  stubs_.push_back({emitter.new_label(), target, std::move(list), crossing});
  return stubs_.back().label;
}

void Lowering::block(uint32_t index) {
  auto& inf = inference_;
  auto& block = inf.cfg().blocks[index];
  current_ = index;
  emitter.bind(labels_[index]);
  snapshots_ = open_[index];
  for (uint32_t at = block.begin; at < block.end; ++at) {
    auto& i = inf.code().instructions[at];
    auto& plan = inf.plan(at);
    emitter.line = i.line;
    // Where an instruction raises, what it writes keeps its value: it is written afterwards.
    bool handled = i.handler >= 0;
    struct Later {
      Slot to, from;
      const Type *type, *given;
    };
    std::vector<Later> later;
    std::vector<Slot> destinations;
    size_t next = 0;
    for_registers(
        inf.code(), i, [](int32_t) {},
        [&](int32_t reg) {
          const Type* type = plan.results[next++].type;
          if (!type) return destinations.push_back(typed::no_slot);  // `unset`
          auto& name = inf.code().registers[reg];
          const Type* fixed = inf.fixed_type(reg) ? inf.fixed_type(reg) : type;
          // An item of a loop is converted by the edge into its body.
          const Type* written = i.op == Opcode::next_ ? type : fixed;
          destinations.push_back(emitter.variable(reg, written, name));
          if (written != type || (handled && i.op != Opcode::next_ && type->slots > 0)) {
            later.push_back({destinations.back(), emitter.temporary(type), written, type});
            destinations.back() = later.back().from;
          }
          if (!name.empty()) emitter.out().definitions.push_back({name, i.line, fixed});
        });
    if (handled) emitter.handler = edge(block.successors.size() - 1);
    announce(plan);
    plan.lower(*this, destinations);
    snapshots_ += plan.snapshot;
    emitter.handler = Emitter::out_of_function;
    for (auto& l : later) emitter.convert_into(l.to, l.from, l.given, l.type);
  }
  auto last = inf.code().instructions[block.end - 1].op;
  bool falls = last != Opcode::jump_ && last != Opcode::branch_ && last != Opcode::next_ && last != Opcode::ret_ &&
               last != Opcode::raise_ && last != Opcode::reraise_;
  if (falls) emitter.jump(edge(0));
}

void Lowering::announce(const Plan& plan) {
  for (auto& a : plan.unset) {
    emitter.out().doubts = true;
    std::vector<uint32_t> addresses;
    add_addresses(a.type, 0, addresses);
    const Slot run = emitter.variable(a.reg, a.type, inference_.code().registers[a.reg]);
    for (uint32_t offset : addresses) {
      const uint32_t set = emitter.new_label(), unset = emitter.new_label();
      emitter.branch(emitter.convert(run + offset, types::int64(), types::boolean()), set, unset);
      emitter.bind(unset);
      emitter.raise(runtime::ExcKind::UnboundLocalError,
                    "cannot access local variable " + inference_.register_name(a.reg) + " where it is not associated with a value");
      emitter.bind(set);
    }
  }
  for (auto& a : plan.reads) emit_race_check(*this, a.type, of(a), false);
  for (auto& a : plan.writes) {
    emit_race_check(*this, a.type, of(a), true);
    if (in_snapshot()) emit_keep(*this, a.type, of(a));
  }
  bool writes = !plan.writes.empty();
  for (auto* callee : plan.callees) writes = writes || !callee->typed || callee->typed->writes;  // without typed code: in a recursive cycle
  emitter.out().writes = emitter.out().writes || writes;
  if (!in_snapshot() || !writes) return;
  for (auto& a : plan.handed) emit_keep(*this, a.type, of(a));
}

void Lowering::cross(const Regions::Crossing& crossing) {
  Slot mark = marks_[crossing.region];
  if (crossing.enters) return emitter.call_runtime("px_region_mark", region_mark, {}, mark, mark_slots);
  auto& kept = regions_[crossing.region].kept;
  if (kept.empty()) {
    emitter.call_runtime("px_region_release", region_release, {mark, mark + 1, mark + 2}, emitter.temporary(types::int64()), 1);
    return;
  }
  std::vector<Slot> slots{mark, mark + 1, mark + 2, mark + 3, typed::no_slot, typed::no_slot}, lists;
  for (auto& root : kept) {
    const Slot run = root.entered ? entered_.at(root.reg) : emitter.variable(root.reg, root.type, inference_.code().registers[root.reg]);
    if (!root.list) {
      slots.push_back(run + root.offset);
    } else {
      lists.insert(lists.end(), {run + root.offset, emitter.int_constant(reinterpret_cast<int64_t>(root.list))});
    }
  }
  slots[mark_slots] = emitter.int_constant(static_cast<int64_t>(slots.size() - mark_slots - 2));
  slots[mark_slots + 1] = emitter.int_constant(static_cast<int64_t>(lists.size() / 2));
  slots.insert(slots.end(), lists.begin(), lists.end());
  emitter.call_runtime("px_region_sweep", region_sweep, std::move(slots), mark + 3, 1);
}

void Lowering::run() {
  auto& inf = inference_;
  auto& out = emitter.out();
  out.name = inf.code().name;
  out.result_slots = inf.result()->slots;
  out.allocates = regions_.allocates();
  parameters();
  for (size_t k = 0; k < regions_.size(); ++k) marks_.push_back(emitter.temporary(types::int64(), mark_slots));
  for (auto& [reg, type] : inf.zeroed())
    for (uint32_t k = 0; k < type->slots; ++k)
      emitter.move(emitter.variable(reg, type, inf.code().registers[reg]) + k, emitter.int_constant(0), 1);
  for (size_t b = 0; b < inf.cfg().blocks.size(); ++b) labels_.push_back(emitter.new_label());
  for (uint32_t b = 0; b < inf.cfg().blocks.size(); ++b)
    if (inf.entry(b).reached) block(b);
  for (size_t k = 0; k < stubs_.size(); ++k) {
    auto stub = stubs_[k];
    emitter.bind(stub.label);
    if (stub.crossing && stub.crossing->enters) cross(*stub.crossing);
    for (auto& [value, wanted] : stub.conversions)
      emitter.convert_into(emitter.variable(value.reg, wanted, inf.code().registers[value.reg]), of(value), value.type, wanted);
    if (stub.crossing && !stub.crossing->enters) cross(*stub.crossing);  // a round has ended: registers are as the next one reads them
    emitter.jump(labels_[stub.block]);
  }
  emitter.resolve_labels();
}

void Inference::zero_what_edges_convert() {
  for (uint32_t b = 0; b < cfg_.blocks.size(); ++b)
    for (size_t s = 0; s < exit_[b].size(); ++s) {
      auto& leaving = exit_[b][s];
      auto& entering = entry_[cfg_.blocks[b].successors[s]];
      if (!entering.reached) continue;
      for (size_t r = 0; r < leaving.registers.size(); ++r) {
        const Type* type = leaving.registers[r].type;
        if (type && leaving.maybe_unset[r] && entering.registers[r].type && entering.registers[r].type != type)
          zeroed_.insert({static_cast<int32_t>(r), type});
      }
    }
}

void Inference::lower() {
  zero_what_edges_convert();
  spec_.typed = std::make_unique<typed::Function>();
  Lowering(*this, *spec_.typed).run();
}

}  // namespace px::jit
