// Handlers of one operator each: arithmetic, comparison, conversion, mathematics, and branches on one comparison.
#include "jit/interp/kinds.h"
#include "jit/interp/registry.h"

namespace px::jit::interp {

using typed::Op;

namespace {

// The kinds of each operator that meaning.def defines; if constexpr keeps kinds that an operator does not take uninstantiated.
template <Op op>
constexpr std::string_view kinds_of() {
  constexpr std::string_view table[] = {
#define PX_TYPED_OP(name, kinds, doc) kinds,
#include "jit/typed/ops.def"
#undef PX_TYPED_OP
  };
  return table[static_cast<size_t>(op)];
}

template <Op op, class T, char letter>
void add_kind(Registry& registry) {
  if constexpr (kinds_of<op>().find(letter) != std::string_view::npos) {
    if constexpr (Meaning<op>::operands == 1) {
      registry.add<Straight<Set<T, Unary<op, T, Reg>>>>();
    } else {
      using Result = ResultOf<op, T>;
      registry.add<Straight<Set<Result, Binary<op, T, Reg, Reg>>>>();
      if constexpr (Meaning<op>::template can_fail<true> && !Meaning<op>::template can_fail<false>) {
        registry.add<Straight<Set<Result, Binary<op, T, Reg, Reg, true>>>>();
      }
      if constexpr (Meaning<op>::compares) {
        add_branches<Nothing, Binary<op, T, Reg, Reg>>(registry);
      }
    }
  }
}

template <Op op>
void add_operator(Registry& registry) {
  add_kind<op, int64_t, 'i'>(registry);
  add_kind<op, uint64_t, 'u'>(registry);
  add_kind<op, double, 'f'>(registry);
  add_kind<op, float, 's'>(registry);
  add_kind<op, bool, 'b'>(registry);
}

template <class From>
void add_conversions(Registry& registry) {
  for_each_scalar([&]<Scalar to> { registry.add<Straight<Set<RegisterType<to>, Convert<From, to, Reg>>>>(); });
}

}  // namespace

void add_arithmetic(Registry& registry) {
#define PX_UNARY(op, meaning) add_operator<Op::op##_>(registry);
#define PX_BINARY(op, meaning) PX_UNARY(op, meaning)
#define PX_COMPARE(op, meaning) PX_UNARY(op, meaning)
#define PX_DIVISION(op, meaning) PX_UNARY(op, meaning)
#define PX_SHIFT(op, meaning) PX_UNARY(op, meaning)
#include "jit/interp/meaning.def"
  add_conversions<int64_t>(registry);
  add_conversions<uint64_t>(registry);
  add_conversions<double>(registry);
  add_conversions<float>(registry);
  add_conversions<bool>(registry);
  registry.add<Straight<Set<double, Math1<double, Reg>>>>();
  registry.add<Straight<Set<float, Math1<float, Reg>>>>();
  registry.add<Straight<Set<double, Math2<double, Reg, Reg>>>>();
  registry.add<Straight<Set<float, Math2<float, Reg, Reg>>>>();
  registry.add<Straight<Set<uint64_t, Reg>>>();  // move
  add_branches<Nothing, Reg>(registry);
  add_branches<Nothing, Next<int64_t>>(registry);
  add_branches<Nothing, Next<uint64_t>>(registry);
  registry.add<Return<Nothing, uint64_t, Reg>>();
  registry.add<Jump<Nothing, true>>();
  registry.add<Jump<Nothing, false>>();
}

}  // namespace px::jit::interp
