#include "jit/builtins/random_samplers.h"

#include <bit>
#include <cmath>
#include <numbers>

#include "jit/builtins/mathlib.h"
#include "jit/interp/value.h"

namespace px::jit {

namespace {

uint32_t next_word(px_random_state& s) {
  if (s.index >= 624) {
    px_random_shuffle(&s);
    s.index = 0;
  }
  uint32_t y = s.numbers[s.index++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680;
  y ^= (y << 15) & 0xefc60000;
  return y ^ (y >> 18);
}

double gauss(px_random_state& s) {
  if (s.has_gauss) {
    s.has_gauss = 0;
    return s.gauss;
  }
  double x1, x2, r2;
  do {
    x1 = 2.0 * next_random(s) - 1.0;
    x2 = 2.0 * next_random(s) - 1.0;
    r2 = x1 * x1 + x2 * x2;
  } while (!(r2 < 1.0 && r2 != 0.0));
  double f = std::sqrt(-2.0 * px_log(r2) / r2);
  s.gauss = f * x1;
  s.has_gauss = 1;
  return f * x2;
}

double gamma_of(px_random_state& s, double alpha, double beta, const char*& error) {
  const double magic = 1.0 + px_log(4.5);
  if (alpha <= 0.0 || beta <= 0.0) {
    error = "gammavariate: alpha and beta must be > 0.0";
    return 0;
  }
  if (alpha > 1.0) {
    double ainv = std::sqrt(2.0 * alpha - 1.0), bbb = alpha - px_log(4.0), ccc = alpha + ainv;
    for (;;) {
      double u1 = next_random(s);
      if (!(1e-7 < u1 && u1 < .9999999)) continue;
      double u2 = 1.0 - next_random(s), v = px_log(u1 / (1.0 - u1)) / ainv, x = alpha * px_exp(v), z = u1 * u1 * u2, r = bbb + ccc * v - x;
      if (r + magic - 4.5 * z >= 0.0 || r >= px_log(z)) return x * beta;
    }
  }
  if (alpha == 1.0) return -px_log(1.0 - next_random(s)) * beta;
  double x;
  for (;;) {
    double u = next_random(s), b = (std::numbers::e + alpha) / std::numbers::e, p = b * u;
    x = p <= 1.0 ? px_pow(p, 1.0 / alpha) : -px_log((b - p) / alpha);
    double u1 = next_random(s);
    if (p > 1.0) {
      if (u1 <= px_pow(x, alpha - 1.0)) break;
    } else if (u1 <= px_exp(-x)) {
      break;
    }
  }
  return x * beta;
}

double chisquare_of(px_random_state& s, double df, const char*& error) {
  return 2.0 * gamma_of(s, df / 2.0, 1.0, error);
}

}  // namespace

double next_random(px_random_state& s) {
  double a = next_word(s) >> 5, b = next_word(s) >> 6;
  return (b + a * 67108864.0) / 9007199254740992.0;
}

uint64_t next_bits(px_random_state& s, int count, bool numpy) {
  auto part = [&](int bits) -> uint64_t {
    uint32_t y = next_word(s);
    return numpy ? y & (0xffffffffu >> (32 - bits)) : y >> (32 - bits);
  };
  if (count <= 32) return part(count);
  uint64_t high = numpy ? part(count - 32) : 0, low = next_word(s);
  if (!numpy) high = part(count - 32);
  return low + (high << 32);
}

uint64_t next_below(px_random_state& s, uint64_t n, bool numpy) {
  if (numpy && n == 1) return 0;
  int bits = static_cast<int>(std::bit_width(numpy ? n - 1 : n));
  uint64_t r;
  do r = next_bits(s, bits, numpy);
  while (static_cast<int64_t>(r) >= static_cast<int64_t>(n));
  return r;
}

namespace samplers {

#define PX_SAMPLER(name) double name(px_random_state& s, [[maybe_unused]] const double* p, [[maybe_unused]] const char*& error)

PX_SAMPLER(random) {
  return next_random(s);
}
PX_SAMPLER(uniform) {
  return p[0] + (p[1] - p[0]) * next_random(s);
}
PX_SAMPLER(normal) {
  double value = gauss(s);
  return p[0] + p[1] * value;
}
PX_SAMPLER(exponential) {
  return -px_log(1.0 - next_random(s)) * p[0];
}
PX_SAMPLER(expovariate) {
  return -px_log(1.0 - next_random(s)) / p[0];
}
PX_SAMPLER(lognormal) {
  double value = gauss(s);
  return px_exp(p[0] + p[1] * value);
}
PX_SAMPLER(triangular2) {
  double u = next_random(s), low = p[0], high = p[1];
  if (u > 0.5) {
    u = 1.0 - u;
    std::swap(low, high);
  }
  return low + (high - low) * std::sqrt(u * 0.5);
}
PX_SAMPLER(triangular3) {
  double low = p[0], high = p[1], mode = p[2];
  if (high == low) return low;
  double u = next_random(s), c = (mode - low) / (high - low);
  if (u > c) {
    u = 1.0 - u;
    c = 1.0 - c;
    std::swap(low, high);
  }
  return low + (high - low) * std::sqrt(u * c);
}
PX_SAMPLER(triangular) {
  const double given[] = {p[0], p[2], p[1]};
  return triangular3(s, given, error);
}
PX_SAMPLER(gamma) {
  return gamma_of(s, p[0], p[1], error);
}
PX_SAMPLER(beta) {
  double y = gamma_of(s, p[0], 1.0, error);
  if (y == 0.0 || error) return 0.0;
  return y / (y + gamma_of(s, p[1], 1.0, error));
}
PX_SAMPLER(chisquare) {
  return chisquare_of(s, p[0], error);
}
PX_SAMPLER(paretovariate) {
  double u = 1.0 - next_random(s);
  return 1.0 / px_pow(u, 1.0 / p[0]);
}
PX_SAMPLER(pareto) {
  return paretovariate(s, p, error) - 1;
}
PX_SAMPLER(weibull) {
  double u = 1.0 - next_random(s);
  return px_pow(-px_log(u), 1.0 / p[0]);
}
PX_SAMPLER(weibullvariate) {
  double u = 1.0 - next_random(s);
  return p[0] * px_pow(-px_log(u), 1.0 / p[1]);
}
PX_SAMPLER(laplace) {
  double u = next_random(s);
  return u < 0.5 ? p[0] + p[1] * px_log(u + u) : p[0] - p[1] * px_log(2.0 - u - u);
}
PX_SAMPLER(logistic) {
  double u = next_random(s);
  return p[0] + p[1] * px_log(u / (1.0 - u));
}
PX_SAMPLER(gumbel) {
  double u = 1.0 - next_random(s);
  return p[0] - p[1] * px_log(-px_log(u));
}
PX_SAMPLER(rayleigh) {
  if (p[0] <= 0.0) return error = "rayleigh(): scale <= 0", 0;
  return p[0] * std::sqrt(-2.0 * px_log(1.0 - next_random(s)));
}
PX_SAMPLER(power) {
  if (p[0] <= 0.0) return error = "power(): a <= 0", 0;
  return px_pow(1 - px_exp(px_log(1.0 - next_random(s))), 1. / p[0]);
}
PX_SAMPLER(cauchy) {
  double a = gauss(s);
  return a / gauss(s);
}
PX_SAMPLER(student) {
  double n = gauss(s), g = gamma_of(s, p[0] / 2.0, 1.0, error);
  return std::sqrt(p[0] / 2.0) * n / std::sqrt(g);
}
PX_SAMPLER(vonmises) {
  double mu = p[0], kappa = p[1];
  if (kappa <= 1e-6) return 2.0 * std::numbers::pi * next_random(s);
  double a = 0.5 / kappa, r = a + std::sqrt(1.0 + a * a), z;
  for (;;) {
    double u1 = next_random(s);
    z = px_cos(std::numbers::pi * u1);
    double d = z / (r + z), u2 = next_random(s);
    if (u2 < 1.0 - d * d || u2 <= (1.0 - d) * px_exp(d)) break;
  }
  double q = 1.0 / r, f = (q + z) / (1.0 + q * z), u3 = next_random(s);
  return interp::modulo(u3 > 0.5 ? mu + px_acos(f) : mu - px_acos(f), 2.0 * std::numbers::pi);
}
PX_SAMPLER(wald) {
  double mean = p[0], scale = p[1];
  if (mean <= 0.0) return error = "wald(): mean <= 0", 0;
  if (scale <= 0.0) return error = "wald(): scale <= 0", 0;
  double half = mean / (2.0 * scale), y = gauss(s);
  y = mean * y * y;
  double x = mean + half * (y - std::sqrt(4 * scale * y + y * y)), u = next_random(s);
  return u <= mean / (mean + x) ? x : mean * mean / x;
}
PX_SAMPLER(fisher) {
  double a = chisquare_of(s, p[0], error) * p[1];
  return a / (chisquare_of(s, p[1], error) * p[0]);
}
PX_SAMPLER(poisson) {
  double mean = p[0];
  if (mean >= 10.0) return static_cast<double>(px_random_poisson(&s, mean));
  if (mean < 0.0) return error = "poisson(): lambda < 0", 0;
  if (mean == 0.0) return 0;
  double least = px_exp(-mean), product = 1.0, count = 0;
  for (;;) {
    product *= next_random(s);
    if (product <= least) return count;
    count += 1;
  }
}
PX_SAMPLER(geometric) {
  double share = p[0];
  if (share <= 0.0 || share > 1.0) return error = "geometric(): p outside of (0, 1]", 0;
  double q = 1.0 - share;
  if (share < 0.333333333333333333333333) return std::ceil(px_log(1.0 - next_random(s)) / px_log(q));
  double count = 1, sum = share, product = share, u = next_random(s);
  while (u > sum) {
    product *= q;
    sum += product;
    count += 1;
  }
  return count;
}

#undef PX_SAMPLER

}  // namespace samplers

}  // namespace px::jit
