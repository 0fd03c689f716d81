// Products of vectors and matrices of floats, by the BLAS that the process has (NumPy's OpenBLAS), else by loops of our own. Matrices lie
// in Fortran order, as BLAS has them; `ld` is the distance of columns in elements. Nothing is added to what was there.
#pragma once

#include <cstdint>

#include "jit/types/type.h"

namespace px::jit::blas {

// result = x · y, one element.
void store_dot(Scalar, int64_t n, const void* x, const void* y, void* result);
// result = the root of x · x, one element, without overflow.
void store_norm(Scalar, int64_t n, const void* x, void* result);
// y = A x, A of m × n; turned: y = Aᵀ x.
void gemv(Scalar, bool turned, int64_t m, int64_t n, const void* a, int64_t lda, const void* x, void* y);
// C = A B, of m × k and k × n; a turned one lies the other way round.
void gemm(Scalar, bool turned_a, bool turned_b, int64_t m, int64_t n, int64_t k, const void* a, int64_t lda, const void* b, int64_t ldb,
          void* c, int64_t ldc);

}  // namespace px::jit::blas
