// Typed code under construction: slots, constants, instructions. Used by lowering alone; one thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "jit/code/code.h"
#include "jit/typed/typed.h"

namespace px::jit {

// A value that inference knows about: its type and, where it is the same every time, the value itself.
struct Argument {
  const Type* type = nullptr;
  std::optional<Constant> literal;
  int32_t reg = -1;  // the px register that holds it, or -1
  int32_t line = 0;  // where it was assigned, relative to `def`
  // The value is so many slots into the register, which holds a `whole`; null: it is all of the register.
  const Type* whole = nullptr;
  uint32_t offset = 0;
  // A list's: the number of the instruction that makes it, whose items' type may still widen (infer/lists.h). -1: it came from elsewhere.
  int32_t origin = -1;
  const Type* held = nullptr;  // the optional type that the register really has, where the value in it is meant: checked when it is used
};

class Emitter {
 public:
  using Slot = typed::Slot;

  explicit Emitter(typed::Function& out) : out_(out) {}

  // Slots.
  Slot temporary(const Type* type, uint32_t slots = 0);                   // a fresh run; `slots` 0: as many as the type has
  Slot variable(int32_t reg, const Type* type, const std::string& name);  // the run that holds register `reg` while it has `type`
  Slot constant(uint64_t bits, const Type* type);                         // one slot for a value, shared
  Slot int_constant(int64_t value);
  Slot float_constant(double value);
  Slot constant_value(const Constant& value, const Type* type);  // a scalar or a tuple of scalars; a fresh run for tuples

  // Instructions. Each returns the index of what it appended.
  uint32_t emit(typed::Instr instr);
  uint32_t move(Slot to, Slot from, uint32_t slots);
  void binary(typed::Op op, Scalar kind, Slot d, Slot a, Slot b, uint32_t aux = 0);
  void unary(typed::Op op, Scalar kind, Slot d, Slot a, uint32_t aux = 0);
  // The value in `from` as type `to`: the same slot where nothing needs doing, else a fresh one. Numbers, tuples, arrays, optional values.
  Slot convert(Slot value, const Type* from, const Type* to);
  void convert_into(Slot d, Slot value, const Type* from, const Type* to);
  // What `each` emits for the k-th of a choice's functions runs where it is the one that `value` holds.
  void choose(Slot value, const Type& choice, const std::function<void(size_t k)>& each);
  // Raises TypeError where there is no value; its slots begin one after `value`.
  void check_optional(Slot value, const Type* type);
  void call_runtime(const char* symbol, typed::RuntimeFunction function, std::vector<Slot> arguments, Slot result, uint32_t result_slots);
  void call_math(Slot d, Scalar kind, void* function, Slot a, Slot b = typed::no_slot);
  void raise(runtime::ExcKind kind, std::string message);
  void raise(typed::Raise);

  // Labels: jumps name a label, bound to an instruction later.
  uint32_t new_label();
  void bind(uint32_t label);  // the next instruction
  void jump(uint32_t label);
  void branch(Slot condition, uint32_t if_true, uint32_t if_false);
  void resolve_labels();

  typed::Function& out() { return out_; }
  int32_t line = 0;  // of what is emitted next
  static constexpr uint32_t out_of_function = UINT32_MAX;
  uint32_t handler = out_of_function;  // the label where exceptions of what is emitted next go
  bool error_model_python = true;
  bool bounds_check = true;
  // Asked before each load that a loop over an array makes, where somebody watches (PX_CHECK=races); usually empty.
  std::function<void(const typed::Access&)> before_load;

 private:
  void convert_to_choice(Slot d, Slot value, const Type* from, const Type* to);
  void convert_to_optional(Slot d, Slot value, const Type* from, const Type* to);
  Slot allocate(const Type* type, uint32_t slots, const std::string& name);

  typed::Function& out_;
  std::map<std::pair<int32_t, const Type*>, Slot> variables_;
  std::map<std::pair<uint64_t, const Type*>, Slot> constants_;
  std::vector<uint32_t> labels_;  // label → instruction
  static constexpr uint32_t unbound = UINT32_MAX;
};

// The register kind that arithmetic on `s` uses: i64, u64, f64, f32 or boolean.
constexpr Scalar register_kind(Scalar s) {
  if (s == Scalar::boolean || is_float(s)) return s;
  return is_signed(s) ? Scalar::i64 : Scalar::u64;
}

// The bits of a scalar constant in its slot; the constant is converted to `s` as Numba would.
uint64_t constant_bits(const Constant& value, Scalar s);

}  // namespace px::jit
