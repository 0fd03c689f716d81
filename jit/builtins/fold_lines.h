// Sums and products along an axis, several lines at once: the elements of each one after another, so that the bits are what line by line
// gives.
#pragma once

#include "jit/builtins/strided.h"

namespace px::jit {

namespace folding {

constexpr int64_t neighbours = 256;  // lines whose totals stay in the first-level cache
constexpr int64_t interleaved = 8;   // lines whose additions wait for nothing but their own

template <class Combine, class Acc, class T>
[[gnu::always_inline]] inline void add(Acc& total, T element) {
  total = static_cast<Acc>(Combine{}(interp::wrap(total), interp::wrap(static_cast<Acc>(element))));
}

// `count` lines that begin `step` bytes apart, of n elements `stride` bytes apart, into totals that are set to the first.
template <class Combine, class T, class Acc>
[[gnu::always_inline]] inline void lines(const char* p, int64_t count, int64_t step, int64_t n, int64_t stride, Acc* totals) {
  int64_t done = 0;
  if (step == sizeof(T)) {
    for (; done < count; done += neighbours) {
      int64_t width = count - done < neighbours ? count - done : neighbours;
      for (int64_t k = 0; k < n; ++k) {
        const char* row = p + k * stride + done * step;
#pragma clang loop vectorize(assume_safety)
        for (int64_t i = 0; i < width; ++i) add<Combine>(totals[done + i], load_element<T>(row, i));
      }
    }
    return;
  }
  for (; done + interleaved <= count; done += interleaved) {
    Acc some[interleaved];
    const char* at = p + done * step;
    for (int64_t i = 0; i < interleaved; ++i) some[i] = totals[done + i];
    for (int64_t k = 0; k < n; ++k, at += stride)
      for (int64_t i = 0; i < interleaved; ++i) add<Combine>(some[i], load_element<T>(at + i * step));
    for (int64_t i = 0; i < interleaved; ++i) totals[done + i] = some[i];
  }
  for (; done < count; ++done)
    for (int64_t k = 0; k < n; ++k) add<Combine>(totals[done], load_element<T>(p + done * step + k * stride));
}
template <class Combine, class T, class Acc>
[[gnu::target("avx2")]] void wide(const char* p, int64_t count, int64_t step, int64_t n, int64_t stride, Acc* totals) {
  lines<Combine, T>(p, count, step, n, stride, totals);
}

}  // namespace folding

// Folds each line of `axis`; the totals, in C order of the other axes, go to `out`.
template <class Combine, class T, class Acc>
void fold_lines(const Strided& a, size_t axis, Acc first, char* out) {
  Strided rest = a;
  rest.ndim = a.ndim - 1;
  for (auto d = axis; d + 1 < static_cast<size_t>(a.ndim); ++d) {
    rest.shape[d] = a.shape[d + 1];
    rest.strides[d] = a.strides[d + 1];
  }
  auto* totals = reinterpret_cast<Acc*>(out);
  bool vectors = __builtin_cpu_supports("avx2");
  for_lines(rest, rest, [&](const char* p, int64_t count, int64_t step, const char*, int64_t) {
    for (int64_t k = 0; k < count; ++k) totals[k] = first;
    if (vectors) {
      folding::wide<Combine, T>(p, count, step, a.shape[axis], a.strides[axis], totals);
    } else {
      folding::lines<Combine, T>(p, count, step, a.shape[axis], a.strides[axis], totals);
    }
    totals += count;
    return true;
  });
}

}  // namespace px::jit
