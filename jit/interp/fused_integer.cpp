// Superinstructions on int64: chains of arithmetic, pairs of statements, moves.
#include "jit/interp/fused.h"

namespace px::jit::interp {

using namespace fused;

void add_fused_integer(Registry& r) {
  each<Op::add_, Op::sub_, Op::mul_, Op::bit_and_, Op::bit_xor_, Op::bit_or_>([&]<Op outer> {
    straight_and_next<SetI<I<outer, Reg, Reg>>>(r);
    each<Op::add_, Op::sub_, Op::mul_, Op::bit_and_, Op::bit_xor_>([&]<Op inner> {
      straight_and_next<SetI<I<outer, I<inner, Reg, Reg>, Reg>>>(r);
      straight_and_next<SetI<I<outer, Reg, I<inner, Reg, Reg>>>>(r);
    });
    straight<SetI<I<outer, Reg, I<Op::shl_, Reg, Reg>>>>(r);
    straight<SetI<I<outer, Reg, I<Op::shr_, Reg, Reg>>>>(r);
  });
  each<Op::mod_, Op::floordiv_>([&]<Op outer> {
    each<Op::add_, Op::sub_, Op::mul_>([&]<Op inner> {
      straight<SetI<Binary<outer, int64_t, I<inner, Reg, Reg>, Reg, true>>>(r);  // (a + b) // c
    });
    straight<SetI<Binary<outer, int64_t, I<Op::add_, I<Op::mul_, Reg, Reg>, Reg>, Reg, true>>>(r);  // (a·b + c) % m
    straight<SetI<I<Op::add_, Reg, Binary<outer, int64_t, Reg, Reg, true>>>>(r);
  });

  // Pairs of statements, and three or four moves (tuples, swaps, several variables at a loop's end).
  straight<Sequence<Move, Move>>(r);
  straight<Sequence<Sequence<Move, Move>, Move>>(r);
  straight<Sequence<Sequence<Sequence<Move, Move>, Move>, Move>>(r);
  each<Op::add_, Op::sub_, Op::mul_>([&]<Op x> {
    straight<Sequence<Move, SetI<I<x, Reg, Reg>>>>(r);
    straight<Sequence<SetI<I<x, Reg, Reg>>, Move>>(r);
    straight<Sequence<Move, SetF<F<x, Reg, Reg>>>>(r);
    straight<Sequence<SetF<F<x, Reg, Reg>>, Move>>(r);
    each<Op::add_, Op::sub_, Op::mul_>([&]<Op y> {
      straight<Sequence<SetI<I<x, Reg, Reg>>, SetI<I<y, Reg, Reg>>>>(r);
      straight<Sequence<SetF<F<x, Reg, Reg>>, SetF<F<y, Reg, Reg>>>>(r);
      straight<Sequence<SetF<F<x, Reg, Reg>>, SetI<I<y, Reg, Reg>>>>(r);
      straight<Sequence<SetI<I<x, Reg, Reg>>, SetF<F<y, Reg, Reg>>>>(r);
    });
  });
  // Results.
  each<Op::add_, Op::sub_, Op::mul_>([&]<Op x> {
    r.add<Return<Nothing, int64_t, I<x, Reg, Reg>>>();
    r.add<Return<Nothing, double, F<x, Reg, Reg>>>();
    each<Op::add_, Op::sub_, Op::mul_>([&]<Op y> {
      r.add<Return<Nothing, double, F<x, F<y, Reg, Reg>, Reg>>>();
      r.add<Return<Nothing, double, F<x, Reg, F<y, Reg, Reg>>>>();
    });
    r.add<Return<Nothing, double, F<x, Reg, F<Op::add_, Reg, Math1<double, Reg>>>>>();
  });
  r.add<Return<Nothing, double, Math1<double, Reg>>>();
  r.add<Return<Nothing, double, Unary<Op::sqrt_, double, Reg>>>();
}

}  // namespace px::jit::interp
