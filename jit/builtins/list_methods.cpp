// The methods of lists, and the functions that make lists: list, sorted, reversed.
#include "jit/builtins/builtin.h"
#include "jit/builtins/iterable.h"
#include "jit/builtins/list.h"

namespace px::jit {

using typed::Op;
using typed::Slot;

namespace {

using Lower = std::function<void(Emitter&, std::span<const Slot>, Slot)>;

Resolution answer(const Type* result, std::vector<const Type*> parameters, Lower lower) {
  return {.result = result, .literal = {}, .parameters = std::move(parameters), .lower = std::move(lower), .advice = {}};
}

bool is_whole(const Type* t) {
  return t->is_scalar() && is_integer(t->scalar);
}

// append(x), insert(i, x).
Resolution put(std::span<const Argument> arguments, const Builtin& self) {
  auto *list = arguments[0].type, *item = list->elements[0];
  bool inserts = self.data != nullptr;
  if (inserts && !is_whole(arguments[1].type)) return {.advice = "the place is an integer"};
  std::vector<const Type*> parameters = {list};
  if (inserts) parameters.push_back(types::int64());
  parameters.push_back(item);
  return answer(types::none(), parameters, [=](Emitter& e, std::span<const Slot> a, Slot) {
    std::vector<Slot> rest = slots_of(a[a.size() - 1], item->slots);
    if (inserts) rest.insert(rest.begin(), a[1]);
    call_list(e, inserts ? "px_list_insert" : "px_list_append", inserts ? list_insert : list_append, a[0], list, std::move(rest));
  });
}

Resolution pop(std::span<const Argument> arguments, const Builtin&) {
  auto *list = arguments[0].type, *item = list->elements[0];
  if (arguments.size() > 1 && !is_whole(arguments[1].type)) return {.advice = "the place is an integer"};
  return answer(item, {}, [=](Emitter& e, std::span<const Slot> a, Slot d) {
    call_list(e, "px_list_pop", list_pop, a[0], list, {a.size() > 1 ? a[1] : e.int_constant(-1)}, d, item->slots);
  });
}

// Methods that only need the list: `data` says which.
struct Plain {
  const char* symbol;
  typed::RuntimeFunction function;
};
Resolution plain(std::span<const Argument> arguments, const Builtin& self) {
  auto& what = *static_cast<const Plain*>(self.data);
  auto* list = arguments[0].type;
  return answer(types::none(), {},
                [=](Emitter& e, std::span<const Slot> a, Slot) { call_list(e, what.symbol, what.function, a[0], list, {}); });
}

void emit_copy(Emitter& e, const Type* list, Slot from, Slot d) {
  Slot zero = e.int_constant(0);
  call_list(e, "px_list_slice", list_slice, from, list, {zero, zero, zero, zero}, d);
}

Resolution copy(std::span<const Argument> arguments, const Builtin&) {
  auto* list = arguments[0].type;
  return answer(list, {}, [=](Emitter& e, std::span<const Slot> a, Slot d) { emit_copy(e, list, a[0], d); });
}

// Goes over all items: `each(item, index, leave)`.
template <class Each>
void for_items(Emitter& e, const Type* from, Slot value, Each each) {
  const Type* it = iterator_of(from);
  Slot iterator = e.temporary(it), item = e.temporary(yielded(it), std::max(yielded(it)->slots, 1U)), index = e.temporary(types::int64());
  uint32_t header = e.new_label(), done = e.new_label();
  emit_iter(e, from, value, iterator);
  e.move(index, e.int_constant(0), 1);
  e.bind(header);
  emit_next(e, it, iterator, item, done);
  each(item, index, done);
  e.binary(Op::add_, Scalar::i64, index, index, e.int_constant(1));
  e.jump(header);
  e.bind(done);
}

// Appends all that `from` goes over to a list.
void emit_extend(Emitter& e, const Type* list, Slot to, const Type* from, Slot value) {
  auto* item = list->elements[0];
  if (from == list) return call_list(e, "px_list_extend", list_extend, to, list, {value});
  for_items(e, from, value, [&](Slot x, Slot, uint32_t) {
    call_list(e, "px_list_append", list_append, to, list, slots_of(e.convert(x, yielded(iterator_of(from)), item), item->slots));
  });
}

void emit_empty(Emitter& e, Slot d) {
  e.call_runtime("px_list_new", list_new, {e.int_constant(0), e.int_constant(0)}, d, 1);
}

Resolution extend(std::span<const Argument> arguments, const Builtin&) {
  auto *list = arguments[0].type, *from = arguments[1].type;
  const Type* it = iterator_of(from);
  if (!it || conversion(yielded(it), list->elements[0]) == Conversion::impossible) return {.advice = "it takes what a loop goes over"};
  return answer(types::none(), {}, [=](Emitter& e, std::span<const Slot> a, Slot) { emit_extend(e, list, a[0], from, a[1]); });
}

// index(x), count(x), remove(x): each looks for items that are equal.
enum class Search : uint8_t { index, count, remove };
constexpr Search searches[] = {Search::index, Search::count, Search::remove};
Resolution search(std::span<const Argument> arguments, const Builtin& self) {
  auto what = *static_cast<const Search*>(self.data);
  auto *list = arguments[0].type, *item = list->elements[0], *value = arguments[1].type;
  auto& equal = operator_builtin(Operator::eq);
  Argument pair[] = {{item, {}, -1, 0}, {value, {}, -1, 0}};
  Resolution same = equal.resolve(pair, equal);
  if (!same.result) return {};
  bool removes = what == Search::remove;
  return answer(removes ? types::none() : types::int64(), {}, [=](Emitter& e, std::span<const Slot> a, Slot d) {
    Slot found = e.temporary(types::int64()), equals = e.temporary(types::boolean());
    uint32_t end = e.new_label();
    e.move(found, e.int_constant(0), 1);
    for_items(e, list, a[0], [&](Slot x, Slot index, uint32_t) {
      uint32_t here = e.new_label(), more = e.new_label();
      const Type* types[] = {item, value};
      const Slot slots[] = {x, a[1]};
      same.emit(e, types, slots, equals);
      e.branch(equals, here, more);
      e.bind(here);
      if (what == Search::count) {
        e.binary(Op::add_, Scalar::i64, found, found, e.int_constant(1));
      } else {
        if (removes) {
          call_list(e, "px_list_delete", list_delete, a[0], list, {index});
        } else {
          e.move(found, index, 1);
        }
        e.jump(end);
      }
      e.bind(more);
    });
    if (what != Search::count) e.raise(runtime::ExcKind::ValueError, removes ? "list.remove(x): x not in list" : "value not in list");
    e.bind(end);
    if (!removes) e.move(d, found, 1);
  });
}

// The flag `reverse`: a literal, or a boolean.
bool is_flag(const Argument& a) {
  return a.type->is_scalar();
}

void emit_sort(Emitter& e, const Type* list, Slot at, Slot reverse) {
  std::vector<Slot> rest = {reverse};
  for (int64_t order : order_of(list->elements[0])) rest.push_back(e.int_constant(order));
  call_list(e, "px_list_sort", list_sort, at, list, std::move(rest));
}

constexpr std::string_view what_sorts = "numbers and tuples of numbers are sorted, without a key";

Resolution sort(std::span<const Argument> arguments, const Builtin&) {
  auto* list = arguments[0].type;
  bool keyed = arguments.size() > 1 && !arguments[1].type->is_none();
  if (keyed || order_of(list->elements[0]).empty() || (arguments.size() > 2 && !is_flag(arguments[2])))
    return {.advice = std::string(what_sorts)};
  const Type* flag = arguments.size() > 2 ? arguments[2].type : types::boolean();
  return answer(types::none(), {}, [=](Emitter& e, std::span<const Slot> a, Slot) {
    emit_sort(e, list, a[0], a.size() > 2 ? e.convert(a[2], flag, types::boolean()) : e.constant(0, types::boolean()));
  });
}

Resolution sorted(std::span<const Argument> arguments, const Builtin&) {
  auto* from = arguments[0].type;
  const Type* it = iterator_of(from);
  bool keyed = arguments.size() > 1 && !arguments[1].type->is_none();
  if (!it || keyed || order_of(yielded(it)).empty() || (arguments.size() > 2 && !is_flag(arguments[2])))
    return {.advice = std::string(what_sorts)};
  const Type *list = types::list(yielded(it)), *flag = arguments.size() > 2 ? arguments[2].type : types::boolean();
  return answer(list, {}, [=](Emitter& e, std::span<const Slot> a, Slot d) {
    Slot made = e.temporary(list);
    emit_empty(e, made);
    emit_extend(e, list, made, from, a[0]);
    emit_sort(e, list, made, a.size() > 2 ? e.convert(a[2], flag, types::boolean()) : e.constant(0, types::boolean()));
    e.move(d, made, 1);
  });
}

Resolution to_list(std::span<const Argument> arguments, const Builtin&) {
  auto* from = arguments[0].type;
  const Type* it = iterator_of(from);
  if (!it) return {.advice = "it takes what a loop goes over"};
  const Type* list = types::list(yielded(it));
  return answer(list, {}, [=](Emitter& e, std::span<const Slot> a, Slot d) {
    Slot made = e.temporary(list);
    emit_empty(e, made);
    emit_extend(e, list, made, from, a[0]);
    e.move(d, made, 1);
  });
}

Resolution to_tuple(std::span<const Argument> arguments, const Builtin&) {
  auto* from = arguments[0].type;
  if (!from->is_tuple()) return {.advice = "a tuple's length is part of its type: only tuples become tuples"};
  return answer(types::tuple(from->elements), {}, [=](Emitter& e, std::span<const Slot> a, Slot d) { e.move(d, a[0], from->slots); });
}

Resolution reversed(std::span<const Argument> arguments, const Builtin&) {
  auto* from = arguments[0].type;
  if (from->is_list())
    return answer(iterator_of(from), {}, [=](Emitter& e, std::span<const Slot> a, Slot d) {
      Slot copy = e.temporary(from);
      emit_copy(e, from, a[0], copy);
      call_list(e, "px_list_reverse", list_reverse, copy, from, {});
      emit_iter(e, from, copy, d);
    });
  if (from->is_array() && from->ndim == 1) {
    const Type* view = types::array(from->scalar, 1, Layout::any, from->writable);
    return answer(iterator_of(view), {}, [=](Emitter& e, std::span<const Slot> a, Slot d) {
      Slot to = e.temporary(view), last = e.temporary(types::int64()), size = a[0] + array_shape_slot(1, 0);
      Slot stride = a[0] + array_stride_slot(1, 0);
      e.move(to, a[0], view->slots);
      e.binary(Op::sub_, Scalar::i64, last, size, e.int_constant(1));
      e.binary(Op::mul_, Scalar::i64, last, last, stride);
      e.binary(Op::add_, Scalar::i64, to, a[0], last);
      e.unary(Op::neg_, Scalar::i64, to + array_stride_slot(1, 0), stride);
      emit_iter(e, view, to, d);
    });
  }
  if (from->is_tuple() && iterator_of(from))
    return answer(iterator_of(from), {}, [=](Emitter& e, std::span<const Slot> a, Slot d) {
      Slot to = e.temporary(from), at = to;
      uint32_t width = from->elements[0]->slots;
      for (size_t k = from->elements.size(); k-- > 0; at += width) e.move(at, a[0] + static_cast<Slot>(k) * width, width);
      emit_iter(e, from, to, d);
    });
  if (from->kind == TypeKind::range) {
    const Type* it = iterator_of(from);
    Scalar kind = register_kind(from->scalar);
    return answer(it, {}, [=](Emitter& e, std::span<const Slot> a, Slot d) {  // next, step, remaining
      Slot forwards = e.temporary(it), last = e.temporary(types::int64());
      e.unary(Op::range_init_, kind, forwards, a[0]);
      e.binary(Op::sub_, kind, last, forwards + 2, e.int_constant(1));
      e.binary(Op::mul_, kind, last, last, forwards + 1);
      e.binary(Op::add_, kind, d, forwards, last);
      e.unary(Op::neg_, Scalar::i64, d + 1, forwards + 1);
      e.move(d + 2, forwards + 2, 1);
    });
  }
  return {.advice = "it takes lists, tuples, ranges and arrays in one dimension"};
}

constexpr int yes = 1;
constexpr Plain clears{"px_list_clear", list_clear}, reverses{"px_list_reverse", list_reverse};

const Builtin methods[] = {
    {"list.append", put, "puts an item at the end", "", {}, 0, nullptr, 2, 2, {}, true},
    {"list.insert", put, "puts an item before another", "", {}, 0, &yes, 3, 3, {}, true},
    {"list.extend", extend, "puts all items of another at the end", "", {}, 0, nullptr, 2, 2},
    {"list.pop", pop, "takes an item out, the last one without an index", "", {}, 0, nullptr, 1, 2},
    {"list.remove", search, "takes the first item out that is equal", "", {}, 0, &searches[2], 2, 2},
    {"list.index", search, "where the first item is that is equal", "", {}, 0, &searches[0], 2, 2},
    {"list.count", search, "how many items are equal", "", {}, 0, &searches[1], 2, 2},
    {"list.clear", plain, "takes all items out", "", {}, 0, &clears, 1, 1},
    {"list.reverse", plain, "turns the list round", "", {}, 0, &reverses, 1, 1},
    {"list.copy", copy, "the same items in a new list", "", {}, 0, nullptr, 1, 1},
    {"list.sort", sort, "sorts numbers, or tuples of numbers; stable", "", {"self", "key", "reverse"}, 1, nullptr, 1, 3},
};

const Builtin functions[] = {
    {"list", to_list, "a new list of what a loop goes over", "list(range(3))[1]", {}, 0, nullptr, 1, 1},
    {"tuple", to_tuple, "a tuple of a tuple", "tuple((x, 1))", {}, 0, nullptr, 1, 1},
    {"sorted",
     sorted,
     "a new list of the items in order; numbers, or tuples of numbers",
     "sorted([3, 1, 2])[0]",
     {"iterable", "key", "reverse"},
     1,
     nullptr,
     1,
     3},
    {"reversed", reversed, "the items of a list, a tuple or an array from the last to the first", "", {}, 0, nullptr, 1, 1, {}, true},
};

}  // namespace

std::span<const Builtin> list_method_builtins() {
  return methods;
}
std::span<const Builtin> list_builtins() {
  return functions;
}

}  // namespace px::jit
