// Superinstructions on double: chains and small trees of arithmetic, conversions, square roots. Each operation rounds by itself.
#include "jit/interp/fused.h"

namespace px::jit::interp {

using namespace fused;

void add_fused_float(Registry& r) {
  each<Op::add_, Op::sub_, Op::mul_, Op::truediv_>([&]<Op outer> {
    straight_and_next<SetF<F<outer, Reg, Reg>>>(r);  // the loop form of the plain operation
    each<Op::add_, Op::sub_, Op::mul_, Op::truediv_>([&]<Op inner> {
      straight_and_next<SetF<F<outer, F<inner, Reg, Reg>, Reg>>>(r);  // (a · b) · c
      straight_and_next<SetF<F<outer, Reg, F<inner, Reg, Reg>>>>(r);  // a · (b · c)
    });
    straight<SetF<F<outer, Convert<int64_t, Scalar::f64, Reg>, Reg>>>(r);  // float(i) · x
    straight<SetF<F<outer, Reg, Convert<int64_t, Scalar::f64, Reg>>>>(r);
    straight<SetF<F<outer, Reg, Unary<Op::sqrt_, double, Reg>>>>(r);
    straight<SetF<Unary<Op::sqrt_, double, F<outer, Reg, Reg>>>>(r);
    straight<SetF<Math1<double, F<outer, Reg, Reg>>>>(r);
    straight<SetF<F<outer, Reg, Math1<double, Reg>>>>(r);
    straight<SetF<F<outer, Math1<double, Reg>, Reg>>>(r);
  });
  each<Op::add_, Op::sub_, Op::mul_>([&]<Op x> {
    each<Op::add_, Op::sub_, Op::mul_>([&]<Op y> {
      each<Op::add_, Op::sub_, Op::mul_>([&]<Op z> {
        straight_and_next<SetF<F<z, F<y, F<x, Reg, Reg>, Reg>, Reg>>>(r);  // ((a · b) · c) · d
        straight_and_next<SetF<F<z, Reg, F<y, F<x, Reg, Reg>, Reg>>>>(r);  // a · ((b · c) · d)
        straight<SetF<F<z, F<x, Reg, Reg>, F<y, Reg, Reg>>>>(r);           // (a · b) · (c · d)
      });
    });
  });
  each<Op::add_, Op::sub_>([&]<Op x> {
    each<Op::add_, Op::sub_>([&]<Op y> {
      using Two = F<x, F<Op::mul_, Reg, Reg>, F<Op::mul_, Reg, Reg>>;
      straight<SetF<F<y, Two, Reg>>>(r);                                              // ab ± cd ± e
      straight<SetF<F<y, Two, F<Op::mul_, Reg, Reg>>>>(r);                            // ab ± cd ± ef
      straight<SetF<Unary<Op::sqrt_, double, F<y, Two, F<Op::mul_, Reg, Reg>>>>>(r);  // √(ab ± cd ± ef)
    });
    straight<SetF<Unary<Op::sqrt_, double, F<x, F<Op::mul_, Reg, Reg>, F<Op::mul_, Reg, Reg>>>>>(r);
    straight_and_next<SetF<F<x, Reg, Square<Op::mul_, double, F<Op::sub_, Reg, Reg>>>>>(r);  // s ± (a - b)²
    // Pixel to coordinate: a ± b·i / n
    straight<SetF<F<x, Reg, F<Op::truediv_, F<Op::mul_, Reg, Convert<int64_t, Scalar::f64, Reg>>, Reg>>>>(r);
    straight<SetF<F<x, Reg, F<Op::mul_, Reg, Convert<int64_t, Scalar::f64, Reg>>>>>(r);
  });
  straight<SetF<F<Op::truediv_, Reg, F<Op::mul_, Reg, Unary<Op::sqrt_, double, Reg>>>>>(r);  // a / (b·√c)
  straight<SetF<F<Op::truediv_, F<Op::mul_, Reg, Reg>, Unary<Op::sqrt_, double, Reg>>>>(r);
  straight<SetF<Math1<double, F<Op::truediv_, Reg, Unary<Op::sqrt_, double, Reg>>>>>(r);
  straight<SetF<Unary<Op::neg_, double, F<Op::mul_, Reg, Reg>>>>(r);
}

}  // namespace px::jit::interp
