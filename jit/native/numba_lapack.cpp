// Numba's wrappers of LAPACK's factorisations, which its code for np.linalg calls. Its pivots are of 32 bits, LAPACK's here of 64.
#include <algorithm>
#include <memory>
#include <new>

#include "jit/builtins/blas.h"
#include "jit/builtins/lapack.h"
#include "jit/native/numba_helpers.h"

using px::jit::Scalar;
namespace blas = px::jit::blas;
namespace lapack = px::jit::lapack;

namespace {

// `routine(scalar)` for BLAS's letter.
template <class Routine>
int32_t with_kind(char kind, Routine routine) {
  Scalar s{};
  return blas::scalar_of(kind, s) ? routine(s) : -1;
}

// `routine(pivots)` with `count` pivots, which are taken from `given` and put back.
template <class Pivots, class Routine>
int32_t with_pivots(int64_t count, Pivots* given, Routine routine) {
  std::unique_ptr<int64_t[]> pivots(new (std::nothrow) int64_t[static_cast<size_t>(std::max<int64_t>(1, count))]);
  if (!pivots) return blas::no_lapack;
  if constexpr (std::is_const_v<Pivots>) std::copy_n(given, count, pivots.get());
  const int32_t answer = routine(pivots.get());
  if constexpr (!std::is_const_v<Pivots>)
    if (answer >= 0) std::transform(pivots.get(), pivots.get() + count, given, [](int64_t p) { return static_cast<int32_t>(p); });
  return answer;
}

}  // namespace

extern "C" {

int32_t px_numba_xxgetrf(char kind, int64_t m, int64_t n, void* a, int64_t lda, int32_t* pivots) {
  return with_kind(
      kind, [&](Scalar s) { return with_pivots(std::min(m, n), pivots, [&](int64_t* p) { return lapack::getrf(s, m, n, a, lda, p); }); });
}

int32_t px_numba_ez_xxgetri(char kind, int64_t n, void* a, int64_t lda, const int32_t* pivots) {
  return with_kind(kind, [&](Scalar s) { return with_pivots(n, pivots, [&](int64_t* p) { return lapack::getri(s, n, a, lda, p); }); });
}

int32_t px_numba_xgesv(char kind, int64_t n, int64_t right_sides, void* a, int64_t lda, int32_t* pivots, void* b, int64_t ldb) {
  return with_kind(kind, [&](Scalar s) {
    return with_pivots(n, pivots, [&](int64_t* p) { return lapack::gesv(s, n, right_sides, a, lda, p, b, ldb); });
  });
}

int32_t px_numba_xxpotrf(char kind, char half, int64_t n, void* a, int64_t lda) {
  return with_kind(kind, [&](Scalar s) { return lapack::potrf(s, half, n, a, lda); });
}

int32_t px_numba_ez_xxxevd(char kind, char job, char half, int64_t n, void* a, int64_t lda, void* w) {
  return with_kind(kind, [&](Scalar s) { return lapack::evd(s, job, half, n, a, lda, w); });
}

int32_t px_numba_ez_rgeev(char kind, char left, char right, int64_t n, void* a, int64_t lda, void* wr, void* wi, void* vl, int64_t ldvl,
                          void* vr, int64_t ldvr) {
  return with_kind(kind, [&](Scalar s) { return lapack::geev(s, left, right, n, a, lda, wr, wi, vl, ldvl, vr, ldvr); });
}

int32_t px_numba_ez_cgeev(char kind, char left, char right, int64_t n, void* a, int64_t lda, void* w, void* vl, int64_t ldvl, void* vr,
                          int64_t ldvr) {
  return with_kind(kind, [&](Scalar s) { return lapack::geev(s, left, right, n, a, lda, w, nullptr, vl, ldvl, vr, ldvr); });
}

int32_t px_numba_ez_geqrf(char kind, int64_t m, int64_t n, void* a, int64_t lda, void* tau) {
  return with_kind(kind, [&](Scalar s) { return lapack::geqrf(s, m, n, a, lda, tau); });
}

int32_t px_numba_ez_xxgqr(char kind, int64_t m, int64_t n, int64_t k, void* a, int64_t lda, const void* tau) {
  return with_kind(kind, [&](Scalar s) { return lapack::gqr(s, m, n, k, a, lda, tau); });
}

int32_t px_numba_ez_gelsd(char kind, int64_t m, int64_t n, int64_t right_sides, void* a, int64_t lda, void* b, int64_t ldb, void* s,
                          double rcond, int32_t* rank) {
  return with_kind(kind, [&](Scalar scalar) {
    int64_t found = 0;
    const int32_t answer = lapack::gelsd(scalar, m, n, right_sides, a, lda, b, ldb, s, rcond, &found);
    *rank = static_cast<int32_t>(found);
    return answer;
  });
}

}  // extern "C"
