// What the lists that a function makes hold. As Numba has it, a list's type is that of all that is put into it: `x = []` says nothing, and
// `x.append(1)`, `x.append(0.5)` make it a list of float64 from the start. So inference begins again whenever a list turns out to hold
// more.
#pragma once

#include <cstdint>
#include <map>

#include "jit/types/type.h"

namespace px::jit {

// Something widened: the function is to be analysed again. Thrown by ListTypes, caught by Inference::analyse.
struct ListsWidened {};

// A list, or a value with one in it: its header and items are in the context's own memory, and change there.
bool holds_list(const Type*);

// Lists by the instruction that makes them. Those that meet in a variable hold the same.
class ListTypes {
 public:
  // What the list made at `origin` holds, given that it holds `element` (null: nothing). Null while that is nothing.
  const Type* made(int32_t origin, const Type* element);
  // An `element` is put into it. False if that does not go together with what it holds.
  bool widen(int32_t origin, const Type* element);
  // They are the same list on two paths. False as above.
  bool join(int32_t a, int32_t b);

 private:
  int32_t root(int32_t origin);
  std::map<int32_t, int32_t> parents_;
  std::map<int32_t, const Type*> elements_;  // by root
};

}  // namespace px::jit
