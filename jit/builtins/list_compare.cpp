#include "jit/builtins/list_compare.h"

#include "jit/builtins/list.h"

namespace px::jit {

using typed::Op;
using typed::Slot;

Resolution compare_lists(std::string_view name, const Type* a, const Type* b) {
  if (a->elements.empty() || b->elements.empty()) return {};
  const bool equality = name == "operator.eq" || name == "operator.ne", negated = name == "operator.ne";
  const bool swapped = name == "operator.gt" || name == "operator.ge";  // b < a, b <= a
  const bool strict = name == "operator.lt" || name == "operator.gt";
  const Type *x = swapped ? b->elements[0] : a->elements[0], *y = swapped ? a->elements[0] : b->elements[0];
  Argument pair[] = {{x, {}, -1, 0}, {y, {}, -1, 0}};
  auto rule = [&](Operator op) {
    auto& entry = operator_builtin(op);
    return entry.resolve(pair, entry);
  };
  Resolution first = rule(equality ? Operator::eq : Operator::lt), second = equality ? Resolution{} : rule(Operator::gt);
  if (!first.result || (!equality && !second.result)) return {};
  return {.result = types::boolean(),
          .literal = {},
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> s, Slot d) {
                Slot left = s[swapped ? 1 : 0], right = s[swapped ? 0 : 1];
                Slot m = e.temporary(types::int64()), n = e.temporary(types::int64()), at = e.temporary(types::int64());
                Slot test = e.temporary(types::boolean()), answer = e.temporary(types::boolean());
                Slot p = e.temporary(x, std::max(x->slots, 1U)), q = e.temporary(y, std::max(y->slots, 1U));
                const Type* types_[] = {x, y};
                const Slot items[] = {p, q};
                uint32_t header = e.new_label(), body = e.new_label(), lengths = e.new_label(), end = e.new_label();
                auto settle = [&](uint32_t label, bool value) {
                  e.bind(label);
                  e.move(answer, e.constant(value, types::boolean()), 1);
                  e.jump(end);
                };
                e.call_runtime("px_list_size", list_size, {left}, m, 1);
                e.call_runtime("px_list_size", list_size, {right}, n, 1);
                e.move(at, e.int_constant(0), 1);
                if (equality) {
                  uint32_t same = e.new_label(), differ = e.new_label();
                  e.binary(Op::eq_, Scalar::i64, test, m, n);
                  e.branch(test, same, differ);
                  settle(differ, negated);
                  e.bind(same);
                }
                e.jump(header);
                e.bind(header);
                Slot shorter = e.temporary(types::int64());
                e.binary(Op::min_, Scalar::i64, shorter, m, n);
                e.binary(Op::lt_, Scalar::i64, test, at, shorter);
                e.branch(test, body, lengths);
                e.bind(body);
                call_list(e, "px_list_get", list_get, left, types::list(x), {at}, p, x->slots);
                call_list(e, "px_list_get", list_get, right, types::list(y), {at}, q, y->slots);
                e.binary(Op::add_, Scalar::i64, at, at, e.int_constant(1));
                first.emit(e, types_, items, test);
                if (equality) {
                  uint32_t differ = e.new_label();
                  e.branch(test, header, differ);
                  settle(differ, negated);
                } else {
                  uint32_t less = e.new_label(), more = e.new_label(), greater = e.new_label();
                  e.branch(test, less, more);
                  settle(less, true);
                  e.bind(more);
                  second.emit(e, types_, items, test);
                  e.branch(test, greater, header);
                  settle(greater, false);
                }
                e.bind(lengths);
                if (equality) {
                  e.move(answer, e.constant(!negated, types::boolean()), 1);
                } else {
                  e.binary(strict ? Op::lt_ : Op::le_, Scalar::i64, answer, m, n);
                }
                e.jump(end);
                e.bind(end);
                e.move(d, answer, 1);
              },
          .advice = {}};
}

}  // namespace px::jit
