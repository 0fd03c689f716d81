// Rules: sorting by a key that a function makes.
#include "jit/builtins/iterable.h"
#include "jit/builtins/list.h"
#include "jit/infer/lowering.h"
#include "jit/infer/transfer.h"

namespace px::jit::transfer {

using typed::Op;
using typed::Slot;

namespace {

// What makes a key of an item: `emit` puts it in `d`.
struct Key {
  const Type* type = nullptr;  // null while it is not known
  const Specialisation* callee = nullptr;
  std::function<void(Lowering&, Slot item, Slot d)> emit;
};

Key key_of(Inference& inf, const Argument& key, const Type* item) {
  if (key.type->kind == TypeKind::builtin) {
    auto* entry = find_builtin(key.type->text);
    Argument argument{item};
    Resolution r = entry ? entry->resolve(std::span(&argument, 1), *entry) : Resolution{};
    if (!r.callable()) mistyped("the key " + to_string(key.type) + " of " + to_string(item));
    return {r.result, nullptr, [=](Lowering& low, Slot from, Slot d) {
              const Slot slots[] = {from};
              r.emit(low.emitter, std::span(&item, 1), slots, d);
            }};
  }
  if (key.type->kind != TypeKind::function) mistyped("the key " + to_string(key.type) + " is no px function");
  std::vector<const Type*> types = key.type->elements;
  types.push_back(item);
  auto& function = *const_cast<Function*>(key.type->function);
  std::vector<int> sources;
  if (std::string wrong = function.match_arguments(1, {}, sources); !wrong.empty() || sources.size() != 1)
    mistyped("the key takes one argument" + (wrong.empty() ? "" : ": " + wrong));
  Specialisation* callee = inf.callee(function, types);
  return {callee->result, callee, [=](Lowering& low, Slot from, Slot d) {
            typed::Call call{.callee = callee, .arguments = {}, .result = d, .result_slots = callee->result->slots};
            for (uint32_t k = 0; k < key.type->slots; ++k) call.arguments.push_back(low.of(key) + k);
            for (uint32_t k = 0; k < item->slots; ++k) call.arguments.push_back(from + k);
            for (auto& h : callee->hidden) {
              Slot first = low.hidden(low.inference().add_hidden(h));
              for (uint32_t k = 0; k < h.type->slots; ++k) call.arguments.push_back(first + k);
            }
            auto& out = low.emitter.out();
            out.calls.push_back(std::move(call));
            low.emitter.emit({.op = Op::call_, .aux = static_cast<uint32_t>(out.calls.size() - 1)});
          }};
}

}  // namespace

Plan sort_by_key(Inference& inf, const Argument& from, const Argument& key, const Argument* reverse, bool in_place) {
  Inference::require_known(from.type);
  const Type* it = iterator_of(from.type);
  if (!it) mistyped(to_string(from.type) + " cannot be sorted: it takes what a loop goes over");
  const Type *item = yielded(it), *list = types::list(item);
  Argument result{in_place ? types::none() : list};
  if (reverse && !reverse->type->is_scalar()) mistyped("reverse is a boolean");
  Key made = key_of(inf, key, item);
  if (!made.type) return {.results = {{}}, .pending = true, .lower = {}};
  if (order_of(made.type).empty()) mistyped("keys of type " + to_string(made.type) + " have no order: numbers, or tuples of numbers");
  auto flag = reverse ? std::optional(*reverse) : std::nullopt;
  Plan plan{.results = {result}, .lower = [=](Lowering& low, std::span<const Slot> d) {
              auto& e = low.emitter;
              Slot sorted = e.temporary(list), keys = e.temporary(types::list(made.type)),
                   iterator = e.temporary(types::iterator("list", std::span(&list, 1)));
              if (in_place) {
                e.move(sorted, low.of(from), 1);
              } else {
                auto& make = *find_builtin("list");
                Argument argument{from.type};
                const Slot slots[] = {low.of(from)};
                make.resolve(std::span(&argument, 1), make).emit(e, std::span(&from.type, 1), slots, sorted);
              }
              e.call_runtime("px_list_new", list_new, {e.int_constant(0), e.int_constant(0)}, keys, 1);
              Slot x = e.temporary(item, std::max(item->slots, 1U)), y = e.temporary(made.type);
              const Type* over = iterator_of(list);
              uint32_t header = e.new_label(), done = e.new_label();
              emit_iter(e, list, sorted, iterator);
              e.bind(header);
              emit_next(e, over, iterator, x, done);
              made.emit(low, x, y);
              call_list(e, "px_list_append", jit::list_append, keys, types::list(made.type), slots_of(y, made.type->slots));
              e.jump(header);
              e.bind(done);
              Slot backwards = flag ? e.convert(low.of(*flag), flag->type, types::boolean()) : e.constant(0, types::boolean());
              std::vector<Slot> rest = {keys, e.int_constant(made.type->slots), backwards};
              for (int64_t order : order_of(made.type)) rest.push_back(e.int_constant(order));
              call_list(e, "px_list_sort_by", list_sort_by, sorted, list, std::move(rest));
              if (!in_place) e.move(d[0], sorted, 1);
            }};
  if (made.callee) plan.callees.push_back(made.callee);
  return plan;
}

}  // namespace px::jit::transfer
