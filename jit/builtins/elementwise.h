// Element-wise expressions over whole arrays: `a * b + c` in one pass, by strips (strip.h), without arrays in between.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "jit/builtins/strided.h"
#include "jit/builtins/strip.h"
#include "jit/typed/typed.h"

namespace px::jit {

// One expression with the types of its operands. Never changes once made; any thread may evaluate it. A complex number is in two registers,
// an array of them is read and written as two of its parts.
struct Elementwise {
  std::vector<const Type*> operands;  // arrays and numbers, in the first registers one after another
  const Type* result = nullptr;       // an array
  bool into = false;                  // the result goes into an array that is given after the operands, and is that array
  bool direct = false;                // the last step alone writes the result: it may write to the array itself
  uint32_t result_register = 0, imaginary_register = 0;  // the second of complex numbers alone
  std::vector<strip::Step> steps;
  std::vector<Scalar> kinds;               // one a register
  std::vector<typed::Constant> constants;  // registers with one value throughout
};

// From straight typed code over slots of numbers: the operands are in the first slots one after another, the result's element in
// `result_slot`. Null where the code branches or has an operation that works on no strip.
std::shared_ptr<Elementwise> make_elementwise(const typed::Function& kernel, std::vector<const Type*> operands, const Type* result,
                                              typed::Slot result_slot);

// Arguments: the Elementwise, the operands' slots, where it says so the result's. Result: the array's slots. ValueError where shapes do not
// fit, MemoryError, and what the operations raise.
int32_t evaluate_elementwise(const uint64_t* arguments, uint64_t* result);

// Shapes by NumPy's rule: false where they do not fit. Grows `shape`, whose axes are 1 at first.
bool broadcast(std::span<int64_t> shape, const Strided& array);
int32_t shapes_differ();  // raises

}  // namespace px::jit
