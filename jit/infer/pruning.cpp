#include "jit/infer/pruning.h"

#include <algorithm>

#include "jit/infer/infer.h"

namespace px::jit {

namespace {

// Where values come from, through the registers that are assigned once.
class Origins {
 public:
  explicit Origins(Inference& inference) : inference_(inference), code_(inference.code()) {}

  // The register that `reg` is a copy of, itself where it is none.
  int32_t source(int32_t reg) const {
    for (const Instruction* from = definition(reg); from && from->op == Opcode::move_; from = definition(reg))
      reg = code_.operands_of(*from)[1];
    return reg;
  }

  // The instruction that alone assigns to a register, null for parameters and what is assigned several times.
  const Instruction* definition(int32_t reg) const {
    if (is_parameter(reg) || inference_.cfg().definition_count[static_cast<size_t>(reg)] != 1) return nullptr;
    auto found = std::ranges::find_if(code_.instructions, [&](auto& i) {
      bool written = false;
      for_registers(code_, i, [](int32_t) {}, [&](int32_t d) { written = written || d == reg; });
      return written;
    });
    return found == code_.instructions.end() ? nullptr : &*found;
  }

  bool is_parameter(int32_t reg) const { return static_cast<size_t>(reg) < code_.parameters.size(); }
  // A parameter that nothing else is assigned to.
  bool is_argument(int32_t reg) const { return is_parameter(reg) && inference_.cfg().definition_count[static_cast<size_t>(reg)] == 1; }
  const Type* argument(int32_t reg) const { return inference_.spec().entered()[static_cast<size_t>(reg)]; }

  // A constant, or a global by its plain name.
  bool is_constant(int32_t reg) const {
    const Instruction* from = definition(source(reg));
    return from && (from->op == Opcode::constant_ || (from->op == Opcode::global_ && global(*from).find('.') == std::string::npos));
  }

  // What is None wherever it is read: an argument, a constant.
  bool is_none(int32_t reg) const {
    const int32_t of = source(reg);
    if (is_parameter(of)) return is_argument(of) && argument(of)->is_none();
    const Instruction* from = definition(of);
    if (!from || !is_constant(of)) return false;
    auto index = static_cast<size_t>(code_.operands_of(*from)[1]);
    const Constant& value = from->op == Opcode::constant_ ? code_.constants[index] : inference_.spec().globals->at(index).constant;
    return std::holds_alternative<NoneValue>(value.value);
  }

  // `len(t)` of a tuple, `a.ndim` of an array that is an argument: constants before anything is typed.
  bool is_extent(int32_t reg) const {
    const Instruction* from = definition(source(reg));
    if (!from) return false;
    auto operands = code_.operands_of(*from);
    if (from->op == Opcode::getattr_) return code_.names[static_cast<size_t>(operands[2])] == "ndim" && is_argument(source(operands[1]));
    if (from->op != Opcode::call_ || operands[2] != 1 || called(*from) != "len") return false;
    const int32_t of = source(operands[3]);
    return is_argument(of) && argument(of)->is_tuple();
  }

  // The path of the global that a call calls; "" for anything else.
  std::string_view called(const Instruction& call) const {
    const Instruction* callee = definition(source(code_.operands_of(call)[1]));
    return callee && callee->op == Opcode::global_ ? global(*callee) : "";
  }

 private:
  std::string_view global(const Instruction& from) const { return code_.globals[static_cast<size_t>(code_.operands_of(from)[1])].path; }

  Inference& inference_;
  const CodeObject& code_;
};

// Whether Numba knows before it types which way a branch goes.
bool is_decided(Inference& inference, int32_t condition) {
  const Origins origins(inference);
  if (origins.is_constant(condition)) return true;
  const Instruction* from = origins.definition(origins.source(condition));
  if (!from) return false;
  if (from->op == Opcode::call_) return origins.called(*from) == "isinstance";
  if (from->op != Opcode::compare_) return false;
  auto operands = inference.code().operands_of(*from);
  auto known = [&](int32_t reg) { return origins.is_constant(reg) || origins.is_extent(reg); };
  auto none = [&](int32_t reg) { return inference.is_none(reg) || origins.is_none(reg); };
  return (known(operands[2]) && known(operands[3])) || (none(operands[2]) && none(operands[3]));
}

// The comparison is of an argument that is None, and its block ends in a branch on it.
bool is_of_none_argument(Inference& inference) {
  const Origins origins(inference);
  const auto& code = inference.code();
  auto operands = code.operands_of(code.instructions[inference.at()]);
  auto is_none_argument = [&](int32_t reg) { return origins.is_parameter(origins.source(reg)) && origins.is_none(reg); };
  if (!is_none_argument(operands[2]) && !is_none_argument(operands[3])) return false;
  const auto& last = code.instructions[inference.cfg().blocks[inference.cfg().block_of[inference.at()]].end - 1];
  if (last.op != Opcode::branch_) return false;
  return origins.definition(origins.source(code.operands_of(last)[0])) == &code.instructions[inference.at()];
}

}  // namespace

bool decides_branch(Inference& inference, int32_t condition) {
  if (inference.prunes_all() || is_decided(inference, condition)) return true;
  inference.note_numbas_way();
  return false;
}

bool decided_by_argument(Inference& inference) {
  if (inference.prunes_all() || !is_of_none_argument(inference)) return false;
  inference.note_numbas_way();
  return true;
}

}  // namespace px::jit
