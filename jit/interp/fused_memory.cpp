// Superinstructions with elements of arrays as operands or results, bounds checked: load and compute, compute and store, update in place.
#include "jit/interp/fused.h"

namespace px::jit::interp {

using namespace fused;

namespace {

// a[i] · x, x · a[i], a[i] · b[j], and the same added to or taken from a sum.
template <class A, class B>
void add_operands(Registry& r) {
  each<Op::add_, Op::sub_, Op::mul_>([&]<Op inner> {
    straight_and_next<SetF<F<inner, A, B>>>(r);
    straight_and_next<SetF<F<Op::add_, Reg, F<inner, A, B>>>>(r);
    straight_and_next<SetF<F<Op::sub_, Reg, F<inner, A, B>>>>(r);
  });
  straight_and_next<SetF<F<Op::truediv_, A, B>>>(r);
  straight<SetF<Math1<double, F<Op::truediv_, A, B>>>>(r);
  straight_and_next<SetF<F<Op::add_, Reg, Square<Op::mul_, double, F<Op::sub_, A, B>>>>>(r);  // a sum of squared differences
}

// a[i] · …, stored where it came from or elsewhere.
template <class LoadF, template <class> class StoreF>
void add_updates(Registry& r) {
  straight_and_next<StoreF<Reg>>(r);
  straight_and_next<StoreF<LoadF>>(r);  // a copy
  each<Op::add_, Op::sub_, Op::mul_, Op::truediv_>([&]<Op op> {
    straight_and_next<StoreF<F<op, Reg, Reg>>>(r);
    straight_and_next<StoreF<F<op, LoadF, Reg>>>(r);
    straight_and_next<StoreF<F<op, Reg, LoadF>>>(r);
    straight_and_next<StoreF<F<op, LoadF, LoadF>>>(r);
  });
  each<Op::add_, Op::sub_>([&]<Op op> {
    each<Op::add_, Op::sub_, Op::mul_>([&]<Op inner> {
      straight_and_next<StoreF<F<op, F<inner, Reg, Reg>, Reg>>>(r);
      straight_and_next<StoreF<F<op, Reg, F<inner, Reg, Reg>>>>(r);
      straight_and_next<StoreF<F<op, LoadF, F<inner, Reg, Reg>>>>(r);
      straight_and_next<StoreF<F<op, LoadF, F<inner, Reg, LoadF>>>>(r);
      straight_and_next<StoreF<F<op, LoadF, F<inner, LoadF, Reg>>>>(r);
      straight_and_next<StoreF<F<op, F<inner, Reg, LoadF>, LoadF>>>(r);
    });
    using Weighted = F<Op::mul_, F<Op::mul_, Reg, F1>, Reg>;
    straight<StoreF<F<op, LoadF, Weighted>>>(r);                                 // v[i] ± x·m[j]·y
    straight<StoreF<F<op, LoadF, F<Op::mul_, F<Op::mul_, Reg, Reg>, Reg>>>>(r);  // v[i] ± x·y·z
    straight<StoreF<F<op, F<Op::mul_, Reg, Reg>, F<Op::mul_, Reg, Reg>>>>(r);    // ab ± cd
  });
  straight<StoreF<Math1<double, Reg>>>(r);
  straight<StoreF<Math1<double, LoadF>>>(r);
}

template <class E>
using StoreF1 = S1<Scalar::f64, E>;
template <class E>
using StoreF2 = S2<Scalar::f64, E>;

// Elements of one scalar type, in their registers' type.
template <Scalar element>
void add_element(Registry& r) {
  using T = RegisterType<element>;
  using A = L1<element>;
  straight_and_next<S1<element, Reg>>(r);
  straight_and_next<S2<element, Reg>>(r);
  straight_and_next<S1<element, A>>(r);
  r.add<Branch<Set<T, A>, Next<int64_t>, true, true>>();
  each_type<I<Op::add_, Reg, Reg>, I<Op::sub_, Reg, Reg>>([&]<class At> {  // a[i + 1]
    straight<Set<T, L1<element, At>>>(r);
    straight<S1<element, Reg, At>>(r);
    straight<Set<T, L2<element, At, Reg>>>(r);
    straight<Set<T, L2<element, Reg, At>>>(r);
    straight<S1<element, L1<element, At>>>(r);  // a[i] = a[i - 1]
  });
  straight<Set<T, L1<element, L1<Scalar::i64>>>>(r);  // a[b[i]]
  if constexpr (element != Scalar::boolean) {
    each<Op::add_, Op::sub_, Op::mul_>([&]<Op op> {
      straight_and_next<Set<T, Binary<op, T, Reg, A>>>(r);
      straight<Set<T, Binary<op, T, A, Reg>>>(r);
      straight_and_next<S1<element, Binary<op, T, A, Reg>>>(r);  // a[i] += x
    });
  }
  // Two loads or two stores, as in an exchange.
  straight<Sequence<Set<T, A>, Set<T, A>>>(r);
  straight<Sequence<S1<element, Reg>, S1<element, Reg>>>(r);
  straight<Sequence<Sequence<Sequence<Set<T, A>, Set<T, A>>, S1<element, Reg>>, S1<element, Reg>>>(r);
}

// Integers of any width as floats: a[i] · x.
template <Scalar element>
void add_widened(Registry& r) {
  using A = Convert<RegisterType<element>, Scalar::f64, L1<element>>;
  straight<SetF<A>>(r);
  each<Op::add_, Op::sub_, Op::mul_>([&]<Op op> {
    straight<SetF<F<op, Reg, A>>>(r);
    straight<SetF<F<op, A, Reg>>>(r);
  });
  straight<SetF<Convert<RegisterType<element>, Scalar::f64, L2<element>>>>(r);
}

}  // namespace

void add_fused_memory(Registry& r) {
  each_type<F1, F2>([&]<class A> {
    add_operands<A, Reg>(r);
    add_operands<Reg, A>(r);
    each_type<F1, F2>([&]<class B> { add_operands<A, B>(r); });
    straight<SetF<Unary<Op::sqrt_, double, A>>>(r);
    straight<SetF<F<Op::mul_, Reg, Unary<Op::sqrt_, double, A>>>>(r);
    straight<SetF<Unary<Op::abs_, double, F<Op::sub_, A, Reg>>>>(r);
  });
  add_updates<F1, StoreF1>(r);
  add_updates<F2, StoreF2>(r);
  add_element<Scalar::f64>(r);
  add_element<Scalar::i64>(r);
  add_element<Scalar::f32>(r);
  add_element<Scalar::i32>(r);
  add_element<Scalar::u8>(r);
  add_element<Scalar::boolean>(r);
  add_widened<Scalar::i64>(r);
  add_widened<Scalar::i32>(r);
  add_widened<Scalar::u8>(r);
  add_widened<Scalar::f32>(r);
}

}  // namespace px::jit::interp
