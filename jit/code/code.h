// px code: the untyped register code that the front end makes from a Python function's source.
//
// Registers are numbered from 0: first the parameters in order, then the other named variables, then temporaries.
// A CodeObject never changes once `verify` has accepted it, so any thread may read it without a lock.
#pragma once

#include <complex>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace px::jit {

enum class Opcode : uint8_t {
#define PX_OPCODE(name, operands, doc) name##_,
#include "jit/code/opcodes.def"
#undef PX_OPCODE
};

enum class Operator : uint8_t {
#define PX_OPERATOR(name, symbol, arity) name,
#include "jit/code/operators.def"
#undef PX_OPERATOR
};

struct OpcodeInfo {
  std::string_view name, operands, doc;
};
struct OperatorInfo {
  std::string_view name, symbol;
  int arity;
};
std::span<const OpcodeInfo> opcode_table();      // indexed by Opcode
std::span<const OperatorInfo> operator_table();  // indexed by Operator
inline const OpcodeInfo& info(Opcode op) {
  return opcode_table()[static_cast<size_t>(op)];
}
inline const OperatorInfo& info(Operator op) {
  return operator_table()[static_cast<size_t>(op)];
}

// A compile-time value: what stands in the source, or what a global was when the run started.
struct Constant;
using ConstantTuple = std::vector<Constant>;
struct NoneValue {
  bool operator==(const NoneValue&) const = default;
};
// A value known by its full dotted name: a NumPy dtype ("numpy.uint8"), a built-in function ("math.sqrt"), an exception class.
struct NamedValue {
  enum class Kind : uint8_t { builtin, dtype, exception, module } kind;
  std::string name;
  bool operator==(const NamedValue&) const = default;
};
struct Constant {
  std::variant<NoneValue, bool, int64_t, uint64_t, double, std::string, NamedValue, std::shared_ptr<const ConstantTuple>,
               std::complex<double>>
      value;
  bool operator==(const Constant& other) const;  // floats by their bits
};
std::string to_string(const Constant&);

struct Parameter {
  std::string name;
  std::optional<Constant> default_value;
  int32_t default_global = -1;  // where the default is no constant (None stands in for it): the index of the global that it is
};

// Where a global, built-in or closure name comes from. `path` is the name followed by attributes of modules: "np.random.rand".
struct GlobalName {
  std::string path;
};

struct Instruction {
  Opcode op;
  int32_t line;            // relative to the line of `def`: 0 is that line itself
  uint32_t first_operand;  // into CodeObject::operands
  uint32_t operand_count;  // lists included, with their counts
  int32_t handler = -1;    // the instruction where an exception that this one raises goes; -1: out of the function
};

struct CodeObject {
  std::string name, qualified_name, module, file;
  int32_t first_line = 0;  // of `def` (not of its decorators), 1-based
  std::string source;      // dedented source of the function alone, for the compile service; "" if it cannot be compiled there
  std::vector<Parameter> parameters;
  std::vector<std::string> registers;  // one a register; "" for a temporary
  std::vector<Constant> constants;
  std::vector<GlobalName> globals;
  std::vector<std::string> names;
  std::vector<Instruction> instructions;
  std::vector<int32_t> operands;
  // Nested functions. They have no source of their own and share the globals, by index, of the outermost function.
  std::vector<std::shared_ptr<const CodeObject>> functions;
  bool variadic = false;    // the last parameter is `*rest`: a tuple, by default an empty one
  size_t keyword_only = 0;  // how many parameters, the last ones, are given by keyword alone; none where it is variadic
  size_t captured = 0;      // of a nested function: so many first parameters are variables of the function around it

  std::span<const int32_t> operands_of(const Instruction& i) const { return {operands.data() + i.first_operand, i.operand_count}; }
};

// Says what is wrong with `code`, or nothing. Anything accepted here is safe to infer and to run: every index in range, every
// jump lands on an instruction, the last instruction does not fall through. Reads of unassigned registers are inference's to find.
std::optional<std::string> verify(const CodeObject& code);

// One line an instruction, with names and source lines: `  3  t5 = binary + x t4        ; line 2`.
std::string disassemble(const CodeObject& code);

}  // namespace px::jit
