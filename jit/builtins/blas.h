// Products of vectors and matrices of floats and complex numbers, norms and singular values, by the BLAS and LAPACK that the process has
// (NumPy's OpenBLAS); products and norms else by loops of our own. Matrices lie in Fortran order, as BLAS has them; `ld` is the distance of
// columns in elements. Nothing is added to what was there.
#pragma once

#include <cstdint>
#include <string>

#include "jit/types/type.h"

namespace px::jit::blas {

// A function of NumPy's OpenBLAS, by the name that the standard gives it; null where it is not there.
void* symbol(const std::string& name);

// The element of BLAS's letter 's', 'd', 'c' or 'z'; false for another.
bool scalar_of(char letter, Scalar& out);

// result = x · y, one element; `conjugate`: of the conjugate of x.
void store_dot(Scalar, bool conjugate, int64_t n, const void* x, const void* y, void* result);
// result = the root of the sum of |x|², a float, without overflow; x's elements lie `step` > 0 elements apart.
void store_norm(Scalar, int64_t n, const void* x, int64_t step, void* result);
// y = A x, A of m × n; turned: y = Aᵀ x.
void gemv(Scalar, bool turned, int64_t m, int64_t n, const void* a, int64_t lda, const void* x, void* y);
// C = A B, of m × k and k × n; a turned one lies the other way round.
void gemm(Scalar, bool turned_a, bool turned_b, int64_t m, int64_t n, int64_t k, const void* a, int64_t lda, const void* b, int64_t ldb,
          void* c, int64_t ldc);
// C = Aᴴ Bᴴ, A of k × m and B of n × k: 0, or no_lapack where there is no BLAS.
int32_t gemm_adjoint(Scalar, int64_t m, int64_t n, int64_t k, const void* a, int64_t lda, const void* b, int64_t ldb, void* c, int64_t ldc);
// LAPACK's gesdd with its work space: the singular values of `a`, which is overwritten, go to `s`, vectors as `job` says to u and vt.
// LAPACK's answer: 0, above 0 where it did not converge; `no_lapack` where there is none.
constexpr int32_t no_lapack = -1000;
int32_t gesdd(Scalar, char job, int64_t m, int64_t n, void* a, int64_t lda, void* s, void* u, int64_t ldu, void* vt, int64_t ldvt);

}  // namespace px::jit::blas
