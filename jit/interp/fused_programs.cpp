// Superinstructions that programs unlike the kernels gain from: neighbours in
// arrays, integer tables, elements compared, bits, float32, statements before a
// jump. Found with `make profile`, which runs the differential corpus; again
// widened to whole families.
#include "jit/interp/fused.h"

namespace px::jit::interp {

using namespace fused;

namespace {

using Plus = I<Op::add_, Reg, Reg>;
using Minus = I<Op::sub_, Reg, Reg>;
using F3 = F<Op::add_, Reg, F<Op::mul_, Reg, Reg>>;  // a sum of products goes on

template <class T, class A, class B, class Visit>
void each_comparison(Visit visit) {
  each<Op::eq_, Op::ne_, Op::lt_, Op::le_, Op::gt_, Op::ge_>([&]<Op op> { visit.template operator()<Binary<op, T, A, B>>(); });
}

// a[i + 1] · x, a[i, j - 1] · a[i, j], … : stencils and recurrences.
template <Scalar element>
void add_neighbours(Registry& r) {
  using T = RegisterType<element>;
  auto operand = [&]<class Near, class Here>() {
    each<Op::add_, Op::sub_, Op::mul_>([&]<Op op> {
      straight<Set<T, Binary<op, T, Reg, Near>>>(r);
      straight<Set<T, Binary<op, T, Near, Reg>>>(r);
      straight<Set<T, Binary<op, T, Here, Near>>>(r);
      straight<Set<T, Binary<op, T, Near, Here>>>(r);
    });
  };
  each_type<Plus, Minus>([&]<class At> {
    operand.template operator()<L1<element, At>, L1<element>>();
    operand.template operator()<L2<element, At, Reg>, L2<element>>();
    operand.template operator()<L2<element, Reg, At>, L2<element>>();
    r.add<Branch<S1<element, Reg, At>, Next<int64_t>, true, true>>();
    each_type<Reg, L1<element>>([&]<class X> {
      straight<S1<element, Binary<Op::add_, T, X, Reg>, At>>(r);
      straight<S1<element, Binary<Op::add_, T, X, L1<element>>, At>>(r);
    });
    straight<S2<element, Reg, At, Reg>>(r);
    straight<S2<element, Reg, Reg, At>>(r);
  });
  straight<Sequence<Set<T, L2<element>>, Set<T, L2<element>>>>(r);
  straight<Sequence<S2<element, Reg>, S2<element, Reg>>>(r);
  straight_and_next<S2<element, L2<element>>>(r);
}

// Elements compared with values and with each other, in two dimensions.
template <class T, Scalar element>
void add_element_tests(Registry& r) {
  using A = L2<element>;
  auto all = [&]<class E> { add_branches<Nothing, E>(r); };
  each_comparison<T, A, Reg>(all);
  each_comparison<T, Reg, A>(all);
  each_comparison<T, A, A>(all);
}

// Tables of integers: a[i] + b[j], the least of them, the remainder, stored or
// kept.
void add_integer_tables(Registry& r) {
  using I2 = L2<Scalar::i64>;
  each<Op::add_, Op::sub_, Op::mul_, Op::min_, Op::max_>([&]<Op op> {
    each_type<I1, I2>([&]<class A> {
      straight<SetI<I<op, A, Reg>>>(r);
      straight<SetI<I<op, Reg, A>>>(r);
      straight<SetI<I<op, A, A>>>(r);
    });
    straight_and_next<S1<Scalar::i64, I<op, Reg, Reg>>>(r);
    straight_and_next<S2<Scalar::i64, I<op, Reg, Reg>>>(r);
    straight_and_next<S2<Scalar::i64, I<op, I2, Reg>>>(r);
  });
  each<Op::min_, Op::max_>([&]<Op op> {
    straight<SetI<I<op, I<op, Reg, Reg>, Reg>>>(r);
    straight<SetI<I<op, Reg, Plus>>>(r);
    straight<SetI<I<op, Plus, Reg>>>(r);
    straight<SetF<F<op, Reg, Reg>>>(r);
    each_type<F1, F2>([&]<class A> {
      straight_and_next<SetF<F<op, Reg, A>>>(r);
      straight_and_next<SetF<F<op, A, Reg>>>(r);
    });
  });
  each<Op::mod_, Op::floordiv_>([&]<Op op> {
    straight<SetI<Binary<op, int64_t, I1, Reg, true>>>(r);
    using Wrapped = SetI<Binary<op, int64_t, Plus, Reg, true>>;  // (i + k) % n
    straight_and_next<SetI<Binary<op, int64_t, Reg, Reg, true>>>(r);
    straight<Sequence<SetI<Binary<op, int64_t, Reg, Reg, true>>, Wrapped>>(r);
    straight<Sequence<Wrapped, Wrapped>>(r);
    using Step = SetI<Binary<op, int64_t, I<Op::mul_, Reg, Reg>, Reg,
                             true>>;  // of a random number
    straight<Sequence<Step, SetF<F<Op::truediv_, Convert<int64_t, Scalar::f64, Reg>, Reg>>>>(r);
  });
}

// Bytes and int32 among integers, which need no conversion: counted, compared,
// copied.
template <Scalar element>
void add_narrow_tables(Registry& r) {
  each_type<L1<element>, L2<element>>([&]<class A> {
    each<Op::add_, Op::sub_>([&]<Op op> { straight_and_next<SetI<I<op, Reg, A>>>(r); });
    each_comparison<int64_t, A, Reg>([&]<class E> { add_branches<Nothing, E>(r); });
  });
  straight_and_next<S2<element, L2<element>>>(r);
}

// x & 1, x >> 1 and the like: tested, then a statement; a statement, then a
// test.
void add_bits(Registry& r) {
  add_branches<Nothing, Convert<int64_t, Scalar::boolean, I<Op::bit_and_, Reg, Reg>>>(r);
  add_branches<Nothing, Convert<int64_t, Scalar::boolean, I1>>(r);
  auto after = [&]<class S> {
    each_comparison<int64_t, Reg, Reg>([&]<class E> { loop_branches<S, E>(r); });
    loop_branches<S, Convert<int64_t, Scalar::boolean, Reg>>(r);
  };
  each<Op::bit_and_, Op::bit_xor_, Op::shr_, Op::shl_>([&]<Op op> { after.template operator()<SetI<I<op, Reg, Reg>>>(); });
  each<Op::floordiv_, Op::mod_>([&]<Op op> { after.template operator()<SetI<Binary<op, int64_t, Reg, Reg, true>>>(); });
  each<Op::add_, Op::sub_>([&]<Op op> { loop_branches<SetI<I<op, Reg, Reg>>, Convert<int64_t, Scalar::boolean, Reg>>(r); });
  each_comparison<int64_t, Reg, Reg>([&]<class E> { loop_branches<SetI<I1>, E>(r); });
  each_comparison<double, Reg, Reg>([&]<class E> { loop_branches<SetF<F1>, E>(r); });
  each<Op::bit_and_, Op::bit_xor_, Op::shl_, Op::shr_, Op::add_, Op::sub_, Op::mul_>([&]<Op x> {
    each<Op::bit_and_, Op::bit_xor_, Op::shl_, Op::shr_, Op::add_, Op::sub_>(
        [&]<Op y> { straight<Sequence<SetI<I<x, Reg, Reg>>, SetI<I<y, Reg, Reg>>>>(r); });
  });
  each_comparison<int64_t, Reg, Plus>([&]<class E> { add_branches<Nothing, E>(r); });
  each_comparison<int64_t, Reg, Minus>([&]<class E> { add_branches<Nothing, E>(r); });
  each_comparison<double, F<Op::sub_, Reg, F1>, Reg>([&]<class E> { add_branches<Nothing, E>(r); });
}

// Sums of products and of elements, two statements of them, elimination in
// place.
void add_floats(Registry& r) {
  each<Op::add_, Op::sub_>([&]<Op op> {
    auto product = [&]<class A, class B> { straight_and_next<SetF<F<op, F<Op::mul_, Reg, A>, B>>>(r); };  // y · a[i] ± b[j]
    each_type<F1, F2>([&]<class A> {
      product.template operator()<A, Reg>();
      product.template operator()<Reg, A>();
      product.template operator()<A, F1>();
      product.template operator()<A, F2>();
      straight_and_next<SetF<F<op, Reg, F<Op::truediv_, A, Reg>>>>(r);
      each<Op::add_, Op::sub_, Op::mul_>([&]<Op inner> {
        straight<SetF<F<op, F<inner, A, A>, A>>>(r);
        straight<SetF<F<op, F<inner, A, A>, Reg>>>(r);
      });
    });
    straight_and_next<S1<Scalar::f64, F<op, F1, F<Op::mul_, F1, F1>>>>(r);
    straight_and_next<S1<Scalar::f64, F<op, F1, F<Op::mul_, F2, F1>>>>(r);
    straight_and_next<S2<Scalar::f64, F<op, F2, F<Op::mul_, F2, F2>>>>(r);
    straight_and_next<S2<Scalar::f64, F<op, F2, F<Op::mul_, F1, F1>>>>(r);
    straight_and_next<S1<Scalar::f64, F<op, F<Op::mul_, Reg, F1>, F1>>>(r);
    straight<Sequence<SetF<F3>, SetF<F<op, Reg, F<Op::mul_, Reg, Reg>>>>>(r);
    straight<Sequence<SetF<F<Op::mul_, Reg, Reg>>, SetF<F<op, Reg, F<Op::mul_, Reg, Reg>>>>>(r);
    straight<SetF<F<op, Reg, F<Op::truediv_, Reg, Convert<int64_t, Scalar::f64, Reg>>>>>(r);
  });
  // Products along a shifted axis: convolutions.
  each_type<L1<Scalar::f64, Plus>, L1<Scalar::f64, Minus>>([&]<class A> {
    straight_and_next<SetF<F<Op::add_, Reg, F<Op::mul_, A, F1>>>>(r);
    straight_and_next<SetF<F<Op::add_, Reg, F<Op::mul_, F1, A>>>>(r);
    straight_and_next<SetF<F<Op::add_, Reg, F<Op::mul_, A, L1<Scalar::f64, Minus>>>>>(r);
  });
  each_type<L2<Scalar::f64, Reg, Plus>, L2<Scalar::f64, Plus, Reg>, L2<Scalar::f64, Plus, Plus>>([&]<class A> {
    straight_and_next<SetF<F<Op::add_, Reg, F<Op::mul_, A, F2>>>>(r);
    straight_and_next<SetF<F<Op::add_, Reg, F<Op::mul_, F2, A>>>>(r);
  });
  // Newton's step.
  straight<Sequence<Move, SetF<F<Op::truediv_, Reg, Reg>>>>(r);
  straight<Sequence<SetF<F<Op::truediv_, Reg, Reg>>, SetF<F<Op::mul_, Reg, F<Op::add_, Reg, Reg>>>>>(r);
  straight<Sequence<SetF<F<Op::mul_, Reg, F<Op::add_, Reg, Reg>>>, SetF<F<Op::mul_, Reg, Reg>>>>(r);
  using Count = Convert<int64_t, Scalar::f64, Plus>;
  straight<SetF<F<Op::truediv_, Reg, Count>>>(r);
  straight<SetF<F<Op::mul_, Reg, Count>>>(r);
  each_type<S1<Scalar::f64, F<Op::truediv_, F1, Convert<int64_t, Scalar::f64, I1>>>, S2<Scalar::f64, F<Op::truediv_, F2, F2>>,
            S1<Scalar::f64, F<Op::truediv_, Reg, F2>>>([&]<class S> { straight_and_next<S>(r); });
  each_type<F1, F2>([&]<class A> {
    straight<Sequence<SetF<F<Op::sub_, A, A>>, SetF<F<Op::sub_, A, A>>>>(r);
    straight<Sequence<SetF<F<Op::sub_, A, A>>, SetF<F<Op::mul_, Reg, Reg>>>>(r);
  });
  each<Op::add_, Op::sub_, Op::mul_>([&]<Op op> {
    straight<Sequence<SetF<F<op, Reg, Reg>>, SetF<F<Op::truediv_, Reg, Reg>>>>(r);
    straight<Sequence<SetF<F<Op::truediv_, Reg, Reg>>, SetF<F<op, Reg, Reg>>>>(r);
  });
}

// float32 arrays: what fused_float.cpp and fused_memory.cpp have for float64,
// as far as it is common.
void add_single_floats(Registry& r) {
  using A1 = L1<Scalar::f32>;
  using A2 = L2<Scalar::f32>;
  each<Op::add_, Op::sub_, Op::mul_>([&]<Op op> {
    straight_and_next<Set<float, Binary<op, float, Reg, Reg>>>(r);
    straight_and_next<S1<Scalar::f32, Binary<op, float, Reg, Reg>>>(r);
    straight_and_next<S1<Scalar::f32, Binary<op, float, A1, A1>>>(r);
    straight_and_next<S2<Scalar::f32, Binary<op, float, Reg, Reg>>>(r);
    each_type<A1, A2>([&]<class A> {
      straight_and_next<Set<float, Binary<op, float, Reg, A>>>(r);
      straight<Set<float, Binary<op, float, A, A>>>(r);
      straight_and_next<Set<float, Binary<Op::add_, float, Reg, Binary<op, float, A, A>>>>(r);
      straight_and_next<Set<float, Binary<Op::add_, float, Reg, Binary<op, float, A, Reg>>>>(r);
      straight_and_next<Set<float, Binary<Op::add_, float, Reg, Binary<op, float, Reg, A>>>>(r);
    });
    each<Op::add_, Op::sub_, Op::mul_>([&]<Op inner> {
      straight<Set<float, Binary<op, float, Binary<inner, float, Reg, Reg>, Reg>>>(r);
      straight<Set<float, Binary<op, float, Reg, Binary<inner, float, Reg, Reg>>>>(r);
    });
  });
  straight_and_next<S1<Scalar::f32, Binary<Op::add_, float, Binary<Op::mul_, float, Reg, A1>, A1>>>(r);
  straight_and_next<S1<Scalar::f32, Binary<Op::add_, float, A1, Binary<Op::mul_, float, Reg, A1>>>>(r);
  straight<Set<float, Binary<Op::sub_, float, A2, A2>>>(r);
}

// A statement, then a jump: the end of a branch, of a `while` with `continue`.
void add_jumps(Registry& r) {
  auto jumps = [&]<class S> {
    r.add<Jump<S, true>>();
    r.add<Jump<S, false>>();
  };
  each<Op::mul_, Op::bit_and_, Op::bit_xor_, Op::shl_, Op::shr_>([&]<Op op> { jumps.template operator()<SetI<I<op, Reg, Reg>>>(); });
  each<Op::floordiv_, Op::mod_>([&]<Op op> { jumps.template operator()<SetI<Binary<op, int64_t, Reg, Reg, true>>>(); });
  each<Op::sub_, Op::truediv_>([&]<Op op> { jumps.template operator()<SetF<F<op, Reg, Reg>>>(); });
  jumps.operator()<Sequence<Sequence<Move, Move>, Move>>();
  jumps.operator()<SetI<I<Op::add_, I<Op::mul_, Reg, Reg>, Reg>>>();
  jumps.operator()<SetF<F3>>();
  each_type<SetF<F1>, SetF<F2>, SetI<I1>, SetI<L2<Scalar::i64>>, S1<Scalar::f64, Reg>, S1<Scalar::i64, Reg>, S1<Scalar::u8, Reg>,
            S1<Scalar::boolean, Reg>, S2<Scalar::f64, Reg>, S2<Scalar::i64, Reg>, S1<Scalar::i64, I<Op::add_, I1, Reg>>>(jumps);
}

}  // namespace

void add_fused_programs(Registry& r) {
  add_neighbours<Scalar::f64>(r);
  add_neighbours<Scalar::i64>(r);
  add_element_tests<double, Scalar::f64>(r);
  add_element_tests<int64_t, Scalar::i64>(r);
  add_integer_tables(r);
  add_narrow_tables<Scalar::u8>(r);
  add_narrow_tables<Scalar::i32>(r);
  add_bits(r);
  add_floats(r);
  add_single_floats(r);
  add_jumps(r);
}

}  // namespace px::jit::interp
