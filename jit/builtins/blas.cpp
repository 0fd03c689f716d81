#include "jit/builtins/blas.h"

#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

namespace px::jit::blas {

namespace {

// CBLAS with 64-bit integers, as NumPy's OpenBLAS has it.
constexpr int column_major = 102, plain = 111, transposed = 112;
template <class T>
struct Functions {
  T (*dot)(int64_t, const T*, int64_t, const T*, int64_t) = nullptr;
  T (*norm)(int64_t, const T*, int64_t) = nullptr;
  void (*gemv)(int, int, int64_t, int64_t, T, const T*, int64_t, const T*, int64_t, T, T*, int64_t) = nullptr;
  void (*gemm)(int, int, int, int64_t, int64_t, int64_t, T, const T*, int64_t, const T*, int64_t, T, T*, int64_t) = nullptr;
};

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
    void* from = library();
    if (!from) return f;
    std::string letter = sizeof(T) == 8 ? "d" : "s";
    auto find = [&](const char* name) { return dlsym(from, ("scipy_cblas_" + letter + name + "64_").c_str()); };
    f.dot = reinterpret_cast<decltype(f.dot)>(find("dot"));
    f.norm = reinterpret_cast<decltype(f.norm)>(find("nrm2"));
    f.gemv = reinterpret_cast<decltype(f.gemv)>(find("gemv"));
    f.gemm = reinterpret_cast<decltype(f.gemm)>(find("gemm"));
    return f;
  }();
  return all;
}

template <class T>
T dot_of(int64_t n, const T* x, const T* y) {
  if (auto* f = functions<T>().dot) return f(n, x, 1, y, 1);
  T total = 0;
  for (int64_t k = 0; k < n; ++k) total += x[k] * y[k];
  return total;
}

template <class T>
T norm_of(int64_t n, const T* x) {
  if (auto* f = functions<T>().norm) return f(n, x, 1);
  T scale = 0, sum = 1;
  for (int64_t k = 0; k < n; ++k) {
    T v = std::fabs(x[k]);
    if (v == 0) continue;
    if (scale < v) {
      sum = 1 + sum * (scale / v) * (scale / v);
      scale = v;
    } else {
      sum += (v / scale) * (v / scale);
    }
  }
  return scale * std::sqrt(sum);
}

template <class T>
void vector_of(bool turned, int64_t m, int64_t n, const T* a, int64_t lda, const T* x, T* y) {
  std::fill_n(y, turned ? n : m, T(0));
  if (m == 0 || n == 0) return;
  if (auto* f = functions<T>().gemv) return f(column_major, turned ? transposed : plain, m, n, 1, a, lda, x, 1, 0, y, 1);
  for (int64_t j = 0; j < n; ++j)
    for (int64_t i = 0; i < m; ++i) y[turned ? j : i] += a[j * lda + i] * x[turned ? i : j];
}

template <class T>
void matrix_of(bool turned_a, bool turned_b, int64_t m, int64_t n, int64_t k, const T* a, int64_t lda, const T* b, int64_t ldb, T* c,
               int64_t ldc) {
  for (int64_t j = 0; j < n; ++j) std::fill_n(c + j * ldc, m, T(0));
  if (m == 0 || n == 0 || k == 0) return;
  if (auto* f = functions<T>().gemm)
    return f(column_major, turned_a ? transposed : plain, turned_b ? transposed : plain, m, n, k, 1, a, lda, b, ldb, 0, c, ldc);
  for (int64_t j = 0; j < n; ++j)
    for (int64_t l = 0; l < k; ++l) {
      T factor = turned_b ? b[l * ldb + j] : b[j * ldb + l];
      for (int64_t i = 0; i < m; ++i) c[j * ldc + i] += (turned_a ? a[i * lda + l] : a[l * lda + i]) * factor;
    }
}

}  // namespace

void store_dot(Scalar s, int64_t n, const void* x, const void* y, void* result) {
  if (s == Scalar::f32) {
    *static_cast<float*>(result) = dot_of(n, static_cast<const float*>(x), static_cast<const float*>(y));
  } else {
    *static_cast<double*>(result) = dot_of(n, static_cast<const double*>(x), static_cast<const double*>(y));
  }
}
void store_norm(Scalar s, int64_t n, const void* x, void* result) {
  if (s == Scalar::f32) {
    *static_cast<float*>(result) = norm_of(n, static_cast<const float*>(x));
  } else {
    *static_cast<double*>(result) = norm_of(n, static_cast<const double*>(x));
  }
}
void gemv(Scalar s, bool turned, int64_t m, int64_t n, const void* a, int64_t lda, const void* x, void* y) {
  if (s == Scalar::f32) {
    vector_of(turned, m, n, static_cast<const float*>(a), lda, static_cast<const float*>(x), static_cast<float*>(y));
  } else {
    vector_of(turned, m, n, static_cast<const double*>(a), lda, static_cast<const double*>(x), static_cast<double*>(y));
  }
}
void gemm(Scalar s, bool turned_a, bool turned_b, int64_t m, int64_t n, int64_t k, const void* a, int64_t lda, const void* b, int64_t ldb,
          void* c, int64_t ldc) {
  if (s == Scalar::f32) {
    matrix_of(turned_a, turned_b, m, n, k, static_cast<const float*>(a), lda, static_cast<const float*>(b), ldb, static_cast<float*>(c),
              ldc);
  } else {
    matrix_of(turned_a, turned_b, m, n, k, static_cast<const double*>(a), lda, static_cast<const double*>(b), ldb, static_cast<double*>(c),
              ldc);
  }
}

}  // namespace px::jit::blas
