// Rules: records, the elements of structured arrays, and places of `a.flat`.
//
// A record is its address: reading and writing its fields is reading and writing the array. Each field is reached as an array in no
// dimensions at its address, by the operations that reach elements of other arrays.
#include <algorithm>
#include <cstring>

#include "jit/builtins/record_bytes.h"
#include "jit/builtins/strided.h"
#include "jit/builtins/view.h"
#include "jit/infer/enumeration.h"
#include "jit/infer/lowering.h"
#include "jit/infer/races.h"
#include "jit/infer/transfer.h"
#include "jit/infer/undo.h"
#include "jit/types/record.h"
#include "runtime/context.h"

namespace px::jit::transfer {

using typed::Op;
using typed::Slot;

namespace {

bool is_whole(const Type* t) {
  return t->is_scalar() && is_integer(t->scalar);
}

Scalar part_of(Scalar s) {
  return is_complex(s) ? part_of_complex(s) : s;
}
Slot parts_of(Scalar s) {
  return is_complex(s) ? 2 : 1;
}

// Part `k` of a number that lies `offset` bytes behind `address`, about to be read or written.
typed::Access place_of(Lowering& low, Slot address, Scalar scalar, size_t offset, Slot k, bool writes) {
  auto& e = low.emitter;
  const Type* type = types::array(part_of(scalar), 0, Layout::c);
  Slot at = e.temporary(type);
  e.binary(Op::add_, Scalar::i64, at, address, e.int_constant(static_cast<int64_t>(offset + k * item_size(type->scalar))));
  e.move(at + array_flags_slot(0), e.int_constant(1), 1);
  typed::Access access{.array = at, .type = type, .index = {}, .bounds_check = false, .wraparound = false};
  about_to_touch(low, access, writes);
  return access;
}

// Reads or writes a number: both parts of a complex one.
void access_number(Lowering& low, Slot address, Scalar scalar, size_t offset, Op op, Slot value) {
  auto& e = low.emitter;
  Scalar part = part_of(scalar);
  for (Slot k = 0; k < parts_of(scalar); ++k) {
    typed::Access access = place_of(low, address, scalar, offset, k, op == Op::store_);
    e.out().accesses.push_back(std::move(access));
    typed::Instr i{.op = op, .kind = register_kind(part), .aux = static_cast<uint32_t>(e.out().accesses.size() - 1)};
    (op == Op::load_ ? i.d : i.a) = value + k;
    e.emit(i);
  }
}

Field field_named(const Type* record, std::string_view name) {
  if (auto field = find_field(record, name)) return *field;
  std::string names;
  for (auto& f : fields_of(record)) names += (names.empty() ? "" : ", ") + f.name;
  mistyped("a record has no field '" + std::string(name) + "': its fields are " + names);
}

// The array as one of bytes: what its shape and strides say is the same.
const Type* as_bytes(const Type* records) {
  return types::array(Scalar::u8, records->ndim, records->layout == Layout::c ? Layout::any : records->layout, records->writable);
}

// All axes of an array of records have an integer: an element.
bool is_element(const Type* records, const Type* index) {
  if (index->is_tuple()) return index->elements.size() == records->ndim && std::ranges::all_of(index->elements, is_whole);
  return records->ndim == 1 && is_whole(index);
}

void emit_address(Lowering& low, const Argument& a, const Argument& index, Slot d) {
  auto& e = low.emitter;
  std::vector<const Type*> kinds = index.type->is_tuple() ? index.type->elements : std::vector<const Type*>{index.type};
  Slot array = low.of(a), first = low.of(index);
  int ndim = a.type->ndim;
  if (e.bounds_check) {  // a byte of the element is read: that checks the indices
    typed::Access access{.array = array, .type = types::array(Scalar::u8, ndim, Layout::any), .index = {}};
    access.index_unsigned = std::ranges::all_of(kinds, [](auto* t) { return is_unsigned(t->scalar); });
    for (Slot k = 0; k < kinds.size(); ++k) access.index.push_back(first + k);
    e.out().accesses.push_back(std::move(access));
    e.emit({.op = Op::load_,
            .kind = Scalar::u64,
            .d = e.temporary(types::uint64()),
            .aux = static_cast<uint32_t>(e.out().accesses.size() - 1)});
  }
  Slot address = e.temporary(types::int64()), step = e.temporary(types::int64()), negative = e.temporary(types::boolean());
  e.move(address, array, 1);
  for (int axis = 0; axis < ndim; ++axis) {
    Slot at = first + static_cast<Slot>(axis);
    if (is_signed(kinds[static_cast<size_t>(axis)]->scalar)) {
      e.binary(Op::lt_, Scalar::i64, negative, at, e.int_constant(0));
      e.move(step, e.convert(negative, types::boolean(), types::int64()), 1);
      e.binary(Op::mul_, Scalar::i64, step, step, array + array_shape_slot(ndim, axis));
      e.binary(Op::add_, Scalar::i64, step, step, at);
    } else {
      e.move(step, at, 1);
    }
    e.binary(Op::mul_, Scalar::i64, step, step, array + array_stride_slot(ndim, axis));
    e.binary(Op::add_, Scalar::i64, address, address, step);
  }
  e.move(d, address, 1);
}

// The field of every record of an array: an array's own axes come last.
const Type* field_view(const Type* records, const Field& f) {
  const auto ndim = records->ndim + static_cast<int>(f.shape.size());
  if (ndim > 8) unsupported("an array of more than 8 dimensions", "fewer of them");
  Field element = f;
  element.shape.clear();
  return array_of_element(field_type(element, records->writable), ndim, Layout::any, records->writable);
}

// The extents and strides of a field that is an array, from axis `first` of one in `ndim` dimensions on.
void emit_extents(Lowering& low, const Field& f, Slot array, int ndim, int first) {
  auto& e = low.emitter;
  auto stride = static_cast<int64_t>(item_bytes(f));
  for (size_t k = f.shape.size(); k-- > 0; stride *= f.shape[k]) {
    const int axis = first + static_cast<int>(k);
    e.move(array + array_shape_slot(ndim, axis), e.int_constant(f.shape[k]), 1);
    e.move(array + array_stride_slot(ndim, axis), e.int_constant(stride), 1);
  }
}

void emit_field_view(Lowering& low, const Argument& a, const Field& f, Slot d) {
  auto& e = low.emitter;
  const Type* view = field_view(a.type, f);
  const int outer = a.type->ndim, ndim = view->ndim;
  const auto axes = static_cast<uint32_t>(outer);
  Slot from = low.of(a), to = e.temporary(view);  // `d` may be where the array is
  e.binary(Op::add_, Scalar::i64, to, from, e.int_constant(static_cast<int64_t>(f.offset)));
  if (outer > 0) {
    e.move(to + array_shape_slot(ndim, 0), from + array_shape_slot(outer, 0), axes);
    e.move(to + array_stride_slot(ndim, 0), from + array_stride_slot(outer, 0), axes);
  }
  emit_extents(low, f, to, ndim, outer);
  e.move(to + array_flags_slot(ndim), from + array_flags_slot(outer), 1);
  e.move(d, to, view->slots);
}

// A field of one record that is a record or an array: where it lies.
void emit_field_place(Lowering& low, const Argument& record, const Field& f, Slot d) {
  auto& e = low.emitter;
  e.binary(Op::add_, Scalar::i64, d, low.of(record), e.int_constant(static_cast<int64_t>(f.offset)));
  if (f.shape.empty()) return;
  const auto ndim = static_cast<int>(f.shape.size());
  emit_extents(low, f, d, ndim, 0);
  e.move(d + array_flags_slot(ndim), e.int_constant(record.type->writable), 1);
}

const Type* with_bytes(const Type* t) {
  const Type* bytes = bytes_of(t);
  if (!bytes) unsupported("moving an array of records of more than 7 dimensions", "fewer of them");
  return bytes;
}
Indexed indexed_bytes(const Argument& a) {
  return {with_bytes(a.type), [a](Lowering& low) { return emit_bytes_of(low.emitter, a.type, low.of(a)); }};
}

// All of `view`, an array of records, becomes `value`: a record, or records that are broadcast.
void emit_assign_records(Lowering& low, const Type* view, Slot to, const Argument& value) {
  about_to_write(low, view, to);
  if (value.type->is_records()) emit_race_check(low, value.type, low.of(value), false);
  auto& e = low.emitter;
  Slot target = emit_bytes_of(e, view, to);
  emit_assign(e, bytes_of(view), target, bytes_of(value.type), emit_bytes_of(e, value.type, low.of(value)));
}

// The layout of records, "" of anything else.
std::string_view layout_of(const Type* t) {
  return t->is_record() ? std::string_view(t->text) : t->is_records() ? std::string_view(t->elements[0]->text) : std::string_view();
}

int32_t copy_record(const uint64_t* x, uint64_t*) {
  std::memmove(reinterpret_cast<void*>(x[0]), reinterpret_cast<const void*>(x[1]), x[2]);
  return 0;
}

// The address of element `index` of an array in index order. Arguments: whether it is checked, the dimensions, the index, the array.
int32_t flat_place(const uint64_t* x, uint64_t* result) {
  auto a = Strided::of(x + 3, static_cast<int>(x[1]));
  int64_t size = a.size();
  auto given = static_cast<int64_t>(x[2]), at = given < 0 ? given + size : given;
  if (x[0] != 0 && (at < 0 || at >= size)) {
    runtime::Context::current()->exc.set(
        runtime::ExcKind::IndexError, "index " + std::to_string(given) + " is out of bounds for axis 0 with size " + std::to_string(size));
    return 1;
  }
  char* p = a.data;
  for (int axis = a.ndim; axis-- > 0;) {
    auto k = static_cast<size_t>(axis);
    p += at % a.shape[k] * a.strides[k];
    at /= a.shape[k];
  }
  *result = reinterpret_cast<uint64_t>(p);
  return 0;
}

void flat_access(Lowering& low, const Argument& flat, const Argument& index, Op op, Slot value) {
  auto& e = low.emitter;
  const Type* array = flat.type->elements[0];
  std::vector<Slot> slots = {e.int_constant(e.bounds_check), e.int_constant(array->ndim), low.of(index)};
  for (uint32_t k = 0; k < array->slots; ++k) slots.push_back(low.of(flat) + k);
  Slot address = e.temporary(types::int64());
  e.call_runtime("px_flat_place", flat_place, std::move(slots), address, 1);
  access_number(low, address, array->scalar, 0, op, value);
}

Slot number_to_store(Lowering& low, const Argument& value, Scalar to) {
  return low.emitter.convert(low.of(value), value.type, types::scalar(to));
}
void require_number(const Argument& value, Scalar to, const std::string& where) {
  if (!value.type->is_number() || conversion(value.type, types::scalar(to)) == Conversion::impossible)
    mistyped("cannot store " + to_string(value.type) + " in " + where);
}

}  // namespace

namespace {

Plan read_field(const Argument& record, const Field& f) {
  const Type* type = field_type(f, record.type->writable);
  return {.results = {{type}}, .lower = [=](Lowering& low, std::span<const Slot> d) {
            if (type->is_number()) return access_number(low, low.of(record), f.scalar, f.offset, Op::load_, d[0]);
            Slot to = low.emitter.temporary(type);  // `d` may be where the record is
            emit_field_place(low, record, f, to);
            low.emitter.move(d[0], to, type->slots);
          }};
}

void emit_copy(Lowering& low, Slot to, const Argument& record) {
  auto& e = low.emitter;
  e.out().writes = true;
  Slot from = low.of(record);
  if (low.in_snapshot() || race_check().load(std::memory_order_relaxed))
    for (auto& f : numbers_of(record.type))
      for (Slot k = 0; k < parts_of(f.scalar); ++k) {
        place_of(low, from, f.scalar, f.offset, k, false);
        place_of(low, to, f.scalar, f.offset, k, true);
      }
  e.call_runtime("px_copy_record", copy_record, {to, from, e.int_constant(static_cast<int64_t>(record_bytes(record.type)))},
                 e.temporary(types::int64()), 1);
}

// Assigns to the array that `make` puts into a run of slots.
Plan assign_to_view(const Type* view, const Argument& value, const std::string& where, std::function<void(Lowering&, Slot)> make) {
  if (view->is_records()) {
    if (layout_of(value.type) != layout_of(view)) mistyped("cannot store " + to_string(value.type) + " in " + where);
    with_bytes(view), with_bytes(value.type);
    return {.lower = [=](Lowering& low, std::span<const Slot>) {
      Slot to = low.emitter.temporary(view);
      make(low, to);
      emit_assign_records(low, view, to, value);
    }};
  }
  if (!value.type->is_array()) require_number(value, view->scalar, where);
  if (is_complex(view->scalar) || (value.type->is_array() && is_complex(value.type->scalar)))
    unsupported("assigning to part of an array of complex numbers", "element by element");
  return {.lower = [=](Lowering& low, std::span<const Slot>) {
    auto& e = low.emitter;
    Slot to = e.temporary(view);
    make(low, to);
    about_to_write(low, view, to);
    if (!value.type->is_array()) return emit_fill(e, view, to, number_to_store(low, value, view->scalar));
    emit_race_check(low, value.type, low.of(value), false);
    emit_assign(e, view, to, value.type, low.of(value));
  }};
}

}  // namespace

Plan record_field(const Argument& record, std::string_view name) {
  return read_field(record, field_named(record.type, name));
}

Plan record_item(const Argument& record, const Argument& index) {
  if (index.type->kind == TypeKind::string) return record_field(record, index.type->text);
  auto* number = index.literal ? std::get_if<int64_t>(&index.literal->value) : nullptr;
  auto fields = fields_of(record.type);
  if (!number || *number < 0 || *number >= static_cast<int64_t>(fields.size()))
    unsupported("indexing a record with " + to_string(index.type), "the name of a field: r['x'] or r.x");
  return read_field(record, fields[static_cast<size_t>(*number)]);
}

Plan store_record_field(Inference& inf, const Argument& record, std::string_view name, const Argument& value) {
  if (!record.type->writable) inf.refuse_write(record);
  Field f = field_named(record.type, name);
  const Type* type = field_type(f, true);
  const std::string where = "the field '" + f.name + "' of type " + to_string(type);
  if (type->is_number()) {
    require_number(value, f.scalar, where);
    return {.lower = [=](Lowering& low, std::span<const Slot>) {
      access_number(low, low.of(record), f.scalar, f.offset, Op::store_, number_to_store(low, value, f.scalar));
    }};
  }
  if (!type->is_record()) return assign_to_view(type, value, where, [=](Lowering& low, Slot to) { emit_field_place(low, record, f, to); });
  if (!value.type->is_record() || value.type->text != type->text) mistyped("cannot store " + to_string(value.type) + " in " + where);
  return {.lower = [=](Lowering& low, std::span<const Slot>) {
    Slot to = low.emitter.temporary(types::int64());
    emit_field_place(low, record, f, to);
    emit_copy(low, to, value);
  }};
}

Plan records_field(const Argument& records, std::string_view name) {
  Field f = field_named(records.type->elements[0], name);
  return {.results = {{field_view(records.type, f)}},
          .lower = [=](Lowering& low, std::span<const Slot> d) { emit_field_view(low, records, f, d[0]); }};
}

Plan records_item(const Argument& a, const Argument& index) {
  if (index.type->kind == TypeKind::string) return records_field(a, index.type->text);
  const Type* record = types::record(a.type->elements[0]->text, a.type->writable);
  if (is_element(a.type, index.type))
    return {.results = {{record}}, .lower = [=](Lowering& low, std::span<const Slot> d) { emit_address(low, a, index, d[0]); }};
  if (has_array_index(index.type)) {
    Plan plan = fancy_item(indexed_bytes(a), index);
    const Type *bytes = plan.results[0].type, *result = types::records(record, bytes->ndim - 1, Layout::c);
    plan.results = {{result}};
    plan.lower = [=, select = plan.lower](Lowering& low, std::span<const Slot> d) {
      const Slot selected[] = {low.emitter.temporary(bytes)};
      select(low, selected);
      emit_records_of(low.emitter, result, selected[0], d[0]);
    };
    return plan;
  }
  const Type* view = view_of(as_bytes(a.type), index);
  if (!view) unsupported("indexing an array of records with " + to_string(index.type), "integers and slices, or a loop");
  Layout layout = a.type->layout == Layout::c ? view_of(types::array(Scalar::u8, a.type->ndim, Layout::c), index)->layout : view->layout;
  return {.results = {{types::records(record, view->ndim, layout, a.type->writable)}},
          .lower = [=](Lowering& low, std::span<const Slot> d) { emit_view_of(low, a, as_bytes(a.type), index, d[0]); }};
}

Plan store_records_item(Inference& inf, const Argument& a, const Argument& index, const Argument& value) {
  if (!a.type->writable) inf.refuse_write(a);
  if (index.type->kind == TypeKind::string) {
    Field f = field_named(a.type->elements[0], index.type->text);
    const Type* view = field_view(a.type, f);
    return assign_to_view(view, value, to_string(view), [=](Lowering& low, Slot to) { emit_field_view(low, a, f, to); });
  }
  if (layout_of(value.type) != layout_of(a.type) || (is_element(a.type, index.type) && !value.type->is_record()))
    unsupported("storing " + to_string(value.type) + " in " + to_string(a.type), "one field after another: a[i].x = …");
  if (is_element(a.type, index.type))
    return {.lower = [=](Lowering& low, std::span<const Slot>) {
      Slot to = low.emitter.temporary(types::int64());
      emit_address(low, a, index, to);
      emit_copy(low, to, value);
    }};
  if (has_array_index(index.type)) return set_fancy_item(indexed_bytes(a), index, indexed_bytes(value));
  const Type* view = view_of(as_bytes(a.type), index);
  if (!view) unsupported("indexing an array of records with " + to_string(index.type), "integers and slices, or a loop");
  const Type* part = types::records(a.type->elements[0], view->ndim, Layout::any);
  return assign_to_view(part, value, to_string(a.type), [=](Lowering& low, Slot to) { emit_view_of(low, a, as_bytes(a.type), index, to); });
}

Plan flat_item(const Argument& flat, const Argument& index) {
  if (!is_whole(index.type)) unsupported("indexing .flat with " + to_string(index.type), "an integer");
  Scalar s = flat.type->elements[0]->scalar;
  return {.results = {{types::scalar(s)}},
          .lower = [=](Lowering& low, std::span<const Slot> d) { flat_access(low, flat, index, Op::load_, d[0]); }};
}

Plan store_flat_item(Inference& inf, const Argument& flat, const Argument& index, const Argument& value) {
  if (!is_whole(index.type)) unsupported("indexing .flat with " + to_string(index.type), "an integer");
  const Type* array = flat.type->elements[0];
  if (!array->writable) inf.refuse_write(flat);
  require_number(value, array->scalar, to_string(array));
  return {.lower = [=](Lowering& low, std::span<const Slot>) {
    flat_access(low, flat, index, Op::store_, number_to_store(low, value, array->scalar));
  }};
}

Plan setattr(Inference& inf, std::span<const int32_t> operands) {
  Argument of = inf.read_value(operands[0]), value = with_numbers(inf.read_value(operands[2]));
  auto& name = inf.code().names[static_cast<size_t>(operands[1])];
  if (of.type->is_record()) return store_record_field(inf, of, name, value);
  unsupported("assignment to the attribute ." + name + " of " + to_string(of.type), "return the value, or keep it in an array element");
}

}  // namespace px::jit::transfer
