// What px/library/linear.py is written with: LAPACK on arrays in Fortran order, which are overwritten.
#include <algorithm>

#include "jit/builtins/array_functions.h"
#include "jit/builtins/blas.h"
#include "jit/builtins/lapack.h"

namespace px::jit {

namespace {

using Arguments = std::span<const Argument>;

int64_t rows(const ArrayValue& a) {
  return a.shape[0];
}
int64_t columns(const ArrayValue& a) {
  return a.ndim > 1 ? a.shape[1] : 1;
}
int64_t leading(const ArrayValue& a) {
  return std::max<int64_t>(1, rows(a));
}
int64_t* integers(const ArrayValue& a) {
  return reinterpret_cast<int64_t*>(a.data);
}

// The functions below take what Python's call has, in that order; the result is LAPACK's answer.
int32_t run_getrf(const ArrayValue* x, double) {
  return lapack::getrf(x->element, rows(x[0]), columns(x[0]), x[0].data, leading(x[0]), integers(x[1]));
}
int32_t run_getri(const ArrayValue* x, double) {
  return lapack::getri(x->element, rows(x[0]), x[0].data, leading(x[0]), integers(x[1]));
}
int32_t run_gesv(const ArrayValue* x, double) {
  return lapack::gesv(x->element, rows(x[0]), columns(x[2]), x[0].data, leading(x[0]), integers(x[1]), x[2].data, leading(x[2]));
}
int32_t run_potrf(const ArrayValue* x, double) {
  return lapack::potrf(x->element, 'U', rows(x[0]), x[0].data, leading(x[0]));
}
int32_t run_evd(const ArrayValue* x, double vectors) {
  return lapack::evd(x->element, vectors != 0 ? 'V' : 'N', 'L', rows(x[0]), x[0].data, leading(x[0]), x[1].data);
}
// a, w, wi, vr: vectors where `vectors` is not 0.
int32_t run_geev(const ArrayValue* x, double vectors) {
  alignas(16) char unused[16] = {};
  return lapack::geev(x->element, 'N', vectors != 0 ? 'V' : 'N', rows(x[0]), x[0].data, leading(x[0]), x[1].data, x[2].data, unused, 1,
                      x[3].data, leading(x[3]));
}
int32_t run_geqrf(const ArrayValue* x, double) {
  return lapack::geqrf(x->element, rows(x[0]), columns(x[0]), x[0].data, leading(x[0]), x[1].data);
}
int32_t run_gqr(const ArrayValue* x, double) {
  const int64_t count = x[1].shape[0];
  return lapack::gqr(x->element, rows(x[0]), count, count, x[0].data, leading(x[0]), x[1].data);
}
// a, s, u, vt: vectors as many as u and vt have; none where `none` is not 0.
int32_t run_gesdd(const ArrayValue* x, double none) {
  const bool all = columns(x[2]) == rows(x[0]) && rows(x[3]) == columns(x[0]);
  const char job = none != 0 ? 'N' : all ? 'A' : 'S';
  const int64_t ldu = job == 'N' ? leading(x[0]) : leading(x[2]);
  return blas::gesdd(x->element, job, rows(x[0]), columns(x[0]), x[0].data, leading(x[0]), x[1].data, x[2].data, ldu, x[3].data,
                     leading(x[3]));
}
// a, b, s, rank.
int32_t run_gelsd(const ArrayValue* x, double rcond) {
  return lapack::gelsd(x->element, rows(x[0]), columns(x[0]), columns(x[1]), x[0].data, leading(x[0]), x[1].data, leading(x[1]), x[2].data,
                       rcond, integers(x[3]));
}

// a, b, c: c = aᴴ bᴴ, of `count` of a's rows and b's columns.
int32_t run_adjoint(const ArrayValue* x, double count) {
  return blas::gemm_adjoint(x->element, rows(x[2]), columns(x[2]), static_cast<int64_t>(count), x[0].data, leading(x[0]), x[1].data,
                            leading(x[1]), x[2].data, leading(x[2]));
}

struct Routine {
  std::string_view name;
  size_t arrays;
  int32_t (*run)(const ArrayValue*, double);
};
constexpr Routine routines[] = {
    {"getrf", 2, run_getrf}, {"getri", 2, run_getri}, {"gesv", 3, run_gesv},       {"potrf", 1, run_potrf},
    {"evd", 2, run_evd},     {"geev", 4, run_geev},   {"geqrf", 2, run_geqrf},     {"gqr", 2, run_gqr},
    {"gesdd", 4, run_gesdd}, {"gelsd", 4, run_gelsd}, {"adjoint", 3, run_adjoint},
};
constexpr size_t most_arrays = 4;

// Arguments: which routine, then the number, then the arrays.
int32_t run_lapack(const uint64_t* x, uint64_t* result) {
  Reader in(x);
  auto& routine = routines[static_cast<size_t>(in.integer())];
  const double number = in.real();
  ArrayValue arrays[most_arrays];
  for (size_t k = 0; k < routine.arrays; ++k) arrays[k] = in.array();
  const int32_t answer = routine.run(arrays, number);
  if (answer == blas::no_lapack)
    return raise(runtime::ExcKind::NotImplementedError, "linear algebra needs NumPy's LAPACK, which is not there");
  *result = static_cast<uint64_t>(int64_t{answer});
  return 0;
}

// lapack("getrf", number, a, …)
Resolution lapack_rule(Arguments a, const Builtin&) {
  if (a[0].type->kind != TypeKind::string || !a[1].type->is_scalar()) return {};
  const auto* routine = std::ranges::find(routines, std::string_view(a[0].type->text), &Routine::name);
  if (routine == std::end(routines) || a.size() != routine->arrays + 2) return {};
  for (auto& one : a.subspan(2))
    if (!one.type->is_array()) return {};
  return call_array_function(types::int64(), "px_lapack", run_lapack, a, {nullptr, types::float64()}, {routine - routines});
}

const Builtin table[] = {
    {"px.library.intrinsics.lapack", lapack_rule, "a routine of LAPACK's", "", {}, 0, nullptr, 3, most_arrays + 2, {}, true},
};

}  // namespace

std::span<const Builtin> linear_builtins() {
  return table;
}

}  // namespace px::jit
