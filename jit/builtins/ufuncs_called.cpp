// NumPy's element-wise functions that are one call a number, with Numba's definitions.
#include <cmath>
#include <numbers>

#include "jit/builtins/divisors.h"
#include "jit/builtins/mathlib.h"
#include "jit/builtins/ufunc_loops.h"

namespace px::jit::loops {

using typed::Slot;

namespace {

using Arguments = std::span<const Argument>;
using Slots = std::span<const Slot>;

template <class T>
T logarithm_of_more(T x) {
  if constexpr (sizeof(T) == 8) {
    return px_log1p(x);
  } else {
    return px_log1pf(x);
  }
}
template <class T>
T exponential(T x) {
  if constexpr (sizeof(T) == 8) {
    return px_exp(x);
  } else {
    return px_expf(x);
  }
}
template <class T>
T exponential_of_two(T x) {
  if constexpr (sizeof(T) == 8) {
    return px_exp2(x);
  } else {
    return px_exp2f(x);
  }
}

// The larger, and what the smaller adds to it.
template <class T, class More>
T sum_in_logarithms(T x, T y, T of_equals, More more) {
  if (x == y) return x + of_equals;
  const T difference = x - y;
  return difference > 0 ? x + more(-difference) : difference <= 0 ? y + more(difference) : difference;
}
template <class T>
T add_exponentials(T x, T y) {
  return sum_in_logarithms(x, y, static_cast<T>(std::numbers::ln2), [](T z) { return logarithm_of_more(exponential(z)); });
}
template <class T>
T add_powers_of_two(T x, T y) {
  return sum_in_logarithms(x, y, T(1), [](T z) { return static_cast<T>(std::numbers::log2e) * logarithm_of_more(exponential_of_two(z)); });
}

template <class T>
T next_after(T x, T y) {
  return std::nextafter(x, y);
}
// To the next float away from zero.
template <class T>
T spacing(T x) {
  return std::nextafter(x, std::copysign(static_cast<T>(HUGE_VAL), x)) - x;
}

Resolution of_floats(Arguments arguments, const Builtin& self) {
  return call_pair(floats, arguments, *static_cast<const Pair*>(self.data));
}
Resolution of_doubles(Arguments arguments, const Builtin& self) {
  return call_pair(std::span(floats).last(1), arguments, *static_cast<const Pair*>(self.data));
}

struct OfIntegers {
  const char* symbol;
  typed::RuntimeFunction (*function)(bool is_signed);
};
Resolution of_integers(Arguments arguments, const Builtin& self) {
  auto loop = choose(integers, arguments);
  if (!loop) return {.advice = "integers are taken"};
  return in_loop(
      *loop, 2, false, [t = types::scalar(*loop), what = *static_cast<const OfIntegers*>(self.data)](Emitter& e, Slots a, Slot d) {
        in_own_width(e, t, d,
                     [&](Scalar kind, Slot to) { e.call_runtime(what.symbol, what.function(is_signed(kind)), {a[0], a[1]}, to, 1); });
      });
}

#define PX_PAIR(name) {reinterpret_cast<void*>(name<double>), reinterpret_cast<void*>(name<float>)}
const Pair of_sum = PX_PAIR(add_exponentials), of_sum_to_two = PX_PAIR(add_powers_of_two), next = PX_PAIR(next_after),
           gap = PX_PAIR(spacing), cube_root = {reinterpret_cast<void*>(px_cbrt), reinterpret_cast<void*>(px_cbrtf)},
           power = {reinterpret_cast<void*>(px_pow), reinterpret_cast<void*>(px_powf)};
#undef PX_PAIR
const OfIntegers divisor{"px_gcd", common_divisor}, multiple{"px_lcm", common_multiple};

const Builtin table[] = {
    PX_UFUNC1("cbrt", of_floats, &cube_root, "cube root"),
    PX_UFUNC2("logaddexp", of_floats, &of_sum, "log(e ** x + e ** y)"),
    PX_UFUNC2("logaddexp2", of_floats, &of_sum_to_two, "log2(2 ** x + 2 ** y)"),
    PX_UFUNC2("float_power", of_doubles, &power, "x ** y in float64"),
    PX_UFUNC2("nextafter", of_floats, &next, "the next float towards y"),
    PX_UFUNC1("spacing", of_floats, &gap, "how far the next float away from zero is"),
    {"numpy.gcd", of_integers, "greatest common divisor", "np.gcd(12, 18)", {}, 0, &divisor, 2, 2, "numpy.gcd"},
    {"numpy.lcm", of_integers, "least common multiple", "np.lcm(12, 18)", {}, 0, &multiple, 2, 2, "numpy.lcm"},
};

}  // namespace

std::span<const Builtin> called_ufuncs() {
  return table;
}

}  // namespace px::jit::loops
