// Typed px code: what inference makes of px code for one tuple of argument types, and what interpreter and baseline take.
//
// A function has one frame of 8-byte slots: parameters first (each type's run of slots, in order, hidden array arguments after
// them), then constants (their values are in `constants`, to be copied in at entry), then variables and temporaries. Every slot has
// one representation for the whole function: a variable whose type changes has a slot run a type, and conversions are explicit.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "jit/types/type.h"
#include "runtime/exception.h"

namespace px::jit {
class Specialisation;
}

namespace px::jit::typed {

enum class Op : uint8_t {
#define PX_TYPED_OP(name, kinds, doc) name##_,
#include "jit/typed/ops.def"
#undef PX_TYPED_OP
};

using Slot = uint32_t;
constexpr Slot no_slot = UINT32_MAX;

struct Instr {
  Op op;
  Scalar kind = Scalar::i64;  // i64, u64, f64, f32 or boolean
  Scalar to = Scalar::i64;    // convert only
  Slot d = no_slot, a = no_slot, b = no_slot;
  uint32_t target = 0, target2 = 0;  // instruction indices
  uint32_t aux = 0;
  int32_t line = 0;  // relative to `def`
};

struct Access {
  Slot array = no_slot;  // first slot of the array value
  const Type* type = nullptr;
  std::vector<Slot> index;  // one an axis; i64 (or u64 where `index_unsigned`)
  bool index_unsigned = false;
  bool bounds_check = true;  // otherwise an index out of bounds is undefined
  bool wraparound = true;    // negative indices count from the end
};

struct Call {
  Specialisation* callee = nullptr;
  std::vector<Slot> arguments;  // slot by slot, the callee's hidden arguments included
  Slot result = no_slot;        // result_slots slots
  uint32_t result_slots = 0;
};

// A built-in's runtime function: reads `arguments` gathered in order, writes `result`. 0, or 1 with the context's ExcInfo filled in.
using RuntimeFunction = int32_t (*)(const uint64_t* arguments, uint64_t* result);
struct RuntimeCall {
  RuntimeFunction function = nullptr;
  std::string symbol;  // its name for the linker and for people
  std::vector<Slot> arguments;
  Slot result = no_slot;
  uint32_t result_slots = 0;
};

struct Raise {
  runtime::ExcKind kind{};
  std::string message;             // used where there are no arguments
  std::vector<const Type*> types;  // of the arguments
  std::vector<Slot> arguments;     // all slots of the arguments
  bool has_message = false;
};

// One definition of a named variable, compared with Numba's before native code is accepted.
struct Definition {
  std::string variable;
  int32_t line;
  const Type* type;
};

struct Constant {
  Slot slot;
  uint64_t bits;
};

struct Function {
  std::string name;
  uint32_t parameter_slots = 0;  // hidden arguments included
  uint32_t frame_slots = 0;
  uint32_t result_slots = 0;
  bool allocates = false;  // it may leave memory in the arena, beside what it returns
  bool writes = false;     // it may write to arrays
  bool doubts = false;     // it looks whether variables are set: of types whose zero is no value
  std::vector<Constant> constants;
  std::vector<Instr> code;
  std::vector<Access> accesses;
  std::vector<Call> calls;
  std::vector<RuntimeCall> runtime_calls;
  std::vector<Raise> raises;
  std::vector<void*> pointers;
  std::vector<Definition> definitions;
  std::vector<std::string> slot_names;  // for people: the variable that a slot holds, or ""
  std::vector<const Type*> slot_types;  // for people: its type (of the first slot of a run)
};

std::string disassemble(const Function&);

}  // namespace px::jit::typed
