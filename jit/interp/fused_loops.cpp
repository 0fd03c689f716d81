// Superinstructions that end in a branch: compare what was just computed or loaded, count and compare, store and count and compare.
#include "jit/interp/fused.h"

namespace px::jit::interp {

using namespace fused;

namespace {

template <class T, class A, class B, class Visit>
void each_comparison(Visit visit) {
  visit.template operator()<Binary<Op::eq_, T, A, B>>();
  visit.template operator()<Binary<Op::ne_, T, A, B>>();
  visit.template operator()<Binary<Op::lt_, T, A, B>>();
  visit.template operator()<Binary<Op::le_, T, A, B>>();
  visit.template operator()<Binary<Op::gt_, T, A, B>>();
  visit.template operator()<Binary<Op::ge_, T, A, B>>();
}

// Comparisons of elements, and of elements at i ± k.
template <class T, Scalar element>
void add_element_tests(Registry& r) {
  using A = L1<element>;
  auto all = [&]<class E> { add_branches<Nothing, E>(r); };
  each_comparison<T, A, Reg>(all);
  each_comparison<T, Reg, A>(all);
  each_comparison<T, A, A>(all);
  auto loop = [&]<class E> { loop_branches<Nothing, E>(r); };
  each_type<I<Op::add_, Reg, Reg>, I<Op::sub_, Reg, Reg>>([&]<class At> {
    each_comparison<T, L1<element, At>, Reg>(loop);
    each_comparison<T, A, L1<element, At>>(loop);
  });
  // while a[i] < pivot: i += 1
  each<Op::add_, Op::sub_>([&]<Op op> { each_comparison<T, A, Reg>([&]<class E> { loop_branches<SetI<I<op, Reg, Reg>>, E>(r); }); });
}

}  // namespace

void add_fused_loops(Registry& r) {
  add_element_tests<double, Scalar::f64>(r);
  add_element_tests<int64_t, Scalar::i64>(r);
  auto all = [&]<class E> { add_branches<Nothing, E>(r); };
  // The truth of an element.
  all.operator()<L1<Scalar::boolean>>();
  all.operator()<Convert<uint64_t, Scalar::boolean, L1<Scalar::u8>>>();
  all.operator()<Convert<int64_t, Scalar::boolean, L1<Scalar::i64>>>();
  all.operator()<Convert<int64_t, Scalar::boolean, Reg>>();
  // Comparisons of what was just computed.
  each<Op::add_, Op::sub_, Op::mul_>([&]<Op op> {
    each_comparison<int64_t, I<op, Reg, Reg>, Reg>(all);
    each_comparison<double, F<op, Reg, Reg>, Reg>(all);
  });
  each_comparison<int64_t, I<Op::sub_, Reg, Reg>, I<Op::sub_, Reg, Reg>>(all);
  each_comparison<int64_t, Reg, I<Op::mul_, Reg, Reg>>(all);
  each_comparison<int64_t, Binary<Op::mod_, int64_t, Reg, Reg, true>, Reg>(all);
  each_comparison<int64_t, I<Op::bit_and_, Reg, Reg>, Reg>(all);
  each_comparison<double, F<Op::add_, F<Op::mul_, Reg, Reg>, F<Op::mul_, Reg, Reg>>, Reg>(all);
  each_comparison<double, Unary<Op::abs_, double, Reg>, Reg>(all);
  each_comparison<double, Unary<Op::abs_, double, F<Op::sub_, Reg, Reg>>, Reg>(all);
  // A statement, then a comparison.
  auto after_count = [&]<class E> {
    each<Op::add_, Op::sub_, Op::mul_>([&]<Op op> { loop_branches<SetI<I<op, Reg, Reg>>, E>(r); });
    loop_branches<Move, E>(r);
    loop_branches<Sequence<Move, SetI<I<Op::add_, Reg, Reg>>>, E>(r);
    loop_branches<Sequence<Move, Move>, E>(r);
    each<Op::add_, Op::sub_>([&]<Op op> {
      each_type<S1<Scalar::f64, Reg>, S1<Scalar::i64, Reg>, S1<Scalar::u8, Reg>, S1<Scalar::boolean, Reg>>(
          [&]<class S> { r.add<Branch<Sequence<S, SetI<I<op, Reg, Reg>>>, E, true, true>>(); });
    });
    loop_branches<Sequence<SetI<I<Op::add_, Reg, Reg>>, SetI<I<Op::sub_, Reg, Reg>>>, E>(r);
  };
  each_comparison<int64_t, Reg, Reg>(after_count);
  auto after_sum = [&]<class E> {
    each<Op::add_, Op::sub_, Op::mul_>([&]<Op op> { loop_branches<SetF<F<op, Reg, Reg>>, E>(r); });
    loop_branches<SetF<F<Op::add_, Reg, Square<Op::mul_, double, F<Op::sub_, F2, F2>>>>, E>(r);
    loop_branches<SetF<F<Op::add_, Reg, Square<Op::mul_, double, F<Op::sub_, F1, F1>>>>, E>(r);
    loop_branches<SetF<F<Op::add_, Reg, F<Op::mul_, Reg, Reg>>>, E>(r);
    loop_branches<Move, E>(r);
  };
  each_comparison<double, Reg, Reg>(after_sum);
  // A statement, then the next round, or a jump.
  auto next = [&]<class S> { r.add<Branch<S, Next<int64_t>, true, true>>(); };
  next.operator()<Move>();
  next.operator()<Sequence<Move, Move>>();
  each_type<Move, Sequence<Move, Move>, SetI<I<Op::add_, Reg, Reg>>, SetI<I<Op::sub_, Reg, Reg>>, SetF<F<Op::add_, Reg, Reg>>,
            SetF<F<Op::mul_, Reg, Reg>>>([&]<class S> {
    r.add<Jump<S, true>>();
    r.add<Jump<S, false>>();
  });
}

}  // namespace px::jit::interp
