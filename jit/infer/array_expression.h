// Array expressions: trees of element-wise operations that are computed in one pass, without arrays in between.
//
// As in Numba, an operator or element-wise function on arrays takes in its operands' expressions where these are temporaries of the same
// block: the whole tree is then computed element by element, with the types that scalars would have (int32 elements are added in 64 bits),
// and divides by zero as NumPy does. What the tree leaves behind has the type that NumPy's loops say.
#pragma once

#include <map>
#include <memory>
#include <variant>
#include <vector>

#include "jit/builtins/builtin.h"
#include "jit/infer/plan.h"

namespace px::jit {

class Inference;

struct ArrayExpression {
  using Operand = std::variant<Argument, std::shared_ptr<ArrayExpression>>;
  const Builtin* entry = nullptr;  // what computes an element
  std::vector<Operand> operands;
  const Type* type = nullptr;  // the array that it makes
  uint32_t at = 0;             // its instruction
  bool taken = false;          // it is part of another: its own instruction does nothing
};

// The expressions of a block that others may still take in, by the register that holds them. Belongs to one Inference.
class OpenExpressions {
 public:
  void clear() { open_.clear(); }
  // A register got a new value; `expression`: it is that (or null).
  void written(int32_t reg, std::shared_ptr<ArrayExpression> expression);
  std::shared_ptr<ArrayExpression> find(int32_t reg) const;

 private:
  std::map<int32_t, std::shared_ptr<ArrayExpression>> open_;
};

// Whether a call of the entry with these arguments works element by element on arrays.
bool is_elementwise(const Builtin& entry, std::span<const Argument> arguments);
// The plan of such a call. `in_place`: an operator that writes to its first operand. One argument more than the function takes is where the
// result goes.
Plan elementwise(Inference&, const Builtin& entry, const std::vector<Argument>& arguments, const std::string& shown, bool in_place = false);

}  // namespace px::jit
