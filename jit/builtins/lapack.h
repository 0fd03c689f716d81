// Factorisations of matrices of floats and complex numbers by the LAPACK that the process has (NumPy's OpenBLAS). Matrices lie in Fortran
// order, `ld` is the distance of columns in elements, and what a function works on is overwritten as LAPACK says.
//
// Each gives LAPACK's answer: 0; above 0 where there is none (singular, not positive definite, no convergence); `blas::no_lapack` where the
// process has no LAPACK or no memory for its work space.
#pragma once

#include <cstdint>

#include "jit/types/type.h"

namespace px::jit::lapack {

// a = P L U. pivots: min(m, n) of them, from 1 on.
int32_t getrf(Scalar, int64_t m, int64_t n, void* a, int64_t lda, int64_t* pivots);
// The inverse, of what getrf made.
int32_t getri(Scalar, int64_t n, void* a, int64_t lda, const int64_t* pivots);
// b becomes the solution x of a x = b; a and pivots as getrf leaves them.
int32_t gesv(Scalar, int64_t n, int64_t right_sides, void* a, int64_t lda, int64_t* pivots, void* b, int64_t ldb);
// Cholesky; `half` is 'U' or 'L'.
int32_t potrf(Scalar, char half, int64_t n, void* a, int64_t lda);
// Eigenvalues of a symmetric or Hermitian matrix, ascending floats in `w`; `job` 'V': vectors in a.
int32_t evd(Scalar, char job, char half, int64_t n, void* a, int64_t lda, void* w);
// Eigenvalues of any matrix, of floats their real parts in `w` and imaginary ones in `wi`; jobs 'V' or 'N': vectors in vl and vr.
int32_t geev(Scalar, char left, char right, int64_t n, void* a, int64_t lda, void* w, void* wi, void* vl, int64_t ldvl, void* vr,
             int64_t ldvr);
// a = Q R, in LAPACK's own form; gqr then makes Q of it.
int32_t geqrf(Scalar, int64_t m, int64_t n, void* a, int64_t lda, void* tau);
int32_t gqr(Scalar, int64_t m, int64_t n, int64_t k, void* a, int64_t lda, const void* tau);
// Least squares: b becomes the solution, s a's singular values.
int32_t gelsd(Scalar, int64_t m, int64_t n, int64_t right_sides, void* a, int64_t lda, void* b, int64_t ldb, void* s, double rcond,
              int64_t* rank);

}  // namespace px::jit::lapack
