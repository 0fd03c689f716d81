// px types: immutable and interned, so that equal types are equal pointers. Making one takes a lock; reading one never does.
// Types live as long as the process.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace px::jit {

class Function;  // jit/function.h

// The machine representation of a scalar in its 8-byte slot: integers are sign- or zero-extended to 64 bits, boolean is 0 or 1,
// f32 lies in the low four bytes.
// Complex numbers are two slots of their part's representation: their type is of a kind of its own, so that no rule for one slot takes
// them.
enum class Scalar : uint8_t { boolean, i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, c64, c128 };
constexpr size_t scalar_count = 11;   // of one slot
constexpr size_t element_count = 13;  // what arrays may hold
size_t item_size(Scalar);             // bytes in an array: 1 … 16
std::string_view numpy_name(Scalar);  // "bool", "int8", … "float64": also Numba's names, but for bool ("boolean" in signatures)
constexpr bool is_float(Scalar s) {
  return s == Scalar::f32 || s == Scalar::f64;
}
constexpr bool is_signed(Scalar s) {
  return s >= Scalar::i8 && s <= Scalar::i64;
}
constexpr bool is_unsigned(Scalar s) {
  return s >= Scalar::u8 && s <= Scalar::u64;
}
constexpr bool is_integer(Scalar s) {
  return is_signed(s) || is_unsigned(s);
}

constexpr bool is_complex(Scalar s) {
  return s == Scalar::c64 || s == Scalar::c128;
}
// Of which a complex number has two.
constexpr Scalar part_of_complex(Scalar s) {
  return s == Scalar::c64 ? Scalar::f32 : Scalar::f64;
}

enum class Layout : uint8_t { c, f, any };  // Numba's 'C', 'F', 'A'

enum class TypeKind : uint8_t {
  none,         // no slots
  scalar,       // one slot
  array,        // data, shape[ndim], strides[ndim] in bytes, flags (bit 0: writable): 2 + 2·ndim slots
  tuple,        // the slots of its elements, one after another
  range,        // start, stop, step: three slots of one integer type
  range_iter,   // next, step, remaining count: three slots
  array_iter,   // an array followed by the next index: 3 + 2·ndim slots
  string,       // a literal text; no slots
  dtype,        // a NumPy dtype as a value; no slots
  function,     // a px function as a value: the slots of what it captures, its first arguments
  builtin,      // a built-in function or type as a value; no slots
  exception,    // an exception class as a value; no slots
  module,       // no slots
  slice,        // start, stop, step, and which are present in the type: three slots
  ellipsis,     // `...` in an index; no slots
  list,         // one slot: the address of its header (jit/builtins/list.h); elements[0] its items' type, none while that is not known
  tuple_class,  // a named tuple's class as a value; text: its name, fields and number; no slots
  method,       // text: the name, elements[0]: the array, list or interlocked object that it belongs to; that one's slots
  iterator,     // text: "enumerate" (the count, then an iterator), "zip" (iterators, one after another), "tuple" and "list" (the next
                // index, then the tuple or list), "shared" (the address of such an iterator's slots)
  complex,      // real and imaginary part: two slots, of scalar c64 or c128
  optional,     // elements[0] or None: whether there is a value (0 or 1), then its slots
  interlocked,  // text: "Int64", "UInt64", "Float64" (of element `scalar`) or "List"; one slot: its address
  python,       // an ordinary Python function, as px.call_from_main_thread takes it; one slot
  work,         // a child context (jit/builtins/children.h), elements[0] its result; one slot: the address of what is known of it
  record,       // an element of a structured array; text: its layout (record.h); one slot: its address
  records,      // an array of records, elements[0]: slots as an array's
  choice,       // one of several px functions that capture nothing, elements; one slot: its place among them
  prototype,    // what an explicit signature asks of a function that is given: elements[0] the result, then the parameters; of no value
  enum_member,  // elements[0]: its value, whose slots it has; text: "Enum:", "IntEnum:" (a number wherever one is asked for) or
                // "OpaqueEnum:" (values of several types: the slot is its place among the members), then its class
};

struct Type {
  TypeKind kind;
  Scalar scalar{};                     // scalar, array, range, range_iter, array_iter, dtype, interlocked: the element
  uint8_t ndim = 0;                    // array, array_iter, records
  Layout layout = Layout::c;           // array, array_iter, records
  bool writable = true;                // array, array_iter, records, record
  std::vector<const Type*> elements;   // tuple, method, iterator, optional, function: what it captures; list, records, choice, prototype
  const Function* function = nullptr;  // function
  std::string text;  // string, builtin, exception, module, method, iterator, interlocked: its value or full name; a named tuple: its class
  uint32_t slots = 0;  // 8-byte slots of a value
  uint32_t parts = 1;  // tuple: itself and the parts of its elements

  bool is_scalar() const { return kind == TypeKind::scalar; }
  bool is_complex() const { return kind == TypeKind::complex; }
  bool is_number() const { return is_scalar() || is_complex(); }
  bool is_optional() const { return kind == TypeKind::optional; }
  bool is_array() const { return kind == TypeKind::array; }
  bool is_records() const { return kind == TypeKind::records; }
  bool is_record() const { return kind == TypeKind::record; }
  bool is_tuple() const { return kind == TypeKind::tuple; }
  bool is_list() const { return kind == TypeKind::list; }
  bool is_enum_member() const { return kind == TypeKind::enum_member; }
  bool is_none() const { return kind == TypeKind::none; }
};

namespace types {
const Type* none();
const Type* scalar(Scalar);                                                 // complex for c64 and c128
const Type* optional(const Type* of);                                       // itself where it is optional or none
const Type* array(Scalar element, int ndim, Layout, bool writable = true);  // 0 ≤ ndim ≤ 8; ndim 1 that is F becomes C
constexpr size_t max_tuple_parts = 1000;  // of a tuple in a program: every function that meets one copies its slots
const Type* tuple(std::span<const Type* const> elements, std::string_view named = {});  // `named`: a tuple_class's text
const Type* tuple_class(std::string_view text);
const Type* list(const Type* element);  // null: not known yet
const Type* range(Scalar);
const Type* range_iter(Scalar);
const Type* array_iter(const Type* array);
const Type* string(std::string_view);
const Type* dtype(Scalar);
const Type* function(const Function*, std::span<const Type* const> captured = {});
constexpr size_t max_choices = 16;
const Type* choice(std::vector<const Type*> functions);  // in any order; the same one several times counts once; one alone: itself
const Type* prototype(const Type* result, std::span<const Type* const> parameters);
const Type* builtin(std::string_view full_name);
const Type* exception(std::string_view full_name);
const Type* module(std::string_view full_name);
const Type* slice(bool start, bool stop, bool step);  // which bounds are given; an absent one's slot is 0
const Type* ellipsis();
const Type* method(const Type* array, std::string_view name);
const Type* iterator(std::string_view name, std::span<const Type* const> of);
const Type* interlocked(Scalar element);  // int64, uint64 or float64
const Type* interlocked_list();
const Type* python();
const Type* work(const Type* result);
const Type* record(std::string_view text, bool writable = true);
const Type* records(const Type* record, int ndim, Layout, bool writable = true);
const Type* enum_member(std::string_view text, const Type* value);
inline const Type* boolean() {
  return scalar(Scalar::boolean);
}
inline const Type* int64() {
  return scalar(Scalar::i64);
}
inline const Type* uint64() {
  return scalar(Scalar::u64);
}
inline const Type* float64() {
  return scalar(Scalar::f64);
}
inline const Type* float32() {
  return scalar(Scalar::f32);
}
}  // namespace types

// What a user reads, what goes to the compile service and what comes back from it, in Numba's spelling: "int64",
// "array(float64, 2d, C)", "readonly array(float64, 1d, A)", "Tuple(int64, float64)", "interlocked.Int64", "none". `parse_type` reads
// these; null if it cannot.
std::string to_string(const Type*);
const Type* parse_type(std::string_view);

// Offsets, in slots, inside an array value.
constexpr uint32_t array_data_slot = 0;
constexpr uint32_t array_shape_slot(int /*ndim*/, int axis) {
  return 1 + static_cast<uint32_t>(axis);
}
constexpr uint32_t array_stride_slot(int ndim, int axis) {
  return 1 + static_cast<uint32_t>(ndim + axis);
}
constexpr uint32_t array_flags_slot(int ndim) {
  return 1 + 2 * static_cast<uint32_t>(ndim);
}

}  // namespace px::jit
