// Type inference: px code + argument types → typed px code, by Numba's rules.
//
// A forward data-flow analysis over the basic blocks: each register has one type at each point; where paths meet, types unify (as
// Numba's phi nodes do). Types only widen, so it ends. Recursion: a call of a specialisation that is being inferred takes the result known
// so far, and the cycle is repeated until no result changes.
#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "jit/builtins/builtin.h"
#include "jit/function.h"
#include "jit/infer/array_expression.h"
#include "jit/infer/cfg.h"
#include "jit/infer/lists.h"
#include "jit/infer/plan.h"

namespace px::jit {

// A user's mistake found in one instruction. Thrown by rules, caught by Inference::run: it never leaves inference.
struct InferenceError {
  runtime::ExcKind kind;
  std::string message;  // without file and line
};

// What an instruction needs is not known yet, and may be once other paths are typed: a register that none has assigned, a list that nothing
// was put in. An error where it stays so. Thrown by rules, as InferenceError.
struct NotYet {
  runtime::ExcKind kind;
  std::string message;
};

// A loop is over a tuple of several types: its iterator is made at `iter`. Thrown by rules; all is analysed again with it unrolled.
struct Unroll {
  uint32_t iter;
  size_t count;
  std::shared_ptr<const ConstantTuple> items = nullptr;  // where they are known
};

// Registers at one point.
struct FlowState {
  bool reached = false;
  std::vector<Argument> registers;  // null type: not assigned on any path, or not live
  std::vector<bool> maybe_unset;    // not assigned on some path: reads as zero there, as in Numba
};

// Inference of one specialisation; runs under `inference_lock` (graph.h).
class Inference {
 public:
  explicit Inference(Specialisation& spec);

  // One pass to the fixed point with what is known of callees now. False with `error` filled in if the code cannot be typed.
  bool analyse(CompileError& error);
  // The type returned by what was analysed, null while it is open.
  const Type* result() const { return result_; }
  // Emits the typed code; `analyse` must have said yes and `result` be known.
  void lower();

  // --- For the rules (transfer_*.cpp) ---
  // The list that the current instruction makes; `element` null: of nothing yet.
  Argument new_list(const Type* element);
  // `list`, which `element` is put into: its items' type widens where it may. A list whose items' type is known in the end.
  Argument widened(Argument list, const Type* element);
  // Whether a variable here is, or has in it, a list.
  bool lists_live() const;
  // `value` with its type, which may be used as it is: NotYet for a list of nothing.
  static void require_known(const Type* type);
  const CodeObject& code() const { return *code_; }
  Specialisation& spec() { return spec_; }
  const Cfg& cfg() const { return cfg_; }
  Argument read(int32_t reg);
  // What an optional register holds, a TypeError where that is None; any other register as it is.
  Argument read_value(int32_t reg);
  static Argument present(Argument);
  // That, members of an IntEnum as their numbers: what operators and built-ins work on.
  static Argument value_of(Argument);
  Specialisation* callee(Function& function, std::span<const Type* const> types);
  void add_return(const Type* type);
  uint32_t add_hidden(const HiddenArgument& hidden);  // its index in spec().hidden
  // `method`: the bound method whose array is the first argument, or null.
  Plan call_builtin(const Builtin& entry, std::vector<Argument> arguments, const std::string& shown, const Argument* method = nullptr);
  // Whether a register holds nothing but None here.
  bool is_none(int32_t reg) const { return now_.registers[static_cast<size_t>(reg)].type == types::none(); }
  // Whether every branch that types decide is one-sided, as where what Numba would type cannot be typed (pruning.h).
  bool prunes_all() const { return prunes_all_; }
  // A rule went by what Numba decides, where `prunes_all` would have gone by the types.
  void note_numbas_way() { numbas_way_ = true; }
  uint32_t at() const { return at_; }  // the instruction that is being inferred
  OpenExpressions& open_expressions() { return open_expressions_; }
  [[noreturn]] void refuse_write(const Argument& array);  // ProtectionError
  // The type that the function's `locals` give the variable in a register, null where they say nothing.
  const Type* fixed_type(int32_t reg) const;
  std::string register_name(int32_t reg) const { return code().registers[reg].empty() ? "the value" : "'" + code().registers[reg] + "'"; }

  // --- For lowering ---
  const FlowState& entry(uint32_t block) const { return entry_[block]; }
  const FlowState& exit(uint32_t block, size_t successor) const { return exit_[block][successor]; }
  const Plan& plan(uint32_t instruction) const { return plans_[instruction]; }
  const std::set<std::pair<int32_t, const Type*>>& zeroed() const { return zeroed_; }

 private:
  bool analyse_once(CompileError& error);
  bool attempt(CompileError& error);
  bool unroll(const Unroll& loop, CompileError& error);
  // `value`, as it is in a register to which it is assigned; TypingError where the register's fixed type cannot hold it.
  Argument fixed(Argument value, int32_t reg) const;
  // The type of a register that is `old` on one path and `now` on another; null if there is none.
  const Type* meet(const Argument& old, const Argument& now);
  void visit(uint32_t block);
  void flow(uint32_t to, const FlowState& state);
  // A register that is not set on some path and is converted where paths meet is read there, in its old type.
  void zero_what_edges_convert();
  CompileError located(const InferenceError& e, int32_t line) const;

  Specialisation& spec_;
  const CodeObject* code_;                      // the function's, or
  std::unique_ptr<const CodeObject> unrolled_;  // that with loops unrolled (jit/code/unroll.h)
  Cfg cfg_;
  std::vector<FlowState> entry_;
  std::vector<std::vector<FlowState>> exit_;  // one a successor
  std::vector<Plan> plans_;                   // one an instruction
  std::vector<bool> dirty_;
  uint32_t next_ = 0;  // the block that is looked at next: the first that may have changed
  std::set<std::pair<int32_t, const Type*>> zeroed_;
  // What stopped a block: a mistake (perhaps of types that a path still to be typed widens: None before a loop, an array after its first
  // round), a read of a register that no path assigns (perhaps not yet), or a call of open result.
  struct Stop {
    uint32_t at;
    std::optional<InferenceError> error;
    bool waits = true;  // for the open results of calls, where there are any
  };
  std::vector<std::optional<Stop>> stops_;  // one a block
  const Type* result_ = nullptr;
  bool prunes_all_, numbas_way_ = false;
  ListTypes lists_;
  FlowState now_;
  uint32_t at_ = 0;
  std::vector<Argument> unset_;  // Plan::unset of the instruction that is being inferred
  OpenExpressions open_expressions_;
};

[[noreturn]] void unsupported(const std::string& what, const std::string& instead);
[[noreturn]] void mistyped(const std::string& what);

// The rules: one function an opcode.
using TransferRule = Plan (*)(Inference&, std::span<const int32_t> operands);
TransferRule transfer_rule(Opcode);

// Where a value of this type has addresses that must not be zero: offsets into its slots are appended.
void add_addresses(const Type* type, uint32_t offset, std::vector<uint32_t>& out);

// The type of a tuple in a program; `unsupported` where it is too large.
const Type* tuple_type(std::span<const Type* const> elements);

// The type of a constant, null if it has none (an integer beyond 64 bits never gets here).
const Type* constant_type(const Constant& value);

}  // namespace px::jit
