// Typed code run over strips of elements: each operation is a compiled loop over a few hundred values that stay in the processor's cache.
// One definition of an operation (jit/interp/meaning.def) thus serves scalars and arrays, and an expression of many needs no temporary
// arrays.
#pragma once

#include <cstdint>
#include <vector>

#include "jit/typed/typed.h"

namespace px::jit::strip {

constexpr int64_t longest = 512;  // elements of a strip: a handful of strips fit into the first-level cache

// What a slot of the typed code is here: a strip of values in the register form of its kind. The kinds of small integers are those of
// expressions that may be computed in their own width.
size_t register_bytes(Scalar kind);

struct Step;
// Runs one operation over n elements. False with the context's exception set.
using Run = bool (*)(const Step&, char* const* registers, int64_t n);
constexpr uint32_t no_register = ~0U;

struct Step {
  Run run = nullptr;
  uint32_t d = 0, a = 0, b = 0;
  uint32_t second = no_register;                       // of `runtime`: where its second result goes, of the same kind
  void* function = nullptr;                            // call_math
  typed::RuntimeFunction runtime = nullptr;            // of scalars: called once an element
  std::vector<std::pair<uint32_t, Scalar>> arguments;  // of `runtime`: registers and their kinds
  Scalar kind = Scalar::i64;                           // of `runtime`'s result
};

// The loop for an operation of typed code, null if there is none.
Run find_run(const typed::Instr&);
// The same for integers of a small kind: of operations whose low bits come from low bits, comparisons, min and max.
Run find_narrow(typed::Op, Scalar kind);
Run find_math(void* function);  // of those functions of floats that have a loop of their own, else null
Run runtime_run();              // for a call of a built-in's runtime function

// Elements in memory, `stride` bytes apart, to and from a register's form.
using Load = void (*)(char* to, const char* from, int64_t stride, int64_t n);
using Store = void (*)(char* to, int64_t stride, const char* from, int64_t n);
Load find_load(Scalar element, Scalar kind);
Store find_store(Scalar element, Scalar kind);
// Whether elements lie in an array as they do in a register of this kind.
bool same_form(Scalar element, Scalar kind);
// Fills n values of a register from a slot.
void fill(char* to, uint64_t slot, Scalar kind, int64_t n);

}  // namespace px::jit::strip
