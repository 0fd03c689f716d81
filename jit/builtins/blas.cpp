#include "jit/builtins/blas.h"

#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstring>
#include <string>

namespace px::jit::blas {

namespace {

constexpr int column_major = 102, plain = 111, transposed = 112, adjoint = 113;

template <class T>
struct Real {
  using type = T;
  static constexpr bool complex = false;
};
template <class T>
struct Real<std::complex<T>> {
  using type = T;
  static constexpr bool complex = true;
};
template <class T>
using real_of = Real<T>::type;

// CBLAS and LAPACKE with 64-bit integers, as NumPy's OpenBLAS has them. Factors of complex numbers are handed on by their address.
template <class T>
struct Functions {
  using Factor = std::conditional_t<Real<T>::complex, const T*, T>;
  T (*dot)(int64_t, const T*, int64_t, const T*, int64_t) = nullptr;  // of floats
  void (*dot_plain)(int64_t, const T*, int64_t, const T*, int64_t, T*) = nullptr;
  void (*dot_conjugate)(int64_t, const T*, int64_t, const T*, int64_t, T*) = nullptr;
  real_of<T> (*norm)(int64_t, const T*, int64_t) = nullptr;
  void (*gemv)(int, int, int64_t, int64_t, Factor, const T*, int64_t, const T*, int64_t, Factor, T*, int64_t) = nullptr;
  void (*gemm)(int, int, int, int64_t, int64_t, int64_t, Factor, const T*, int64_t, const T*, int64_t, Factor, T*, int64_t) = nullptr;
  int64_t (*gesdd)(int, char, int64_t, int64_t, T*, int64_t, real_of<T>*, T*, int64_t, T*, int64_t) = nullptr;
};

template <class T>
Functions<T>::Factor factor(const T& value) {
  if constexpr (Real<T>::complex) {
    return &value;
  } else {
    return value;
  }
}

// NumPy's OpenBLAS, which is in the process if NumPy is. Not loaded here: a process without it does without.
void* library() {
  std::string path;
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* found) {
        if (std::strstr(info->dlpi_name, "openblas64_")) *static_cast<std::string*>(found) = info->dlpi_name;
        return 0;
      },
      &path);
  return path.empty() ? nullptr : dlopen(path.c_str(), RTLD_NOLOAD | RTLD_LAZY);
}

template <class T>
const Functions<T>& functions() {
  static const Functions<T> all = [] {
    Functions<T> f;
    constexpr bool complex = Real<T>::complex, wide = sizeof(real_of<T>) == 8;
    const std::string letter = complex ? (wide ? "z" : "c") : (wide ? "d" : "s");
    auto find = [&](auto& function, const std::string& name) {
      function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(symbol(name));
    };
    if constexpr (complex) {
      find(f.dot_plain, "cblas_" + letter + "dotu_sub");
      find(f.dot_conjugate, "cblas_" + letter + "dotc_sub");
      find(f.norm, wide ? "cblas_dznrm2" : "cblas_scnrm2");
    } else {
      find(f.dot, "cblas_" + letter + "dot");
      find(f.norm, "cblas_" + letter + "nrm2");
    }
    find(f.gemv, "cblas_" + letter + "gemv");
    find(f.gemm, "cblas_" + letter + "gemm");
    find(f.gesdd, "LAPACKE_" + letter + "gesdd");
    return f;
  }();
  return all;
}

template <class T>
T dot_of(bool conjugate, int64_t n, const T* x, const T* y) {
  T total = 0;
  if constexpr (Real<T>::complex) {
    auto& all = functions<T>();
    if (auto* f = conjugate ? all.dot_conjugate : all.dot_plain) return f(n, x, 1, y, 1, &total), total;
    for (int64_t k = 0; k < n; ++k) total += (conjugate ? std::conj(x[k]) : x[k]) * y[k];
  } else {
    if (auto* f = functions<T>().dot) return f(n, x, 1, y, 1);
    for (int64_t k = 0; k < n; ++k) total += x[k] * y[k];
  }
  return total;
}

template <class T>
real_of<T> norm_of(int64_t n, const T* x, int64_t step) {
  using R = real_of<T>;
  if (auto* f = functions<T>().norm) return f(n, x, step);
  R scale = 0, sum = 1;
  auto add = [&](R part) {
    R v = std::fabs(part);
    if (v == 0) return;
    if (scale < v) {
      sum = 1 + sum * (scale / v) * (scale / v);
      scale = v;
    } else {
      sum += (v / scale) * (v / scale);
    }
  };
  for (int64_t k = 0; k < n; ++k) {
    if constexpr (Real<T>::complex) {
      add(x[k * step].real());
      add(x[k * step].imag());
    } else {
      add(x[k * step]);
    }
  }
  return scale * std::sqrt(sum);
}

template <class T>
void vector_of(bool turned, int64_t m, int64_t n, const T* a, int64_t lda, const T* x, T* y) {
  std::fill_n(y, turned ? n : m, T(0));
  if (m == 0 || n == 0) return;
  const T one = 1, zero = 0;
  if (auto* f = functions<T>().gemv)
    return f(column_major, turned ? transposed : plain, m, n, factor(one), a, lda, x, 1, factor(zero), y, 1);
  for (int64_t j = 0; j < n; ++j)
    for (int64_t i = 0; i < m; ++i) y[turned ? j : i] += a[j * lda + i] * x[turned ? i : j];
}

template <class T>
void matrix_of(bool turned_a, bool turned_b, int64_t m, int64_t n, int64_t k, const T* a, int64_t lda, const T* b, int64_t ldb, T* c,
               int64_t ldc) {
  for (int64_t j = 0; j < n; ++j) std::fill_n(c + j * ldc, m, T(0));
  if (m == 0 || n == 0 || k == 0) return;
  const T one = 1, zero = 0;
  if (auto* f = functions<T>().gemm)
    return f(column_major, turned_a ? transposed : plain, turned_b ? transposed : plain, m, n, k, factor(one), a, lda, b, ldb, factor(zero),
             c, ldc);
  for (int64_t j = 0; j < n; ++j)
    for (int64_t l = 0; l < k; ++l) {
      T other = turned_b ? b[l * ldb + j] : b[j * ldb + l];
      for (int64_t i = 0; i < m; ++i) c[j * ldc + i] += (turned_a ? a[i * lda + l] : a[l * lda + i]) * other;
    }
}

// `f(T())` for the scalar's C++ type.
template <class F>
auto with_element(Scalar s, F f) {
  switch (s) {
    case Scalar::f32:
      return f(float());
    case Scalar::c64:
      return f(std::complex<float>());
    case Scalar::c128:
      return f(std::complex<double>());
    default:
      return f(double());
  }
}

}  // namespace

void* symbol(const std::string& name) {
  static void* const from = library();
  return from ? dlsym(from, ("scipy_" + name + "64_").c_str()) : nullptr;
}

bool scalar_of(char letter, Scalar& out) {
  out = letter == 's' ? Scalar::f32 : letter == 'c' ? Scalar::c64 : letter == 'z' ? Scalar::c128 : Scalar::f64;
  return letter == 's' || letter == 'd' || letter == 'c' || letter == 'z';
}

void store_dot(Scalar s, bool conjugate, int64_t n, const void* x, const void* y, void* result) {
  with_element(s, [&]<class T>(T) { *static_cast<T*>(result) = dot_of(conjugate, n, static_cast<const T*>(x), static_cast<const T*>(y)); });
}
void store_norm(Scalar s, int64_t n, const void* x, int64_t step, void* result) {
  with_element(s, [&]<class T>(T) { *static_cast<real_of<T>*>(result) = norm_of(n, static_cast<const T*>(x), step); });
}
void gemv(Scalar s, bool turned, int64_t m, int64_t n, const void* a, int64_t lda, const void* x, void* y) {
  with_element(s,
               [&]<class T>(T) { vector_of(turned, m, n, static_cast<const T*>(a), lda, static_cast<const T*>(x), static_cast<T*>(y)); });
}
void gemm(Scalar s, bool turned_a, bool turned_b, int64_t m, int64_t n, int64_t k, const void* a, int64_t lda, const void* b, int64_t ldb,
          void* c, int64_t ldc) {
  with_element(s, [&]<class T>(T) {
    matrix_of(turned_a, turned_b, m, n, k, static_cast<const T*>(a), lda, static_cast<const T*>(b), ldb, static_cast<T*>(c), ldc);
  });
}
int32_t gemm_adjoint(Scalar s, int64_t m, int64_t n, int64_t k, const void* a, int64_t lda, const void* b, int64_t ldb, void* c,
                     int64_t ldc) {
  return with_element(s, [&]<class T>(T) {
    const T one = 1, zero = 0;
    auto* f = functions<T>().gemm;
    if (!f) return no_lapack;
    f(column_major, adjoint, adjoint, m, n, k, factor(one), static_cast<const T*>(a), lda, static_cast<const T*>(b), ldb, factor(zero),
      static_cast<T*>(c), ldc);
    return 0;
  });
}
int32_t gesdd(Scalar s, char job, int64_t m, int64_t n, void* a, int64_t lda, void* values, void* u, int64_t ldu, void* vt, int64_t ldvt) {
  return with_element(s, [&]<class T>(T) {
    auto* f = functions<T>().gesdd;
    if (!f) return no_lapack;
    return static_cast<int32_t>(f(column_major, job, m, n, static_cast<T*>(a), lda, static_cast<real_of<T>*>(values), static_cast<T*>(u),
                                  ldu, static_cast<T*>(vt), ldvt));
  });
}

}  // namespace px::jit::blas
