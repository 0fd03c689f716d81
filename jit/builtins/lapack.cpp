#include "jit/builtins/lapack.h"

#include <complex>
#include <string>

#include "jit/builtins/blas.h"

namespace px::jit::lapack {

namespace {

constexpr int column_major = 102;

// LAPACKE's function of a name and an element, "getrf" of float64 as LAPACKE_dgetrf; floats may have another name than complex numbers.
// Looked up each time: a look-up is nothing beside a factorisation.
template <class Signature>
Signature* function(Scalar s, const char* of_floats, const char* of_complex = nullptr) {
  const char letter = s == Scalar::f32 ? 's' : s == Scalar::f64 ? 'd' : s == Scalar::c64 ? 'c' : 'z';
  const char* name = is_complex(s) && of_complex ? of_complex : of_floats;
  return reinterpret_cast<Signature*>(blas::symbol(std::string("LAPACKE_") + letter + name));
}

template <class Signature, class... Arguments>
int32_t answer(Signature* f, Arguments... arguments) {
  if (!f) return blas::no_lapack;
  return static_cast<int32_t>(f(column_major, arguments...));
}

}  // namespace

int32_t getrf(Scalar s, int64_t m, int64_t n, void* a, int64_t lda, int64_t* pivots) {
  using F = int64_t(int, int64_t, int64_t, void*, int64_t, int64_t*);
  return answer(function<F>(s, "getrf"), m, n, a, lda, pivots);
}

int32_t getri(Scalar s, int64_t n, void* a, int64_t lda, const int64_t* pivots) {
  using F = int64_t(int, int64_t, void*, int64_t, const int64_t*);
  return answer(function<F>(s, "getri"), n, a, lda, pivots);
}

int32_t gesv(Scalar s, int64_t n, int64_t right_sides, void* a, int64_t lda, int64_t* pivots, void* b, int64_t ldb) {
  using F = int64_t(int, int64_t, int64_t, void*, int64_t, int64_t*, void*, int64_t);
  return answer(function<F>(s, "gesv"), n, right_sides, a, lda, pivots, b, ldb);
}

int32_t potrf(Scalar s, char half, int64_t n, void* a, int64_t lda) {
  using F = int64_t(int, char, int64_t, void*, int64_t);
  return answer(function<F>(s, "potrf"), half, n, a, lda);
}

int32_t evd(Scalar s, char job, char half, int64_t n, void* a, int64_t lda, void* w) {
  using F = int64_t(int, char, char, int64_t, void*, int64_t, void*);
  return answer(function<F>(s, "syevd", "heevd"), job, half, n, a, lda, w);
}

int32_t geev(Scalar s, char left, char right, int64_t n, void* a, int64_t lda, void* w, void* wi, void* vl, int64_t ldvl, void* vr,
             int64_t ldvr) {
  if (is_complex(s)) {
    using F = int64_t(int, char, char, int64_t, void*, int64_t, void*, void*, int64_t, void*, int64_t);
    return answer(function<F>(s, "geev"), left, right, n, a, lda, w, vl, ldvl, vr, ldvr);
  }
  using F = int64_t(int, char, char, int64_t, void*, int64_t, void*, void*, void*, int64_t, void*, int64_t);
  return answer(function<F>(s, "geev"), left, right, n, a, lda, w, wi, vl, ldvl, vr, ldvr);
}

int32_t geqrf(Scalar s, int64_t m, int64_t n, void* a, int64_t lda, void* tau) {
  using F = int64_t(int, int64_t, int64_t, void*, int64_t, void*);
  return answer(function<F>(s, "geqrf"), m, n, a, lda, tau);
}

int32_t gqr(Scalar s, int64_t m, int64_t n, int64_t k, void* a, int64_t lda, const void* tau) {
  using F = int64_t(int, int64_t, int64_t, int64_t, void*, int64_t, const void*);
  return answer(function<F>(s, "orgqr", "ungqr"), m, n, k, a, lda, tau);
}

int32_t gelsd(Scalar s, int64_t m, int64_t n, int64_t right_sides, void* a, int64_t lda, void* b, int64_t ldb, void* values, double rcond,
              int64_t* rank) {
  if (s == Scalar::f32 || s == Scalar::c64) {
    using F = int64_t(int, int64_t, int64_t, int64_t, void*, int64_t, void*, int64_t, void*, float, int64_t*);
    return answer(function<F>(s, "gelsd"), m, n, right_sides, a, lda, b, ldb, values, static_cast<float>(rcond), rank);
  }
  using F = int64_t(int, int64_t, int64_t, int64_t, void*, int64_t, void*, int64_t, void*, double, int64_t*);
  return answer(function<F>(s, "gelsd"), m, n, right_sides, a, lda, b, ldb, values, rcond, rank);
}

}  // namespace px::jit::lapack
