// Rules: indexing and slices.
#include <algorithm>

#include "jit/builtins/complex.h"
#include "jit/builtins/fancy.h"
#include "jit/builtins/iterable.h"
#include "jit/builtins/view.h"
#include "jit/infer/enumeration.h"
#include "jit/infer/lowering.h"
#include "jit/infer/races.h"
#include "jit/infer/transfer.h"
#include "jit/infer/undo.h"

namespace px::jit::transfer {

using typed::Op;
using typed::Slot;

namespace {

bool is_whole(const Type* t) {
  return t->is_scalar() && is_integer(t->scalar);
}

// The indices of `a[index]`: one, or the elements of a tuple, and what they make of the array.
struct Indices {
  Argument value;
  std::vector<const Type*> types;  // as written
  std::vector<int> codes;          // view.h, one an axis or new axis: the ellipsis is written out
  size_t before = 0;               // codes that come before the ellipsis (all of them without one)
  size_t written_out = 0;          // codes that stand for the ellipsis, or for axes that are not named
  bool ellipsis = false;
  const Type* view = nullptr;       // null: an element
  std::vector<const Type*> arrays;  // indices that are arrays
  int first_axis = 0;               // of the view: where these begin
};

// Whether an index selects elements one by one: an array of integers or booleans.
bool is_index_array(const Type* t) {
  return t->is_array() && t->ndim > 0 && (is_integer(t->scalar) || t->scalar == Scalar::boolean);
}
// The axes that one index takes.
size_t axes_of(const Type* t) {
  if (is_index_array(t)) return t->scalar == Scalar::boolean ? t->ndim : 1;
  return is_whole(t) || t->kind == TypeKind::slice;
}

bool keeps_contiguity(int code, bool innermost) {
  return code < view_slice || (innermost && !(code & view_step));
}

// From the outermost index to the innermost, as the array lies in memory: whether what they select is contiguous by Numba's rule.
bool contiguous(std::span<const int> outer_first) {
  for (size_t k = 0; k < outer_first.size(); ++k) {
    bool innermost = true;
    for (size_t j = k + 1; j < outer_first.size(); ++j) innermost = innermost && outer_first[j] == view_new_axis;
    if (!keeps_contiguity(outer_first[k], innermost)) return false;
  }
  return true;
}

Layout view_layout(const Type* array, const Indices& list, size_t named) {
  if (array->layout == Layout::any) return Layout::any;
  std::span<const int> all(list.codes);
  std::vector<int> left(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(list.before));
  std::vector<int> right(all.begin() + static_cast<std::ptrdiff_t>(list.before + list.written_out), all.end());
  if (!list.ellipsis) right.clear();
  bool complete = named == array->ndim;
  if (array->layout == Layout::c) {
    if (complete) left.insert(left.end(), right.begin(), right.end()), right.clear();
    return right.empty() && contiguous(left) ? Layout::c : Layout::any;
  }
  if (complete) right.insert(right.begin(), left.begin(), left.end()), left.clear();
  return left.empty() && contiguous(std::vector<int>(right.rbegin(), right.rend())) ? Layout::f : Layout::any;
}

Indices indices(const Argument& array, const Argument& index) {
  Indices list{.value = index, .types = index.type->is_tuple() ? index.type->elements : std::vector<const Type*>{index.type}};
  size_t named = 0;  // axes
  for (auto* t : list.types) named += axes_of(t);
  if (named > array.type->ndim)
    mistyped("too many indices: " + std::to_string(named) + " for a " + std::to_string(array.type->ndim) + "-d array");
  size_t rest = array.type->ndim - named, ndim = rest;
  size_t next_array = 0;  // the code behind the last index that is an array
  for (auto* t : list.types) {
    if (is_whole(t)) {
      list.codes.push_back(view_integer);
    } else if (t->kind == TypeKind::slice) {
      list.codes.push_back(view_slice | (t->text[0] == '1') * view_start | (t->text[1] == '1') * view_stop |
                           (t->text[2] == '1') * view_step);
      ++ndim;
    } else if (is_index_array(t)) {
      // Slices for the view; the selection is made in that.
      if (list.arrays.empty()) {
        for (int code : list.codes) list.first_axis += code != view_integer;
      } else if (next_array != list.codes.size()) {
        unsupported("array indices that are not neighbours", "one after another");
      }
      list.arrays.push_back(t);
      list.codes.insert(list.codes.end(), axes_of(t), view_slice);
      next_array = list.codes.size();
      ndim += axes_of(t);
    } else if (t->is_none()) {
      list.codes.push_back(view_new_axis);
      ++ndim;
    } else if (t->kind == TypeKind::ellipsis) {
      if (list.ellipsis) mistyped("an index can only have a single ellipsis ('...')");
      list.ellipsis = true;
      list.before = list.codes.size();
      list.codes.insert(list.codes.end(), rest, view_slice);
    } else {
      unsupported("indexing an array with " + to_string(t), "integers and slices, or a loop");
    }
  }
  if (!list.ellipsis) {
    list.before = list.codes.size();
    list.codes.insert(list.codes.end(), rest, view_slice);
  }
  list.written_out = rest;
  if (ndim > 8 || list.codes.size() > max_view_indices) unsupported("an array of more than 8 dimensions", "fewer of them");
  if (!list.arrays.empty() && std::ranges::any_of(list.types, is_whole)) {
    // As NumPy: an integer is an array index too, and all of them must be neighbours.
    for (size_t k = 1, groups = 0; k <= list.types.size(); ++k) {
      auto picks = [&](size_t at) { return is_whole(list.types[at]) || is_index_array(list.types[at]); };
      groups += picks(k - 1) && (k == list.types.size() || !picks(k));
      if (groups > 1) unsupported("array indices and integers that are not neighbours", "one after another");
    }
  }
  if (ndim > 0)
    list.view = types::array(array.type->scalar, static_cast<int>(ndim), view_layout(array.type, list, named), array.type->writable);
  return list;
}

// Appends the access to an element to the function's table and says its index.
uint32_t access(Lowering& low, const Argument& array, const Indices& list, bool writes) {
  auto& e = low.emitter;
  typed::Access a{.array = low.of(array), .type = array.type, .index = {}, .bounds_check = e.bounds_check};
  a.index_unsigned = true;
  Slot s = low.of(list.value);
  for (auto* t : list.types) {
    if (!is_whole(t)) continue;  // an ellipsis that stands for nothing: no slots
    a.index_unsigned = a.index_unsigned && is_unsigned(t->scalar);
    a.index.push_back(s++);  // narrow integers are extended in their slots
  }
  about_to_touch(low, a, writes);
  e.out().accesses.push_back(std::move(a));
  return static_cast<uint32_t>(e.out().accesses.size() - 1);
}

// Loads or stores both parts of an element; `value` is the run of two slots.
void access_complex(Lowering& low, const Argument& array, const Indices& list, Op op, Slot value) {
  auto& e = low.emitter;
  Slot parts = 0;
  const Type* type = emit_parts(e, array.type, low.of(array), parts);
  uint32_t first = access(low, array, list, op == Op::store_);
  typed::Access a = e.out().accesses[first];
  a.array = parts;
  a.type = type;
  a.index_unsigned = false;
  for (int part = 0; part < 2; ++part) {
    typed::Access one = a;
    one.index.push_back(e.int_constant(part));
    uint32_t aux = part == 0 ? first : static_cast<uint32_t>(e.out().accesses.size());
    if (part == 0) {
      e.out().accesses[first] = one;
    } else {
      e.out().accesses.push_back(one);
    }
    Slot slot = value + static_cast<Slot>(part);
    typed::Instr i{.op = op, .kind = type->scalar, .aux = aux};
    (op == Op::load_ ? i.d : i.a) = slot;
    e.emit(i);
  }
}

// Emits the view that the indices select.
void emit_view(Lowering& low, const Type* array, Slot from, const Indices& list, Slot d) {
  auto& e = low.emitter;
  int64_t word = 0;
  for (size_t k = 0; k < list.codes.size(); ++k) word |= int64_t{list.codes[k]} << (4 * k);
  std::vector<Slot> slots = {e.int_constant(e.bounds_check), e.int_constant(array->ndim),
                             e.int_constant(static_cast<int64_t>(list.codes.size())), e.int_constant(word)};
  Slot s = low.of(list.value), nothing = e.int_constant(0);
  auto whole_slices = [&] { slots.insert(slots.end(), 3 * list.written_out, nothing); };
  for (auto* t : list.types) {
    if (t->kind == TypeKind::ellipsis) whole_slices();
    if (is_index_array(t)) {
      slots.insert(slots.end(), 3 * axes_of(t), nothing);
      s += t->slots;
      continue;
    }
    for (uint32_t k = 0; k < t->slots; ++k) slots.push_back(s++);
  }
  if (!list.ellipsis) whole_slices();
  for (uint32_t k = 0; k < array->slots; ++k) slots.push_back(from + k);
  e.call_runtime("px_array_view", array_view, std::move(slots), d, list.view->slots);
}

// The slots of an array as Reader takes them.
void add_array(Emitter& e, std::vector<Slot>& slots, const Type* type, Slot first) {
  slots.push_back(e.int_constant(static_cast<int64_t>(type->scalar) | int64_t{type->ndim} << 8));
  for (uint32_t k = 0; k < type->slots; ++k) slots.push_back(first + k);
}

// What fancy_get and fancy_set begin with: the index arrays, and the view that they select from.
std::vector<Slot> selection(Lowering& low, const Type* array, Slot from, const Indices& list) {
  auto& e = low.emitter;
  Slot view = e.temporary(list.view);
  emit_view(low, array, from, list, view);
  std::vector<Slot> slots = {e.int_constant(list.first_axis), e.int_constant(static_cast<int64_t>(list.arrays.size()))};
  Slot s = low.of(list.value);
  for (auto* t : list.types) {
    if (is_index_array(t)) add_array(e, slots, t, s);
    s += t->slots;
  }
  add_array(e, slots, list.view, view);
  return slots;
}

// Says that the index arrays are read, and what they select read or written.
void watch_selection(Lowering& low, const Indices& list, const std::vector<Slot>& selected, bool writes) {
  Slot s = low.of(list.value);
  for (auto* t : list.types) {
    if (is_index_array(t)) emit_race_check(low, t, s, false);
    s += t->slots;
  }
  emit_race_check(low, selected, writes);
}

// The bounds of a slice of constants on a sequence of `size`, as PySlice_AdjustIndices has it; nothing where they are not constant.
std::optional<std::vector<size_t>> positions(const Argument& slice, int64_t size) {
  if (!slice.literal) return {};
  auto& parts = *std::get<std::shared_ptr<const ConstantTuple>>(slice.literal->value);
  auto part = [&](size_t k) -> std::optional<int64_t> {
    auto* x = std::get_if<int64_t>(&parts[k].value);
    return x ? std::optional(*x) : std::nullopt;
  };
  int64_t step = part(2).value_or(1);
  if (step == 0) throw InferenceError{runtime::ExcKind::ValueError, "slice step cannot be zero"};
  int64_t lower = step < 0 ? -1 : 0, upper = step < 0 ? size - 1 : size;
  auto clamp = [&](int64_t x) { return std::clamp(x < 0 ? x + size : x, lower, upper); };
  int64_t at = part(0) ? clamp(*part(0)) : step < 0 ? upper : lower, stop = part(1) ? clamp(*part(1)) : step < 0 ? lower : upper;
  std::vector<size_t> list;
  for (; step < 0 ? at > stop : at < stop; at += step) list.push_back(static_cast<size_t>(at));
  return list;
}

Plan tuple_slice(const Argument& tuple, const Argument& index) {
  auto& elements = tuple.type->elements;
  auto chosen = positions(index, static_cast<int64_t>(elements.size()));
  if (!chosen) unsupported("slicing a tuple with variables", "constant bounds");
  std::vector<const Type*> types;
  std::vector<uint32_t> first;
  for (size_t k : *chosen) {
    types.push_back(elements[k]);
    uint32_t at = 0;
    for (size_t j = 0; j < k; ++j) at += elements[j]->slots;
    first.push_back(at);
  }
  const Type* type = tuple_type(types);
  return {.results = {{type}}, .lower = [=](Lowering& low, std::span<const Slot> d) {
            Slot to = low.emitter.temporary(type), at = to;  // through a copy: the tuple may be what is replaced
            for (size_t k = 0; k < types.size(); ++k) {
              low.emitter.move(at, low.of(tuple) + first[k], types[k]->slots);
              at += types[k]->slots;
            }
            low.emitter.move(d[0], to, type->slots);
          }};
}

Plan tuple_item(const Argument& tuple, const Argument& index) {
  auto& elements = tuple.type->elements;
  if (index.type->kind == TypeKind::slice) return tuple_slice(tuple, index);
  if (!index.type->is_scalar() || !is_integer(index.type->scalar))
    unsupported("indexing a tuple with " + to_string(index.type), "an integer");
  auto count = static_cast<int64_t>(elements.size());
  if (index.literal) {
    auto* whole = std::get_if<int64_t>(&index.literal->value);
    if (!whole) throw InferenceError{runtime::ExcKind::IndexError, "tuple index out of range"};  // beyond int64
    int64_t k = *whole;
    int64_t at = k < 0 ? k + count : k;
    if (at < 0 || at >= count) throw InferenceError{runtime::ExcKind::IndexError, "tuple index out of range"};
    uint32_t first = 0;
    for (int64_t j = 0; j < at; ++j) first += elements[static_cast<size_t>(j)]->slots;
    auto* type = elements[static_cast<size_t>(at)];
    return part_of(tuple, first, type->slots, type);
  }
  for (auto* e : elements)
    if (e != elements[0]) unsupported("indexing a tuple of different types with a variable", "a constant index");
  if (elements.empty()) throw InferenceError{runtime::ExcKind::IndexError, "tuple index out of range"};
  return {.results = {{elements[0]}}, .lower = [=](Lowering& low, std::span<const Slot> d) {
            emit_tuple_element(low.emitter, tuple.type, low.of(tuple), low.of(index), d[0]);
          }};
}

}  // namespace

void about_to_touch(Lowering& low, const typed::Access& element, bool writes) {
  emit_race_check(low, element, writes);
  if (!writes) return;
  low.emitter.out().writes = true;
  if (low.in_snapshot()) emit_keep(low, element);
}

void about_to_write(Lowering& low, const Type* view, Slot slots) {
  low.emitter.out().writes = true;
  emit_race_check(low, view, slots, true);
  if (low.in_snapshot()) emit_keep(low, view, slots);
}

const Type* view_of(const Type* array, const Argument& index) {
  Indices list = indices({array}, index);
  return list.arrays.empty() ? list.view : nullptr;
}
void emit_view_of(Lowering& low, const Argument& value, const Type* array, const Argument& index, Slot d) {
  emit_view(low, array, low.of(value), indices({array}, index), d);
}

bool has_array_index(const Type* index) {
  return index->is_tuple() ? std::ranges::any_of(index->elements, is_index_array) : is_index_array(index);
}

Plan fancy_item(const Indexed& array, const Argument& index) {
  Indices list = indices({array.type}, index);
  size_t taken = 0, given = 1;
  for (auto* t : list.arrays) {
    taken += axes_of(t);
    if (t->scalar != Scalar::boolean) given = std::max<size_t>(given, t->ndim);
  }
  size_t ndim = list.view->ndim - taken + given;
  if (ndim > 8) unsupported("an array of more than 8 dimensions", "fewer of them");
  const Type* type = types::array(array.type->scalar, static_cast<int>(ndim), Layout::c);
  return {.results = {{type}},
          .lower =
              [=](Lowering& low, std::span<const Slot> d) {
                auto slots = selection(low, array.type, array.slots(low), list);
                watch_selection(low, list, slots, false);
                low.emitter.call_runtime("px_fancy_get", fancy_get, std::move(slots), d[0], type->slots);
              },
          .allocates = true};
}

Plan set_fancy_item(const Indexed& array, const Argument& index, const Indexed& value) {
  Indices list = indices({array.type}, index);
  const Type* element = types::scalar(array.type->scalar);
  bool stores = value.type->is_array() ? is_complex(array.type->scalar) || !is_complex(value.type->scalar)
                                       : value.type->is_number() && conversion(value.type, element) != Conversion::impossible;
  if (!stores) mistyped("cannot store " + to_string(value.type) + " in " + to_string(array.type));
  return {.lower = [=](Lowering& low, std::span<const Slot>) {
    auto& e = low.emitter;
    Slot from = array.slots(low), given = value.slots(low);
    e.out().writes = true;
    if (low.in_snapshot()) emit_keep(low, array.type, from);
    auto slots = selection(low, array.type, from, list);
    watch_selection(low, list, slots, true);
    if (value.type->is_array()) emit_race_check(low, value.type, given, false);
    slots.push_back(e.int_constant(value.type->is_array()));
    if (value.type->is_array()) {
      add_array(e, slots, value.type, given);
    } else {
      Slot s = e.convert(given, value.type, element);
      for (uint32_t k = 0; k < element->slots; ++k) slots.push_back(s + k);
    }
    e.call_runtime("px_fancy_set", fancy_set, std::move(slots), e.temporary(types::int64()), 1);
  }};
}

namespace {
Indexed indexed(const Argument& a) {
  return {a.type, [a](Lowering& low) { return low.of(a); }};
}
bool is_flat(const Type* t) {
  return t->kind == TypeKind::iterator && t->text == "flat";
}
}  // namespace

Plan getitem(Inference& inf, std::span<const int32_t> operands) {
  Argument a = inf.read_value(operands[1]), index = with_numbers(inf.read_value(operands[2]));
  if (a.type->is_records()) return records_item(a, index);
  if (a.type->is_record()) return record_item(a, index);
  if (is_flat(a.type)) return flat_item(a, index);
  if (a.type->is_tuple()) return tuple_item(a, index);
  if (a.type->is_list()) return list_item(a, index);
  if (!a.type->is_array()) mistyped(to_string(a.type) + " cannot be indexed");
  Indices list = indices(a, index);
  if (!list.arrays.empty()) return fancy_item(indexed(a), index);
  if (list.view)
    return {.results = {{list.view}},
            .lower = [=](Lowering& low, std::span<const Slot> d) { emit_view(low, a.type, low.of(a), list, d[0]); }};
  if (is_complex(a.type->scalar))
    return {.results = {{types::scalar(a.type->scalar)}},
            .lower = [=](Lowering& low, std::span<const Slot> d) { access_complex(low, a, list, Op::load_, d[0]); }};
  return {.results = {{types::scalar(a.type->scalar)}}, .lower = [=](Lowering& low, std::span<const Slot> d) {
            uint32_t aux = access(low, a, list, false);
            low.emitter.emit({.op = Op::load_, .kind = register_kind(a.type->scalar), .d = d[0], .aux = aux});
          }};
}

Plan setitem(Inference& inf, std::span<const int32_t> operands) {
  Argument a = inf.read_value(operands[0]), index = with_numbers(inf.read_value(operands[1])), value = inf.read_value(operands[2]);
  if (a.type->is_tuple()) throw InferenceError{runtime::ExcKind::TypeError, "'tuple' object does not support item assignment"};
  if (a.type->is_list()) return store_list_item(inf, a, index, value);
  value = with_numbers(std::move(value));
  if (a.type->is_records()) return store_records_item(inf, a, index, value);
  if (a.type->is_record() && index.type->kind == TypeKind::string) return store_record_field(inf, a, index.type->text, value);
  if (is_flat(a.type)) return store_flat_item(inf, a, index, value);
  if (!a.type->is_array()) mistyped(to_string(a.type) + " does not support item assignment");
  if (!a.type->writable) inf.refuse_write(a);
  Indices list = indices(a, index);
  if (!list.arrays.empty()) return set_fancy_item(indexed(a), index, indexed(value));
  const Type* element = types::scalar(a.type->scalar);
  if (list.view && value.type->is_array() && is_complex(value.type->scalar) && !is_complex(a.type->scalar))
    mistyped("cannot store " + to_string(value.type) + " in " + to_string(a.type));
  // A sequence becomes an array first.
  Resolution made;
  if (list.view && (value.type->is_tuple() || value.type->is_list())) {
    auto& entry = *find_builtin("numpy.array");
    made = entry.resolve(std::span(&value, 1), entry);
    if (!made.callable()) mistyped("cannot store " + to_string(value.type) + " in " + to_string(a.type));
  }
  if (list.view && (value.type->is_array() || made.result))
    return {.lower =
                [=](Lowering& low, std::span<const Slot>) {
                  auto& e = low.emitter;
                  Slot view = e.temporary(list.view);
                  emit_view(low, a.type, low.of(a), list, view);
                  about_to_write(low, list.view, view);
                  const Type* from = made.result ? made.result : value.type;
                  Slot source = low.of(value);
                  if (made.result) {
                    const Slot sequence[] = {source};
                    const Type* const type[] = {value.type};
                    made.emit(e, type, sequence, source = e.temporary(from));
                  }
                  if (!made.result) emit_race_check(low, value.type, source, false);
                  emit_assign(e, list.view, view, from, source);
                },
            .allocates = made.result != nullptr};
  if (!value.type->is_number() || conversion(value.type, element) == Conversion::impossible)
    mistyped("cannot store " + to_string(value.type) + " in " + to_string(a.type));
  return {.lower = [=](Lowering& low, std::span<const Slot>) {
    auto& e = low.emitter;
    Slot s = e.convert(low.of(value), value.type, element);
    if (list.view) {
      Slot view = e.temporary(list.view);
      emit_view(low, a.type, low.of(a), list, view);
      about_to_write(low, list.view, view);
      return emit_fill(e, list.view, view, s);
    }
    if (is_complex(a.type->scalar)) return access_complex(low, a, list, Op::store_, s);
    uint32_t aux = access(low, a, list, true);
    e.emit({.op = Op::store_, .kind = register_kind(a.type->scalar), .a = s, .aux = aux});
  }};
}

namespace {
// A slice's bound: floats are cut, as Numba does.
Slot bound(Emitter& e, const Argument& part, Lowering& low) {
  if (part.type->is_none()) return e.int_constant(0);
  return is_whole(part.type) ? low.of(part) : e.convert(low.of(part), part.type, types::int64());
}
}  // namespace

Plan build_slice(Inference& inf, std::span<const int32_t> operands) {
  std::vector<Argument> parts;
  for (size_t k = 1; k <= 3; ++k) parts.push_back(with_numbers(inf.read_value(operands[k])));
  bool constant = true;
  auto values = std::make_shared<ConstantTuple>();
  for (auto& p : parts) {
    if (!p.type->is_none() && !is_whole(p.type) && !(p.type->is_scalar() && is_float(p.type->scalar)))
      mistyped("slice indices must be integers or None, not " + to_string(p.type));
    constant = constant && (p.type->is_none() || (p.literal && std::holds_alternative<int64_t>(p.literal->value)));
    values->push_back(p.type->is_none() || !p.literal ? Constant{NoneValue{}} : *p.literal);
  }
  Argument result{types::slice(!parts[0].type->is_none(), !parts[1].type->is_none(), !parts[2].type->is_none())};
  if (constant) result.literal = Constant{std::shared_ptr<const ConstantTuple>(values)};
  return {.results = {result}, .lower = [parts](Lowering& low, std::span<const Slot> d) {
            auto& e = low.emitter;
            for (size_t k = 0; k < 3; ++k) e.move(d[0] + static_cast<Slot>(k), bound(e, parts[k], low), 1);
          }};
}

}  // namespace px::jit::transfer
