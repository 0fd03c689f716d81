#include "jit/builtins/optional.h"

namespace px::jit {

using typed::Op;
using typed::Slot;

Resolution resolve_optional(std::span<const Argument> arguments, const Builtin& entry) {
  bool is = entry.name == "operator.is_", equal = entry.name == "operator.eq", different = entry.name == "operator.ne";
  if (!is && entry.name != "operator.is_not" && !equal && !different) return {};
  auto *a = arguments[0].type, *b = arguments[1].type;
  if (!a->is_none() && !b->is_none()) return {};
  size_t which = a->is_optional() ? 0 : 1;
  bool negated = is || equal;  // the slot says whether there is a value
  return {.result = types::boolean(),
          .literal = {},
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> s, Slot d) {
                if (negated) {
                  e.unary(Op::logical_not_, Scalar::boolean, d, s[which]);
                } else {
                  e.move(d, s[which], 1);
                }
              },
          .advice = {}};
}

Resolution resolve_number_identity(const Type* a, const Type* b, bool positive) {
  Scalar kind = register_kind(a->scalar);
  return {.result = types::boolean(),
          .literal = a == b ? std::nullopt : std::optional(Constant{!positive}),
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> s, Slot d) {
                if (a != b) return void(e.move(d, e.constant(!positive, types::boolean()), 1));
                e.binary(positive ? Op::eq_ : Op::ne_, kind == Scalar::boolean ? Scalar::i64 : kind, d, s[0], s[1]);
              },
          .advice = {}};
}

}  // namespace px::jit
