// NumPy's functions of whole arrays: what their rules and run-time functions share, and the tables that the entries stand in.
//
// A run-time function's arguments are values one after another: of an array a word that says its element and dimensions, then its slots; of
// anything else its slots. `Reader` takes them apart again.
#pragma once

#include <initializer_list>
#include <string_view>

#include "jit/builtins/builtin.h"
#include "jit/builtins/strided.h"

namespace px::jit {

// The tables, one a file.
std::span<const Builtin> sorting_builtins();
std::span<const Builtin> statistics_builtins();
std::span<const Builtin> joining_builtins();
std::span<const Builtin> shaping_builtins();
std::span<const Builtin> vector_builtins();
std::span<const Builtin> numeric_builtins();
std::span<const Builtin> linear_builtins();
std::span<const Builtin> closeness_builtins();
std::span<const Builtin> choice_builtins();
std::span<const Builtin> sequence_builtins();
const Builtin& sort_method_builtin();
Resolution dot_rule(std::span<const Argument> arguments, const Builtin& self);  // np.dot and `@`

// An array at run time, with its element.
struct ArrayValue : Strided {
  Scalar element = Scalar::f64;
  uint64_t flags = 1;
  int64_t item() const { return static_cast<int64_t>(item_size(element)); }
};

class Reader {
 public:
  explicit Reader(const uint64_t* at) : at_(at) {}
  ArrayValue array();
  int64_t integer() { return static_cast<int64_t>(*at_++); }
  uint64_t word() { return *at_++; }
  double real();
  const uint64_t* here() const { return at_; }

 private:
  const uint64_t* at_;
};

// Sets the exception; 1.
int32_t raise(runtime::ExcKind kind, std::string_view text);
int32_t raise_value(std::string_view text);

// A new array of this shape in C order, its elements not set; its slots go to `result`. 0, or 1 with the exception set.
int32_t make_array(Scalar element, std::span<const int64_t> shape, uint64_t* result, ArrayValue& made);
// The same with the elements of `a` converted.
int32_t packed_copy(const ArrayValue& a, Scalar element, uint64_t* result, ArrayValue& made);
// Whether the elements lie aligned and in C order: one pointer of their type goes through them.
bool is_packed(const ArrayValue& a);
// `a` itself where it is packed, else a copy in the context's memory. Null data where there is none: the exception is set.
ArrayValue packed(const ArrayValue& a);
// to[...] = from, of one shape; elements are converted.
void copy_array(const ArrayValue& to, const ArrayValue& from);

// A number's slots as an element in memory.
void put_number(char* to, Scalar element, const uint64_t* slots);

// A call of a run-time function as a rule's result. `extra`: constants that come before the arguments. Arguments become `parameters` where
// these are given (null: as they are).
Resolution call_array_function(const Type* result, const char* symbol, typed::RuntimeFunction function, std::span<const Argument> arguments,
                               std::vector<const Type*> parameters = {}, std::vector<int64_t> extra = {});

inline bool is_integer_type(const Type* t) {
  return t->is_scalar() && is_integer(t->scalar);
}
inline const Type* array_of(Scalar element, int ndim) {
  return types::array(element, ndim, Layout::c);
}

}  // namespace px::jit
