#include "jit/baseline/llvm/signs.h"

namespace px::jit::baseline {

using typed::Instr;
using typed::Op;
using typed::Slot;

namespace {

struct Definitions {
  std::vector<std::vector<const Instr*>> of;  // by slot
  std::vector<uint8_t> is_extent;             // by slot: an axis of an array, by how it is used
};

Definitions collect(const flow::Flow& flow) {
  const typed::Function& function = *flow.function;
  Definitions found{std::vector<std::vector<const Instr*>>(function.frame_slots + 1), std::vector<uint8_t>(function.frame_slots + 1)};
  for (flow::BlockIndex b : flow.layout) {
    for (const Instr& i : flow.blocks[b].code) {
      flow::for_each_definition(function, i, [&](Slot s) { found.of[s].push_back(&i); });
      if (i.op != Op::load_ && i.op != Op::store_) continue;
      const typed::Access& access = function.accesses[i.aux];
      for (int axis = 0; axis < access.type->ndim; ++axis) found.is_extent[access.array + array_shape_slot(access.type->ndim, axis)] = 1;
    }
  }
  return found;
}

bool is_unit_range(const Instr& i) {
  return (i.op == Op::range_next_ || i.op == Op::range_init_) && i.aux == flow::unit_step && i.kind == Scalar::i64;
}

class Analysis {
 public:
  Analysis(const flow::Flow& flow, const SlotConstants& constants)
      : function_(*flow.function), constants_(constants), definitions_(collect(flow)) {}

  // Assumes the best and takes back what does not hold, until all holds.
  Signs run() {
    Signs signs;
    std::vector<uint8_t>& is = signs.nonnegative;
    is.assign(function_.frame_slots + 1, 1);
    for (Slot s = 0; s < function_.frame_slots; ++s) {
      bool given = definitions_.of[s].empty() && !constants_.known[s];
      if (given || starts_negative(s)) is[s] = definitions_.is_extent[s];
    }
    for (bool changed = true; changed;) {
      changed = false;
      for (Slot s = 0; s < function_.frame_slots; ++s) {
        if (!is[s] || definitions_.is_extent[s]) continue;
        for (const Instr* i : definitions_.of[s]) {
          if (gives_nonnegative(*i, s, is)) continue;
          is[s] = 0;
          changed = true;
          break;
        }
      }
    }
    signs.origin.assign(function_.frame_slots + 1, typed::no_slot);
    signs.below = signs.origin;
    for (Slot s = 0; s < function_.frame_slots; ++s) signs.origin[s] = origin_of(s);
    for (Slot s = 0; s < function_.frame_slots; ++s) signs.below[s] = stop_of(s, signs.origin);
    return signs;
  }

 private:
  const typed::Function& function_;
  const SlotConstants& constants_;
  Definitions definitions_;

  // A parameter or a constant, apart from what code makes of it.
  bool starts_negative(Slot s) const {
    if (s < function_.parameter_slots) return true;
    for (const typed::Constant& c : function_.constants) {
      if (c.slot == s && static_cast<int64_t>(c.bits) < 0) return true;
    }
    return false;
  }
  bool is_positive_constant(Slot s) const { return constants_.known[s] && static_cast<int64_t>(constants_.bits[s]) > 0; }

  // Every value of the slot is the variable of a range of step 1.
  bool is_range_variable(Slot s) const {
    for (const Instr* i : definitions_.of[s]) {
      if (!is_unit_range(*i) || i->op != Op::range_next_ || i->d != s) return false;
    }
    return !definitions_.of[s].empty() && s >= function_.parameter_slots;
  }

  bool gives_nonnegative(const Instr& i, Slot s, const std::vector<uint8_t>& is) const {
    switch (i.op) {
      case Op::move_:
        return is[i.a + (s - i.d)];
      case Op::range_init_:  // next, stop
        return is_unit_range(i) && (s == i.d ? is[i.a] : is[i.b]);
      case Op::range_next_:  // The next value is at most the stop.
        return is_unit_range(i) && is[i.a];
      case Op::load_: {
        Scalar element = function_.accesses[i.aux].type->scalar;
        return is_unsigned(element) && element != Scalar::u64;
      }
      case Op::convert_:
        return (is_unsigned(i.to) && i.to != Scalar::u64) || (i.kind == Scalar::boolean && !is_float(i.to)) ||
               (i.to == Scalar::i64 && i.kind == Scalar::i64 && is[i.a]);
      case Op::add_:  // of one to a range's variable: the stop at most
        return i.kind == Scalar::i64 && is[i.a] && is_range_variable(i.a) && constants_.known[i.b] && constants_.bits[i.b] == 1;
      case Op::bit_and_:
        return i.kind == Scalar::i64 && (is[i.a] || is[i.b]);
      case Op::mod_:
        return i.kind == Scalar::i64 && (is_positive_constant(i.b) || (is[i.b] && i.aux != 0));
      case Op::floordiv_:
      case Op::shr_:
        return i.kind == Scalar::i64 && is[i.a] && is[i.b];
      case Op::min_:
        return i.kind == Scalar::i64 && is[i.a] && is[i.b];
      case Op::max_:
        return i.kind == Scalar::i64 && (is[i.a] || is[i.b]);
      default:
        return false;
    }
  }

  // Back along the only definitions, which are moves, to what has none.
  Slot origin_of(Slot s) const {
    for (uint32_t hops = 0; hops < function_.frame_slots; ++hops) {
      const std::vector<const Instr*>& definitions = definitions_.of[s];
      if (definitions.empty()) return s;
      if (definitions.size() > 1 || definitions[0]->op != Op::move_ || s < function_.parameter_slots) return typed::no_slot;
      s = definitions[0]->a + (s - definitions[0]->d);
    }
    return typed::no_slot;
  }

  // Of a range's variable: the origin of the stop of all its ranges.
  Slot stop_of(Slot s, const std::vector<Slot>& origin) const {
    if (!is_range_variable(s)) return typed::no_slot;
    Slot stop = typed::no_slot;
    for (const Instr* next : definitions_.of[s]) {
      for (const Instr* i : definitions_.of[next->a]) {
        if (i->op == Op::range_next_) continue;
        if (i->op != Op::range_init_ || !is_unit_range(*i) || i->d != next->a) return typed::no_slot;
        if (origin[i->b] == typed::no_slot || (stop != typed::no_slot && stop != origin[i->b])) return typed::no_slot;
        stop = origin[i->b];
      }
    }
    return stop;
  }
};

}  // namespace

Signs find_signs(const flow::Flow& flow, const SlotConstants& constants) {
  return Analysis(flow, constants).run();
}

}  // namespace px::jit::baseline
