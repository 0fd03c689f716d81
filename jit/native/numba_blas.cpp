// Numba's wrappers of BLAS and LAPACK, which its code for np.dot, `@` and np.linalg calls: matrices in Fortran order.
#include "jit/builtins/blas.h"
#include "jit/native/numba_helpers.h"

using px::jit::Scalar;
namespace blas = px::jit::blas;

extern "C" {

int32_t px_numba_xxdot(char kind, char conjugate, int64_t n, const void* x, const void* y, void* result) {
  Scalar s{};
  if (!blas::scalar_of(kind, s)) return -1;
  blas::store_dot(s, conjugate != 0, n, x, y, result);
  return 0;
}

int32_t px_numba_xxnrm2(char kind, int64_t n, const void* x, int64_t step, void* result) {
  Scalar s{};
  if (n <= 1) step = 1;  // whatever NumPy's stride of a single element says
  if (!blas::scalar_of(kind, s) || step <= 0) return -1;
  blas::store_norm(s, n, x, step, result);
  return 0;
}

int32_t px_numba_xxgemv(char kind, char turned, int64_t m, int64_t n, const void*, const void* a, int64_t lda, const void* x, const void*,
                        void* y) {
  Scalar s{};
  if (!blas::scalar_of(kind, s)) return -1;
  blas::gemv(s, turned == 't', m, n, a, lda, x, y);
  return 0;
}

int32_t px_numba_xxgemm(char kind, char turned_a, char turned_b, int64_t m, int64_t n, int64_t k, const void*, const void* a, int64_t lda,
                        const void* b, int64_t ldb, const void*, void* c, int64_t ldc) {
  Scalar s{};
  if (!blas::scalar_of(kind, s)) return -1;
  if (turned_a == 'C') return blas::gemm_adjoint(s, m, n, k, a, lda, b, ldb, c, ldc);  // np.linalg.pinv's, of both
  blas::gemm(s, turned_a == 't', turned_b == 't', m, n, k, a, lda, b, ldb, c, ldc);
  return 0;
}

int32_t px_numba_ez_gesdd(char kind, char job, int64_t m, int64_t n, void* a, int64_t lda, void* s, void* u, int64_t ldu, void* vt,
                          int64_t ldvt) {
  Scalar scalar{};
  if (!blas::scalar_of(kind, scalar)) return -1;
  return blas::gesdd(scalar, job, m, n, a, lda, s, u, ldu, vt, ldvt);
}

// Numba's code ends the process here. What calls it goes on with `assert 0`, which is an exception in px.
int32_t px_numba_fatal_error() {
  return 0;
}

}  // extern "C"
