// The C functions that Numba's generated code calls by the name of Numba's own helper library. Exact: no rounding of their own.
#pragma once

#include <cstdint>

extern "C" {
double px_numba_frexp(double x, int32_t* exponent);
float px_numba_frexpf(float x, int32_t* exponent);
double px_numba_ldexp(double x, int32_t exponent);
float px_numba_ldexpf(float x, int32_t exponent);
double px_numba_nextafter(double x, double y);
float px_numba_nextafterf(float x, float y);
uint64_t px_numba_fptoui(double x);
uint64_t px_numba_fptouif(float x);
// Strides for the shape `new_shape` over the memory of (`shape`, `strides`): 1, or 0 where the elements would have to be copied.
int32_t px_numba_attempt_nocopy_reshape(int64_t ndim, const int64_t* shape, const int64_t* strides, int64_t new_ndim,
                                        const int64_t* new_shape, int64_t* new_strides, int64_t item_size, int32_t fortran);

// BLAS and LAPACK (numba_blas.cpp, numba_lapack.cpp), kinds 's', 'd', 'c' and 'z'. alpha is 1 and beta 0, as Numba has them. 0, or below 0
// for another kind and where there is no LAPACK; LAPACK's answer.
int32_t px_numba_xxdot(char kind, char conjugate, int64_t n, const void* x, const void* y, void* result);
int32_t px_numba_xxnrm2(char kind, int64_t n, const void* x, int64_t step, void* result);
int32_t px_numba_xxgemv(char kind, char turned, int64_t m, int64_t n, const void* alpha, const void* a, int64_t lda, const void* x,
                        const void* beta, void* y);
int32_t px_numba_xxgemm(char kind, char turned_a, char turned_b, int64_t m, int64_t n, int64_t k, const void* alpha, const void* a,
                        int64_t lda, const void* b, int64_t ldb, const void* beta, void* c, int64_t ldc);
int32_t px_numba_ez_gesdd(char kind, char job, int64_t m, int64_t n, void* a, int64_t lda, void* s, void* u, int64_t ldu, void* vt,
                          int64_t ldvt);
int32_t px_numba_xxgetrf(char kind, int64_t m, int64_t n, void* a, int64_t lda, int32_t* pivots);
int32_t px_numba_ez_xxgetri(char kind, int64_t n, void* a, int64_t lda, const int32_t* pivots);
int32_t px_numba_xgesv(char kind, int64_t n, int64_t right_sides, void* a, int64_t lda, int32_t* pivots, void* b, int64_t ldb);
int32_t px_numba_xxpotrf(char kind, char half, int64_t n, void* a, int64_t lda);
int32_t px_numba_ez_xxxevd(char kind, char job, char half, int64_t n, void* a, int64_t lda, void* w);
int32_t px_numba_ez_rgeev(char kind, char left, char right, int64_t n, void* a, int64_t lda, void* wr, void* wi, void* vl, int64_t ldvl,
                          void* vr, int64_t ldvr);
int32_t px_numba_ez_cgeev(char kind, char left, char right, int64_t n, void* a, int64_t lda, void* w, void* vl, int64_t ldvl, void* vr,
                          int64_t ldvr);
int32_t px_numba_ez_geqrf(char kind, int64_t m, int64_t n, void* a, int64_t lda, void* tau);
int32_t px_numba_ez_xxgqr(char kind, int64_t m, int64_t n, int64_t k, void* a, int64_t lda, const void* tau);
int32_t px_numba_ez_gelsd(char kind, int64_t m, int64_t n, int64_t right_sides, void* a, int64_t lda, void* b, int64_t ldb, void* s,
                          double rcond, int32_t* rank);
int32_t px_numba_fatal_error();
}
