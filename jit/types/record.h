// Records, the elements of NumPy's structured arrays: which fields they have and where.
//
// A record's type names its layout in a text: "Record(x[float64 @ 0], n[int32 @ 8]; 16, aligned)", the fields by their places in bytes, then
// the bytes of all, and whether the dtype aligns its fields.
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
  size_t offset = 0;  // bytes from the record's begin
};

// The text of a layout; fields are put in the order of their places, as Numba has them.
std::string record_text(std::vector<Field> fields, size_t bytes, bool aligned);
// Whether a text is one that `record_text` makes.
bool is_record_text(std::string_view text);

// Of a record's type.
std::vector<Field> fields_of(const Type* record);
std::optional<Field> find_field(const Type* record, std::string_view name);
size_t record_bytes(const Type* record);

// The bytes of an element of an array, of numbers or of records.
size_t element_bytes(const Type* array);

}  // namespace px::jit
