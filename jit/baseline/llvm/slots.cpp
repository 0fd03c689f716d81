#include "jit/baseline/llvm/slots.h"

#include <numeric>

namespace px::jit::baseline {

using typed::Instr;
using typed::Op;
using typed::Slot;

namespace {

// Slots joined by moves, and the kinds that their uses and definitions ask for.
class Votes {
 public:
  Votes(const flow::Flow& flow, const SlotConstants& constants) : constants_(constants), parent_(flow.function->frame_slots + 1) {
    std::iota(parent_.begin(), parent_.end(), 0);
    asked_.resize(parent_.size());
    wide_.resize(parent_.size());
  }
  // A constant is one of each kind that is asked for, a boolean perhaps excepted: it joins nothing.
  void join(Slot a, Slot b) {
    if (constants_.known[a] && constants_.bits[a] > 1) wide_[find(b)] = 1;
    if (constants_.known[b] && constants_.bits[b] > 1) wide_[find(a)] = 1;
    if (constants_.known[a] || constants_.known[b]) return;
    Slot x = find(a), y = find(b);
    if (x == y) return;
    parent_[x] = y;
    asked_[y] |= asked_[x];
    wide_[y] |= wide_[x];
  }
  void ask(Slot slot, Kind kind) { asked_[find(slot)] |= static_cast<uint8_t>(1 << static_cast<int>(kind)); }
  bool asked(Slot slot) { return asked_[find(slot)] != 0; }
  Kind result(Slot slot) {
    uint8_t asked = asked_[find(slot)];
    if (asked == 0 || (asked & (asked - 1)) != 0) return Kind::word;
    auto kind = static_cast<Kind>(__builtin_ctz(asked));
    // A boolean that is an integer elsewhere in the function has the integer's slot.
    return kind == Kind::flag && wide_[find(slot)] ? Kind::word : kind;
  }

 private:
  const SlotConstants& constants_;
  std::vector<Slot> parent_;
  std::vector<uint8_t> asked_, wide_;  // by group: kinds, as bits; whether it holds a number that no boolean is

  Slot find(Slot s) {
    while (parent_[s] != s) s = parent_[s] = parent_[parent_[s]];
    return s;
  }
};

void ask_array(Votes& votes, Slot array, const Type& type) {
  votes.ask(array + array_data_slot, Kind::pointer);
  for (uint32_t k = 1; k < type.slots; ++k) votes.ask(array + k, Kind::word);
}

// The slots of a declared type.
void ask_type(Votes& votes, Slot first, const Type& type) {
  switch (type.kind) {
    case TypeKind::scalar:
      return votes.ask(first, kind_of(type.scalar));
    case TypeKind::array:
    case TypeKind::array_iter:
    case TypeKind::records:
      return ask_array(votes, first, type);
    case TypeKind::complex:
      for (uint32_t k = 0; k < 2; ++k) votes.ask(first + k, kind_of(part_of_complex(type.scalar)));
      return;
    case TypeKind::optional:
      votes.ask(first, kind_of(Scalar::boolean));
      return ask_type(votes, first + 1, *type.elements[0]);
    case TypeKind::tuple:
    case TypeKind::enum_member:
      for (const Type* element : type.elements) {
        ask_type(votes, first, *element);
        first += element->slots;
      }
      return;
    default:
      for (uint32_t k = 0; k < type.slots; ++k) votes.ask(first + k, Kind::word);
  }
}

void ask_parameters(Votes& votes, const Specialisation& spec, uint32_t slots) {
  uint32_t declared = 0;
  for (const Type* type : spec.parameters) declared += type->slots;
  for (const HiddenArgument& hidden : spec.hidden) declared += hidden.type->slots;
  if (declared != slots) return;  // typed code that was made by hand
  Slot next = 0;
  auto ask = [&](const Type& type) {
    ask_type(votes, next, type);
    next += type.slots;
  };
  for (const Type* type : spec.parameters) ask(*type);
  for (const HiddenArgument& hidden : spec.hidden) ask(*hidden.type);
}

bool compares(Op op) {
  return op >= Op::eq_ && op <= Op::ge_;
}

void ask_instruction(Votes& votes, const typed::Function& function, const Instr& i) {
  switch (i.op) {
    case Op::move_:
      for (uint32_t k = 0; k < i.aux; ++k) votes.join(i.d + k, i.a + k);
      return;
    case Op::convert_:
      votes.ask(i.a, kind_of(i.kind));
      return votes.ask(i.d, kind_of(i.to));
    case Op::load_:
    case Op::store_: {
      const typed::Access& access = function.accesses[i.aux];
      ask_array(votes, access.array, *access.type);
      for (Slot s : access.index) votes.ask(s, Kind::word);
      return votes.ask(i.op == Op::load_ ? i.d : i.a, kind_of(access.type->scalar));
    }
    case Op::range_init_:
    case Op::range_next_:
      flow::for_each_use(function, i, [&](Slot s) { votes.ask(s, Kind::word); });
      return flow::for_each_definition(function, i, [&](Slot s) { votes.ask(s, Kind::word); });
    case Op::branch_:
      return votes.ask(i.a, Kind::flag);
    case Op::jump_:
    case Op::guard_:
    case Op::call_:
    case Op::runtime_:
    case Op::ret_:
    case Op::raise_:
      return;
    default:
      if (i.a != typed::no_slot) votes.ask(i.a, kind_of(i.kind));
      if (i.b != typed::no_slot) votes.ask(i.b, kind_of(i.kind));
      votes.ask(i.d, compares(i.op) ? Kind::flag : kind_of(i.kind));
  }
}

// What callees of the unit want and give, once that is known; true if it is news.
bool ask_calls(Votes& votes, const Unit& unit, const std::vector<SlotKinds>& kinds, const flow::Flow& flow) {
  bool news = false;
  auto ask = [&](Slot slot, Kind kind) {
    if (kind == Kind::word || votes.asked(slot)) return;
    votes.ask(slot, kind);
    news = true;
  };
  for (flow::BlockIndex b : flow.layout) {
    for (const Instr& i : flow.blocks[b].code) {
      if (i.op != Op::call_) continue;
      const typed::Call& call = flow.function->calls[i.aux];
      int callee = unit.find(call.callee);
      if (callee < 0) continue;
      const SlotKinds& its = kinds[static_cast<size_t>(callee)];
      for (size_t k = 0; k < call.arguments.size(); ++k) ask(call.arguments[k], its.slots[k]);
      for (uint32_t k = 0; k < call.result_slots && k < its.results.size(); ++k) ask(call.result + k, its.results[k]);
    }
  }
  return news;
}

SlotKinds read_off(Votes& votes, const flow::Flow& flow) {
  SlotKinds kinds;
  for (Slot s = 0; s < flow.function->frame_slots; ++s) kinds.slots.push_back(votes.result(s));
  bool first = true;
  for (flow::BlockIndex b : flow.layout) {
    const Instr& last = flow.blocks[b].last();
    if (last.op != Op::ret_) continue;
    if (first) kinds.results.resize(last.aux);
    for (uint32_t k = 0; k < last.aux; ++k) {
      Kind kind = votes.result(last.a + k);
      if (first) kinds.results[k] = kind;
      if (kinds.results[k] != kind) kinds.results[k] = Kind::word;
    }
    first = false;
  }
  return kinds;
}

}  // namespace

SlotConstants find_constants(const flow::Flow& flow) {
  const typed::Function& function = *flow.function;
  SlotConstants constants{std::vector<uint8_t>(function.frame_slots + 1), std::vector<uint64_t>(function.frame_slots + 1)};
  for (const typed::Constant& c : function.constants) {
    constants.known[c.slot] = 1;
    constants.bits[c.slot] = c.bits;
  }
  for (flow::BlockIndex b : flow.layout) {
    for (const Instr& i : flow.blocks[b].code) flow::for_each_definition(function, i, [&](Slot s) { constants.known[s] = 0; });
  }
  return constants;
}

std::vector<SlotKinds> find_kinds(const Unit& unit) {
  std::vector<SlotConstants> constants;
  for (const UnitFunction& f : unit.functions) constants.push_back(find_constants(f.flow));
  std::vector<Votes> votes;
  std::vector<SlotKinds> kinds;
  for (size_t i = 0; i < unit.functions.size(); ++i) {
    const flow::Flow& flow = unit.functions[i].flow;
    Votes& own = votes.emplace_back(flow, constants[i]);
    if (unit.functions[i].spec) ask_parameters(own, *unit.functions[i].spec, flow.function->parameter_slots);
    for (flow::BlockIndex b : flow.layout) {
      for (const Instr& instr : flow.blocks[b].code) ask_instruction(own, *flow.function, instr);
    }
    kinds.push_back(read_off(own, flow));
  }
  // Callees tell their callers, which may be callees themselves: each round decides at least one slot.
  for (bool news = true; news;) {
    news = false;
    for (size_t i = unit.functions.size(); i-- > 0;) {
      if (!ask_calls(votes[i], unit, kinds, unit.functions[i].flow)) continue;
      kinds[i] = read_off(votes[i], unit.functions[i].flow);
      news = true;
    }
  }
  return kinds;
}

}  // namespace px::jit::baseline
