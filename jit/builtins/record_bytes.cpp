#include "jit/builtins/record_bytes.h"

namespace px::jit {

using typed::Slot;

namespace {

// Copies the outer axes of an array from one run of slots to another that has `more` of them or less.
void move_axes(Emitter& e, int axes, Slot to, int to_ndim, Slot from, int from_ndim) {
  if (axes == 0) return;
  e.move(to + array_shape_slot(to_ndim, 0), from + array_shape_slot(from_ndim, 0), static_cast<uint32_t>(axes));
  e.move(to + array_stride_slot(to_ndim, 0), from + array_stride_slot(from_ndim, 0), static_cast<uint32_t>(axes));
}

}  // namespace

const Type* bytes_of(const Type* t) {
  if (t->is_record()) return types::array(Scalar::u8, 1, Layout::c, t->writable);
  if (t->ndim >= 8) return nullptr;
  return types::array(Scalar::u8, t->ndim + 1, t->layout == Layout::c ? Layout::c : Layout::any, t->writable);
}

Slot emit_bytes_of(Emitter& e, const Type* t, Slot from) {
  const Type* bytes = bytes_of(t);
  const int outer = t->ndim, ndim = outer + 1;  // a record has none
  Slot to = e.temporary(bytes);
  e.move(to, from, 1);
  move_axes(e, outer, to, ndim, from, outer);
  const size_t size = t->is_record() ? record_bytes(t) : element_bytes(t);
  e.move(to + array_shape_slot(ndim, outer), e.int_constant(static_cast<int64_t>(size)), 1);
  e.move(to + array_stride_slot(ndim, outer), e.int_constant(1), 1);
  e.move(to + array_flags_slot(ndim), e.int_constant(1), 1);
  return to;
}

void emit_records_of(Emitter& e, const Type* records, Slot from, Slot d) {
  const int outer = records->ndim, ndim = outer + 1;
  e.move(d, from, 1);
  move_axes(e, outer, d, outer, from, ndim);
  e.move(d + array_flags_slot(outer), from + array_flags_slot(ndim), 1);
}

}  // namespace px::jit
