#include "jit/builtins/complex_order.h"

#include <algorithm>
#include <array>

#include "jit/builtins/complex.h"
#include "jit/interp/value.h"

namespace px::jit {

using typed::Op;
using typed::Slot;

namespace {

// Where the real parts decide, the imaginary ones must be numbers.
Resolution comparison(const Type* type, Op apart, Op equal) {
  return {.result = types::boolean(),
          .literal = {},
          .parameters = {type, type},
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                const Scalar part = part_of_complex(type->scalar), boolean = Scalar::boolean;
                Slot decided = e.temporary(types::boolean()), other = e.temporary(types::boolean());
                e.binary(apart, part, decided, a[0], a[1]);
                for (Slot x : {a[0] + 1, a[1] + 1}) {
                  e.binary(Op::eq_, part, other, x, x);
                  e.binary(Op::bit_and_, boolean, decided, decided, other);
                }
                Slot same = e.temporary(types::boolean());
                e.binary(Op::eq_, part, same, a[0], a[1]);
                e.binary(equal, part, other, a[0] + 1, a[1] + 1);
                e.binary(Op::bit_and_, boolean, same, same, other);
                e.binary(Op::bit_or_, boolean, d, decided, same);
              },
          .advice = {}};
}

// The lesser or the greater of two. One with a nan part wins or loses over a number, and the first over the second.
template <class T, bool greater, bool nan_wins>
int32_t extreme(const uint64_t* x, uint64_t* result) {
  T a = interp::get<T>(x[0]), b = interp::get<T>(x[1]), c = interp::get<T>(x[2]), d = interp::get<T>(x[3]);
  bool nan_first = a != a || b != b, nan_second = c != c || d != d;
  bool first = nan_first || nan_second ? (nan_wins ? nan_first : nan_second)
               : greater               ? a > c || (a == c && b >= d)
                                       : a < c || (a == c && b <= d);
  std::copy_n(first ? x : x + 2, 2, result);
  return 0;
}

struct Comparison {
  std::string_view numpy;
  Op apart, equal;
};
constexpr std::array comparisons = {Comparison{"numpy.less", Op::lt_, Op::lt_}, Comparison{"numpy.less_equal", Op::lt_, Op::le_},
                                    Comparison{"numpy.greater", Op::gt_, Op::gt_}, Comparison{"numpy.greater_equal", Op::gt_, Op::ge_}};

struct Extreme {
  std::string_view numpy;
  typed::RuntimeFunction wide, narrow;
};
template <bool greater, bool nan_wins>
constexpr Extreme extreme_of(std::string_view numpy) {
  return {numpy, extreme<double, greater, nan_wins>, extreme<float, greater, nan_wins>};
}
constexpr std::array extremes = {extreme_of<false, true>("numpy.minimum"), extreme_of<true, true>("numpy.maximum"),
                                 extreme_of<false, false>("numpy.fmin"), extreme_of<true, false>("numpy.fmax")};

}  // namespace

Resolution resolve_complex_order(std::string_view name, const Type* type) {
  if (auto c = std::ranges::find(comparisons, name, &Comparison::numpy); c != comparisons.end())
    return comparison(type, c->apart, c->equal);
  if (auto x = std::ranges::find(extremes, name, &Extreme::numpy); x != extremes.end())
    return call_complex(type, 2, "px_complex_extreme", x->wide, x->narrow);
  return {};
}

}  // namespace px::jit
