// The binomial distribution: inversion for small means, BTPE for others, with the constants that np.random keeps for its streams' sake.
#include <algorithm>
#include <cmath>

#include "jit/builtins/mathlib.h"
#include "jit/builtins/random_samplers.h"
#include "jit/interp/value.h"

namespace px::jit::samplers {

namespace {

constexpr int64_t longest_product = 65536;  // as in power.cpp

double whole_power(double a, int64_t exponent) {
  if (exponent > longest_product) return px_pow(a, static_cast<double>(exponent));
  double r = 1;
  for (; exponent; exponent >>= 1, a *= a)
    if (exponent & 1) r *= a;
  return r;
}

double real(int64_t k) {
  return static_cast<double>(k);
}
// What is out of range becomes what the processor makes of it, as in Numba's code; products and sums wrap.
int64_t whole(double x) {
  return static_cast<int64_t>(interp::float_to_integer<Scalar::i64>(x));
}
int64_t squared(int64_t k) {
  return static_cast<int64_t>(static_cast<uint64_t>(k) * static_cast<uint64_t>(k));
}
int64_t next(int64_t k) {
  return static_cast<int64_t>(static_cast<uint64_t>(k) + 1);
}

// A term of Stirling's series.
double stirling(int64_t k) {
  double square = real(squared(k));
  return (13680. - (462. - (132. - (99. - 140. / square) / square) / square) / square) / real(k) / 166320.;
}

// n · r is above 30, r at most one half.
int64_t btpe(px_random_state& s, int64_t n, double r) {
  double q = 1.0 - r, fm = real(n) * r + r;
  auto m = whole(std::floor(fm));
  double p1 = std::floor(2.195 * std::sqrt(real(n) * r * q) - 4.6 * q) + 0.5;
  double xm = real(m) + 0.5, xl = xm - p1, xr = xm + p1, c = 0.134 + 20.5 / (15.3 + real(m));
  double a = (fm - xl) / (fm - xl * r), laml = a * (1.0 + a / 2.0);
  a = (xr - fm) / (xr * q);
  double lamr = a * (1.0 + a / 2.0), p2 = p1 * (1.0 + 2.0 * c), p3 = p2 + c / laml, p4 = p3 + c / lamr, nrq = real(n) * r * q;
  for (;;) {
    double u = next_random(s) * p4, v = next_random(s);
    int64_t y = 0;
    if (u <= p1) return whole(std::floor(xm - p1 * v + u));
    if (u <= p2) {
      double x = xl + (u - p1) / c;
      v = v * c + 1.0 - std::fabs(real(m) - x + 0.5) / p1;
      if (v > 1.0) continue;
      y = whole(std::floor(x));
    } else if (u <= p3) {
      y = whole(std::floor(xl + px_log(v) / laml));
      if (y < 0 || v == 0.0) continue;
      v = v * (u - p2) * laml;
    } else {
      y = whole(std::floor(xr - px_log(v) / lamr));
      if (y > n || v == 0.0) continue;
      v = v * (u - p3) * lamr;
    }
    int64_t k = std::abs(y - m);
    if (k <= 20 || real(k) >= nrq / 2.0 - 1) {
      double share = r / q, f = 1.0;
      a = share * real(next(n));
      for (int64_t i = m + 1; i <= y; ++i) f = f * (a / real(i) - share);
      for (int64_t i = y + 1; i <= m; ++i) f = f / (a / real(i) - share);
      if (v > f) continue;
      return y;
    }
    double rho = (real(k) / nrq) * ((real(k) * (real(k) / 3.0 + 0.625) + 0.16666666666666666) / nrq + 0.5);
    double t = real(static_cast<int64_t>(0 - static_cast<uint64_t>(squared(k)))) / (2 * nrq), logarithm = px_log(v);
    if (logarithm < t - rho) return y;
    if (logarithm > t + rho) continue;
    int64_t x1 = y + 1, f1 = m + 1, z = next(n - m), w = n - y + 1;
    double bound = xm * px_log(real(f1) / real(x1)) + (real(n - m) + 0.5) * px_log(real(z) / real(w)) +
                   real(y - m) * px_log(real(w) * r / (real(x1) * q)) + stirling(f1) + stirling(z) + stirling(x1) + stirling(w);
    if (!(logarithm > bound)) return y;
  }
}

}  // namespace

double binomial(px_random_state& s, const double* parameters, const char*& error) {
  int64_t n = whole(parameters[0]);
  double p = parameters[1];
  if (n < 0) return error = "binomial(): n <= 0", 0;
  if (!(0.0 <= p && p <= 1.0)) return error = "binomial(): p outside of [0, 1]", 0;
  if (p == 0.0) return 0;
  if (p == 1.0) return real(n);
  bool flipped = p > 0.5;
  if (flipped) p = 1.0 - p;
  double q = 1.0 - p, mean = real(n) * p;
  if (mean > 30.0) {
    int64_t x = btpe(s, n, p);
    return real(flipped ? n - x : x);
  }
  int64_t rounds = 1;
  double qn = whole_power(q, n);
  while (qn <= 1e-308) {
    rounds <<= 2;
    n >>= 2;
    qn = whole_power(q, n);
  }
  double bound = std::min(real(n), mean + 10.0 * std::sqrt(mean * q + 1));
  int64_t total = 0;
  while (rounds > 0) {
    double u = next_random(s), px = qn;
    for (int64_t x = 0; real(x) <= bound;) {
      if (u <= px) {
        total += flipped ? n - x : x;
        --rounds;
        break;
      }
      u -= px;
      ++x;
      px = (real(n - x + 1) * p * px) / (real(x) * q);
    }
  }
  return real(total);
}

double noncentral_chisquare(px_random_state& s, const double* parameters, const char*& error) {
  double freedom = parameters[0], away = parameters[1];
  if (freedom <= 0) return error = "df <= 0", 0;
  if (away < 0) return error = "nonc < 0", 0;
  if (std::isnan(away)) return away;
  if (freedom > 1) {
    double less = freedom - 1, square = chisquare(s, &less, error);
    const double standard[] = {0, 1};
    double n = normal(s, standard, error) + std::sqrt(away);
    return square + n * n;
  }
  double mean = away / 2.0, more = freedom + 2 * poisson(s, &mean, error);
  return chisquare(s, &more, error);
}

}  // namespace px::jit::samplers
