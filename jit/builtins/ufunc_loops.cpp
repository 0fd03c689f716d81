#include "jit/builtins/ufunc_loops.h"

namespace px::jit::loops {

namespace {

// NumPy's casting='safe' between element types.
bool safe(Scalar from, Scalar to) {
  if (from == to || from == Scalar::boolean) return true;
  if (to == Scalar::boolean || is_float(from)) return from == Scalar::f32 && to == Scalar::f64;
  if (is_float(to)) return to == Scalar::f64 || item_size(from) <= 2;
  if (is_signed(from) && is_unsigned(to)) return false;
  return is_signed(from) == is_signed(to) ? item_size(from) <= item_size(to) : item_size(from) < item_size(to);
}

}  // namespace

std::optional<Scalar> choose(std::span<const Scalar> loops, std::span<const Argument> arguments) {
  bool whole = false, reals = false;
  for (auto& a : arguments) {
    if (!a.type->is_scalar()) return {};
    whole = whole || is_integer(a.type->scalar);
    reals = reals || is_float(a.type->scalar);
  }
  for (Scalar loop : loops) {
    bool fits = true;
    for (auto& a : arguments)  // integers beside floats go into any float
      fits = fits && (safe(a.type->scalar, loop) || (whole && reals && is_integer(a.type->scalar) && is_float(loop)));
    if (fits) return loop;
  }
  return {};
}

Scalar holds(Scalar a, Scalar b) {
  for (Scalar s : all)
    if (safe(a, s) && safe(b, s)) return s;
  return Scalar::f64;
}

void in_own_width(Emitter& e, const Type* t, typed::Slot d, const std::function<void(Scalar kind, typed::Slot d)>& compute) {
  const Type* wide = types::scalar(register_kind(t->scalar));
  if (wide == t) return compute(wide->scalar, d);
  typed::Slot value = e.temporary(wide);
  compute(wide->scalar, value);
  e.convert_into(d, value, wide, t);
}

Resolution in_loop(Scalar loop, size_t arguments, bool boolean_result,
                   std::function<void(Emitter&, std::span<const typed::Slot>, typed::Slot)> lower) {
  const Type* t = types::scalar(loop);
  return {.result = boolean_result ? types::boolean() : t,
          .literal = {},
          .parameters = std::vector<const Type*>(arguments, t),
          .lower = std::move(lower),
          .advice = {}};
}

Resolution call_pair(std::span<const Scalar> loops, std::span<const Argument> arguments, const Pair& pair) {
  auto loop = choose(loops, arguments);
  if (!loop) return {};
  return in_loop(*loop, arguments.size(), false, [s = *loop, pair](Emitter& e, std::span<const typed::Slot> a, typed::Slot d) {
    e.call_math(d, s, s == Scalar::f64 ? pair.real : pair.single, a[0], a.size() > 1 ? a[1] : typed::no_slot);
  });
}

}  // namespace px::jit::loops
