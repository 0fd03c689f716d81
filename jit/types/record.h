// Records, the elements of NumPy's structured arrays: which fields they have and where.
//
// A record's type names its layout in a text: "Record(x[float64 @ 0], n[int32 @ 8]; 16, aligned)", the fields by their places in bytes,
// then the bytes of all, and whether the dtype aligns its fields. A field may be a record, or an array in C order whose extents follow its
// element: "v[float64(2,3) @ 16]".
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "jit/types/type.h"

namespace px::jit {

struct Field {
  std::string name;
  Scalar scalar = Scalar::f64;
  size_t offset = 0;           // bytes from the record's begin
  std::string record;          // the layout where it is a record, or an array of records
  std::vector<int64_t> shape;  // where it is an array
};

// The text of a layout; fields are put in the order of their places, as Numba has them.
std::string record_text(std::vector<Field> fields, size_t bytes, bool aligned);
// Whether a text is one that `record_text` makes.
bool is_record_text(std::string_view text);

// Of a record's type.
std::vector<Field> fields_of(const Type* record);
std::optional<Field> find_field(const Type* record, std::string_view name);
size_t record_bytes(const Type* record);

// What reading a field gives: a number, the place of a record, an array of either.
const Type* field_type(const Field&, bool writable);
// One element of a field: a number's or a record's.
size_t item_bytes(const Field&);
// All numbers of a record as fields without names: those of its records and arrays too.
std::vector<Field> numbers_of(const Type* record);

// The bytes of an element of an array, of numbers or of records.
size_t element_bytes(const Type* array);

// Its type: a number or a record.
const Type* element_type(const Type* array);

// A structured dtype as a value: of kind dtype, without slots; text: its record's layout.
const Type* record_dtype(const Type* record);
inline bool is_record_dtype(const Type* t) {
  return t->kind == TypeKind::dtype && !t->text.empty();
}
// An array of numbers or of records.
const Type* array_of_element(const Type* element, int ndim, Layout layout, bool writable = true);

}  // namespace px::jit
