// Names for the shapes of superinstructions. The lists start from profiles of the benchmark kernels' functions and of the programs in the
// differential corpus, and are widened to whole families (other operators, sides, element types); README.md says how to look for more.
#pragma once

#include "jit/interp/kinds.h"

namespace px::jit::interp::fused {

using typed::Op;

template <Op op, class A, class B>
using F = Binary<op, double, A, B, op == Op::truediv_>;  // division raises on zero, as is the default
template <Op op, class A, class B>
using I = Binary<op, int64_t, A, B>;
template <class E>
using SetF = Set<double, E>;
template <class E>
using SetI = Set<int64_t, E>;
using Move = Set<uint64_t, Reg>;

template <Scalar element, Reach reach>
constexpr AccessMode checked_mode{element, reach, true, true};
template <Scalar element, class I = Reg>
using L1 = Load<checked_mode<element, Reach::c1>, I>;
template <Scalar element, class I = Reg, class J = Reg>
using L2 = Load<checked_mode<element, Reach::c2>, I, J>;
template <Scalar element, class E, class I = Reg>
using S1 = Store<checked_mode<element, Reach::c1>, E, I>;
template <Scalar element, class E, class I = Reg, class J = Reg>
using S2 = Store<checked_mode<element, Reach::c2>, E, I, J>;
using F1 = L1<Scalar::f64>;
using F2 = L2<Scalar::f64>;
using I1 = L1<Scalar::i64>;

// Calls visit.operator()<op>() for each of `ops`.
template <Op... ops, class Visit>
void each(Visit visit) {
  (visit.template operator()<ops>(), ...);
}
// Calls visit.operator()<Type>() for each of `Types`.
template <class... Types, class Visit>
void each_type(Visit visit) {
  (visit.template operator()<Types>(), ...);
}

template <class S>
void straight(Registry& registry) {
  registry.add<Straight<S>>();
}
// S alone, and S at the bottom of a loop over a range of step 1.
template <class S>
void straight_and_next(Registry& registry) {
  registry.add<Straight<S>>();
  registry.add<Branch<S, Next<int64_t>, true, true>>();
}
// The two ways that a loop's test takes: forwards out of it, backwards to go round.
template <class S, class E>
void loop_branches(Registry& registry) {
  registry.add<Branch<S, E, true, true>>();
  registry.add<Branch<S, E, false, false>>();
}

}  // namespace px::jit::interp::fused
