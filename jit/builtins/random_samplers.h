// The distributions, as Numba computes them from a stream of random numbers: operation for operation.
#pragma once

#include <cstdint>

#include "jit/builtins/random.h"

namespace px::jit {

// A number of a distribution with up to three parameters; `error` set where they are out of range: what ValueError says.
using Sampler = double (*)(px_random_state&, const double* parameters, const char*& error);

double next_random(px_random_state&);                         // in [0, 1)
uint64_t next_bits(px_random_state&, int count, bool numpy);  // 1 … 64 bits
// A whole number in [0, n), n > 0.
uint64_t next_below(px_random_state&, uint64_t n, bool numpy);

namespace samplers {
#define PX_SAMPLER(name) double name(px_random_state&, const double*, const char*&);
PX_SAMPLER(random)
PX_SAMPLER(uniform)
PX_SAMPLER(normal)
PX_SAMPLER(exponential)
PX_SAMPLER(expovariate)
PX_SAMPLER(lognormal)
PX_SAMPLER(triangular)  // NumPy's: left, mode, right
PX_SAMPLER(triangular2)
PX_SAMPLER(triangular3)  // Python's: low, high, mode
PX_SAMPLER(gamma)
PX_SAMPLER(beta)
PX_SAMPLER(chisquare)
PX_SAMPLER(pareto)
PX_SAMPLER(paretovariate)
PX_SAMPLER(weibull)
PX_SAMPLER(weibullvariate)
PX_SAMPLER(laplace)
PX_SAMPLER(logistic)
PX_SAMPLER(gumbel)
PX_SAMPLER(rayleigh)
PX_SAMPLER(power)
PX_SAMPLER(cauchy)
PX_SAMPLER(student)
PX_SAMPLER(vonmises)
PX_SAMPLER(wald)
PX_SAMPLER(fisher)
PX_SAMPLER(noncentral_chisquare)
PX_SAMPLER(poisson)  // whole numbers from here on
PX_SAMPLER(geometric)
PX_SAMPLER(binomial)
#undef PX_SAMPLER
}  // namespace samplers

}  // namespace px::jit
