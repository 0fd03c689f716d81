// Python's built-in functions that go over something: enumerate, zip, reversed, sum, any, all.
#include "jit/builtins/builtin.h"
#include "jit/builtins/iterable.h"
#include "jit/builtins/list.h"
#include "jit/builtins/nditer.h"

namespace px::jit {

using typed::Op;
using typed::Slot;

namespace {

constexpr std::string_view what_loops = "ranges, arrays, and tuples of numbers of one type";

// What `for` goes over, as iterators; empty where one is not.
std::vector<const Type*> iterators(std::span<const Argument> arguments) {
  std::vector<const Type*> list;
  for (auto& a : arguments) {
    list.push_back(iterator_of(a.type));
    if (!list.back()) return {};
  }
  return list;
}

Resolution count(std::span<const Argument> arguments, const Builtin&) {
  auto inner = iterators(arguments.first(1));
  auto* from = arguments[0].type;
  if (inner.empty()) return {.advice = "it takes " + std::string(what_loops)};
  bool starts = arguments.size() > 1;
  if (starts && !(arguments[1].type->is_scalar() && is_integer(arguments[1].type->scalar))) return {.advice = "start must be an integer"};
  return {.result = types::iterator("enumerate", inner),
          .literal = {},
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                e.move(d, starts ? a[1] : e.int_constant(0), 1);
                emit_iter(e, from, a[0], d + 1);
              },
          .advice = {}};
}

Resolution pairs(std::span<const Argument> arguments, const Builtin&) {
  auto inner = iterators(arguments);
  if (inner.empty() && !arguments.empty()) return {.advice = "it takes " + std::string(what_loops)};
  std::vector<const Type*> from;
  for (auto& a : arguments) from.push_back(a.type);
  return {.result = types::iterator("zip", inner),
          .literal = {},
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                for (size_t k = 0; k < from.size(); ++k) {
                  emit_iter(e, from[k], a[k], d);
                  d += inner[k]->slots;
                }
              },
          .advice = {}};
}

// A running total in typed code: `each(item, leave)` for every item.
template <class Each>
void loop(Emitter& e, const Type* from, Slot value, Each each) {
  const Type* it = iterator_of(from);
  Slot iterator = e.temporary(it), item = e.temporary(yielded(it));
  uint32_t header = e.new_label(), done = e.new_label();
  emit_iter(e, from, value, iterator);
  e.bind(header);
  emit_next(e, it, iterator, item, done);
  each(item, done);
  e.jump(header);
  e.bind(done);
}

bool sums(const Type* t) {
  const Type* it = t->kind == TypeKind::iterator || t->kind == TypeKind::range_iter ? nullptr : iterator_of(t);
  return it && yielded(it)->is_scalar();
}

Resolution total(std::span<const Argument> arguments, const Builtin&) {
  auto* from = arguments[0].type;
  if (!sums(from)) return {.advice = "it takes " + std::string(what_loops)};
  const Type *item = yielded(iterator_of(from)), *start = arguments.size() > 1 ? arguments[1].type : types::int64();
  auto& add = operator_builtin(Operator::add);
  // The total's type is what a variable would have: the start's, and what the additions make of it.
  const Type* type = start;
  Resolution added;
  for (int round = 0; round < 4; ++round) {
    Argument operands[] = {{type, {}, -1, 0}, {item, {}, -1, 0}};
    added = add.resolve(operands, add);
    const Type* both = added.result ? unify(type, added.result) : nullptr;
    if (!both) return {};
    if (both == type) break;
    type = both;
  }
  return {.result = type,
          .literal = {},
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                Slot sum = e.temporary(type), next = e.temporary(added.result);
                e.convert_into(sum, a.size() > 1 ? a[1] : e.int_constant(0), start, type);
                loop(e, from, a[0], [&](Slot x, uint32_t) {
                  const Type* types[] = {type, item};
                  const Slot operands[] = {sum, x};
                  added.emit(e, types, operands, next);
                  e.convert_into(sum, next, added.result, type);
                });
                e.move(d, sum, 1);
              },
          .advice = {}};
}

// any, and with `data` all.
Resolution truth_of(std::span<const Argument> arguments, const Builtin& self) {
  auto* from = arguments[0].type;
  bool all = self.data != nullptr;
  if (!sums(from)) return {.advice = "it takes " + std::string(what_loops)};
  const Type* item = yielded(iterator_of(from));
  return {.result = types::boolean(),
          .literal = {},
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                Slot found = e.temporary(types::boolean());
                e.move(found, e.constant(all, types::boolean()), 1);
                loop(e, from, a[0], [&](Slot x, uint32_t done) {
                  uint32_t decided = e.new_label(), more = e.new_label();
                  Slot is_true = e.convert(x, item, types::boolean());
                  e.branch(is_true, all ? more : decided, all ? decided : more);
                  e.bind(decided);
                  e.move(found, e.constant(!all, types::boolean()), 1);
                  e.jump(done);
                  e.bind(more);
                });
                e.move(d, found, 1);
              },
          .advice = {}};
}

Resolution element_indices(std::span<const Argument> arguments, const Builtin&) {
  auto* t = arguments[0].type;
  if (!t->is_array() || t->ndim == 0) return {.advice = "it takes an array"};
  const Type* it = index_iterator("ndenumerate", t);
  return {.result = it,
          .literal = {},
          .parameters = {},
          .lower = [=](Emitter& e, std::span<const Slot> a, Slot d) { emit_index_iterator(e, it, a[0], d); },
          .advice = {}};
}

// Of sizes, or of one tuple of them.
Resolution indices(std::span<const Argument> arguments, const Builtin&) {
  std::vector<const Type*> sizes;
  for (auto& a : arguments) sizes.push_back(a.type);
  bool tuple = sizes.size() == 1 && sizes[0]->is_tuple();
  if (tuple) sizes = arguments[0].type->elements;
  for (auto* t : sizes)
    if (!t->is_scalar() || !is_integer(t->scalar)) return {.advice = "it takes integers or a tuple of integers"};
  if (sizes.size() > 8) return {.advice = "eight sizes at most"};
  const Type* it = index_iterator("ndindex", types::tuple(sizes));
  return {.result = it,
          .literal = {},
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                Slot shape = e.temporary(it->elements[0]);
                for (size_t k = 0; k < sizes.size(); ++k)
                  e.move(shape + static_cast<Slot>(k), tuple ? a[0] + static_cast<Slot>(k) : a[k], 1);
                emit_index_iterator(e, it, shape, d);
              },
          .advice = {}};
}

Resolution same(std::span<const Argument> arguments, const Builtin&) {
  const Type* type = arguments[0].type;
  return {.result = type,
          .literal = arguments[0].literal,
          .parameters = {},
          .lower = [type](Emitter& e, std::span<const Slot> a, Slot d) { e.move(d, a[0], type->slots); },
          .advice = {}};
}

// What Numba calls a loop's rounds: of an iterator over a range those that are left, of others all.
Resolution rounds(std::span<const Argument> arguments, const Builtin&) {
  auto* of = arguments[0].type;
  const bool shared = of->kind == TypeKind::iterator && of->text == "shared";
  const Type* it = shared ? of->elements[0] : of;
  const bool over_array = it->kind == TypeKind::array_iter, over_range = it->kind == TypeKind::range_iter;
  const bool in_turn = it->kind == TypeKind::iterator && (it->text == "list" || it->text == "tuple");
  if (!over_array && !over_range && !in_turn) return {.advice = "it takes an iterator of a range, an array, a list or a tuple"};
  return {.result = over_range ? types::scalar(it->scalar) : types::int64(),
          .literal = {},
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                Slot state = shared ? emit_shared_state(e, of, a[0]) : a[0];
                if (over_range) return void(e.move(d, state + 2, 1));
                if (over_array) return void(e.move(d, state + array_shape_slot(it->ndim, 0), 1));
                if (it->text == "list") return e.call_runtime("px_list_size", list_size, {state + 1}, d, 1);
                e.move(d, e.int_constant(static_cast<int64_t>(it->elements[0]->elements.size())), 1);
              },
          .advice = {}};
}

// operator.contains(sequence, value)
Resolution contains(std::span<const Argument> arguments, const Builtin&) {
  const Argument turned[] = {arguments[1], arguments[0]};
  auto& membership = operator_builtin(Operator::in_);
  Resolution r = membership.resolve(turned, membership);
  if (r.lower)
    r.lower = [lower = r.lower](Emitter& e, std::span<const Slot> a, Slot d) {
      const Slot slots[] = {a[1], a[0]};
      lower(e, slots, d);
    };
  return r;
}

Resolution not_called(std::span<const Argument>, const Builtin&) {
  return {.advice = "`...` belongs in an index"};
}

constexpr int every = 1;

const Builtin table[] = {
    {"enumerate", count, "(0, first), (1, second), … of what a loop goes over", "", {"iterable", "start"}, 1, nullptr, 1, 2, {}, true},
    {"zip", pairs, "tuples of the items of several, until the shortest ends", "", {}, 0, nullptr, 0, 255, {}, true},
    {"sum",
     total,
     "the sum of an array in one dimension, a range or a tuple",
     "sum((x, 1)); sum(np.full(3, x)); sum((1, 2), x)",
     {"iterable", "start"},
     1,
     nullptr,
     1,
     2},
    {"any", truth_of, "whether an item is true", "", {}, 0, nullptr, 1, 1},
    {"all", truth_of, "whether all items are true", "", {}, 0, &every, 1, 1},
    {"numpy.ndenumerate", element_indices, "((0, 0), first), … of an array, in index order", "", {}, 0, nullptr, 1, 1, {}, true},
    {"numpy.ndindex", indices, "(0, 0), (0, 1), … of a shape", ""},
    {"numpy.nditer",
     nditer,
     "the elements of an array, or of a tuple of arrays together, as arrays in no dimensions: x.item(), x[()] = …",
     "",
     {},
     0,
     nullptr,
     1,
     1,
     {},
     true},
    {"operator.contains", contains, "b in a", "operator.contains((1, 2, 3), x)", {}, 0, nullptr, 2, 2},
    {"numba.core.inline_closurecall.length_of_iterator",
     rounds,
     "how many rounds a loop over an iterator has",
     "",
     {},
     0,
     nullptr,
     1,
     1,
     {},
     true},
    {"numba.misc.special.literally", same, "the value itself"},
    {"numba.misc.special.literal_unroll", same, "the tuple itself: a loop over it may have items of several types"},
    {"Ellipsis", not_called, "`...` in an index: the axes that are not named", ""},
};

}  // namespace

std::span<const Builtin> iterable_builtins() {
  return table;
}

}  // namespace px::jit
