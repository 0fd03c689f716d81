// Numba's wrappers of BLAS, which its code for np.dot and `@` calls: matrices in Fortran order, kinds 'd' and 's'.
#include "jit/builtins/blas.h"
#include "jit/native/numba_helpers.h"

using px::jit::Scalar;

namespace {

bool scalar_of(char kind, Scalar& s) {
  s = kind == 's' ? Scalar::f32 : Scalar::f64;
  return kind == 's' || kind == 'd';
}

}  // namespace

extern "C" {

int32_t px_numba_xxdot(char kind, char, int64_t n, const void* x, const void* y, void* result) {
  Scalar s{};
  if (!scalar_of(kind, s)) return -1;
  px::jit::blas::store_dot(s, n, x, y, result);
  return 0;
}

int32_t px_numba_xxnrm2(char kind, int64_t n, const void* x, int64_t step, void* result) {
  Scalar s{};
  if (!scalar_of(kind, s) || step != 1) return -1;
  px::jit::blas::store_norm(s, n, x, result);
  return 0;
}

int32_t px_numba_xxgemv(char kind, char turned, int64_t m, int64_t n, const void*, const void* a, int64_t lda, const void* x, const void*,
                        void* y) {
  Scalar s{};
  if (!scalar_of(kind, s)) return -1;
  px::jit::blas::gemv(s, turned == 't', m, n, a, lda, x, y);
  return 0;
}

int32_t px_numba_xxgemm(char kind, char turned_a, char turned_b, int64_t m, int64_t n, int64_t k, const void*, const void* a, int64_t lda,
                        const void* b, int64_t ldb, const void*, void* c, int64_t ldc) {
  Scalar s{};
  if (!scalar_of(kind, s)) return -1;
  px::jit::blas::gemm(s, turned_a == 't', turned_b == 't', m, n, k, a, lda, b, ldb, c, ldc);
  return 0;
}

}  // extern "C"
