#include "jit/builtins/complex.h"

#include <bit>
#include <cmath>
#include <limits>

#include "jit/builtins/mathlib.h"
#include "jit/interp/value.h"
#include "runtime/context.h"

namespace px::jit {

using typed::Op;
using typed::Slot;

namespace {

constexpr Scalar B = Scalar::boolean;
const Type* const c64 = types::scalar(Scalar::c64);
const Type* const c128 = types::scalar(Scalar::c128);

const Type* part_type(const Type* complex) {
  return types::scalar(part_of_complex(complex->scalar));
}

// What two numbers, at least one of them complex, are computed in.
const Type* common(const Type* a, const Type* b) {
  static const std::vector<Case> cases = {{{Scalar::c64, Scalar::c64}, Scalar::c64}, {{Scalar::c128, Scalar::c128}, Scalar::c128}};
  const Type* list[] = {a, b};
  const Case* c = best_case(cases, list);
  return c ? types::scalar(c->result) : nullptr;
}

template <class T>
int32_t divide(const uint64_t* x, uint64_t* result) {
  T a = interp::get<T>(x[0]), b = interp::get<T>(x[1]), c = interp::get<T>(x[2]), d = interp::get<T>(x[3]);
  T real, imaginary;
  if (std::fabs(c) >= std::fabs(d)) {
    if (std::fabs(c) == 0) {
      runtime::Context::current()->exc.set(runtime::ExcKind::ZeroDivisionError, "complex division by zero");
      return 1;
    }
    T ratio = d / c, denominator = c + d * ratio;
    real = (a + b * ratio) / denominator;
    imaginary = (b - a * ratio) / denominator;
  } else if (std::fabs(d) >= std::fabs(c)) {
    T ratio = c / d, denominator = c * ratio + d;
    real = (a * ratio + b) / denominator;
    imaginary = (b * ratio - a) / denominator;
  } else {
    real = imaginary = std::numeric_limits<T>::quiet_NaN();
  }
  result[0] = interp::put(real);
  result[1] = interp::put(imaginary);
  return 0;
}

template <class T>
int32_t power(const uint64_t* x, uint64_t* result) {
  T a = interp::get<T>(x[0]), b = interp::get<T>(x[1]), c = interp::get<T>(x[2]), d = interp::get<T>(x[3]);
  if (c == 2 && d == 0) {
    result[0] = interp::put(T(a * a - b * b));
    result[1] = interp::put(T(a * b + b * a));
    return 0;
  }
  T in[] = {a, b, c, d}, out[2];
  if constexpr (sizeof(T) == 8) {
    px_cpow(in, in + 2, out);
  } else {
    px_cpowf(in, in + 2, out);
  }
  result[0] = interp::put(out[0]);
  result[1] = interp::put(out[1]);
  return 0;
}

// Whether either part is not zero.
void emit_truth(Emitter& e, const Type* type, Slot a, Slot d, bool negated) {
  Scalar kind = part_type(type)->scalar;
  Slot zero = e.constant(0, part_type(type)), other = e.temporary(types::boolean());
  Op op = negated ? Op::eq_ : Op::ne_;
  e.binary(op, kind, other, a + 1, zero);
  e.binary(op, kind, d, a, zero);
  e.binary(negated ? Op::bit_and_ : Op::bit_or_, B, d, d, other);
}

Resolution truth(const Type* type, bool negated) {
  return {.result = types::boolean(),
          .literal = {},
          .parameters = {},
          .lower = [=](Emitter& e, std::span<const Slot> a, Slot d) { emit_truth(e, type, a[0], d, negated); },
          .advice = {}};
}

Resolution equality(const Type* type, bool equal) {
  return {.result = types::boolean(),
          .literal = {},
          .parameters = {type, type},
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                Scalar kind = part_type(type)->scalar;
                Slot other = e.temporary(types::boolean());
                e.binary(equal ? Op::eq_ : Op::ne_, kind, other, a[0] + 1, a[1] + 1);
                e.binary(equal ? Op::eq_ : Op::ne_, kind, d, a[0], a[1]);
                e.binary(equal ? Op::bit_and_ : Op::bit_or_, B, d, d, other);
              },
          .advice = {}};
}

// Both parts by one operation each.
Resolution partwise(const Type* type, Op op) {
  return {.result = type,
          .literal = {},
          .parameters = {type, type},
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                Scalar kind = part_type(type)->scalar;
                e.binary(op, kind, d, a[0], a[1]);
                e.binary(op, kind, d + 1, a[0] + 1, a[1] + 1);
              },
          .advice = {}};
}

Resolution product(const Type* type) {
  return {.result = type,
          .literal = {},
          .parameters = {type, type},
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                const Type* part = part_type(type);
                Scalar kind = part->scalar;
                Slot real = e.temporary(part), imaginary = e.temporary(part), other = e.temporary(part);
                e.binary(Op::mul_, kind, real, a[0], a[1]);
                e.binary(Op::mul_, kind, other, a[0] + 1, a[1] + 1);
                e.binary(Op::sub_, kind, real, real, other);
                e.binary(Op::mul_, kind, imaginary, a[0], a[1] + 1);
                e.binary(Op::mul_, kind, other, a[0] + 1, a[1]);
                e.binary(Op::add_, kind, d + 1, imaginary, other);
                e.move(d, real, 1);
              },
          .advice = {}};
}

Resolution squared(const Type* type) {
  Resolution r = product(type);
  r.parameters = {type};
  r.lower = [both = r.lower](Emitter& e, std::span<const Slot> a, Slot d) {
    const Slot pair[] = {a[0], a[0]};
    both(e, pair, d);
  };
  return r;
}

Resolution binary(std::string_view name, const Type* type) {
  if (name == "operator.add") return partwise(type, Op::add_);
  if (name == "operator.sub") return partwise(type, Op::sub_);
  if (name == "operator.mul") return product(type);
  if (name == "operator.truediv") return call_complex(type, 2, "px_complex_divide", divide<double>, divide<float>);
  if (name == "operator.pow" || name == "pow") return call_complex(type, 2, "px_complex_power", power<double>, power<float>);
  if (name == "operator.eq" || name == "operator.ne") return equality(type, name == "operator.eq");
  return {};
}

Resolution unary(std::string_view name, const Type* type) {
  if (name == "operator.truth" || name == "bool") return truth(type, false);
  if (name == "operator.not_") return truth(type, true);
  if (name == "operator.neg" || name == "operator.pos")
    return {.result = type,
            .literal = {},
            .parameters = {},
            .lower =
                [=, negates = name == "operator.neg"](Emitter& e, std::span<const Slot> a, Slot d) {
                  if (!negates) return void(e.move(d, a[0], 2));
                  e.unary(Op::neg_, part_type(type)->scalar, d, a[0]);
                  e.unary(Op::neg_, part_type(type)->scalar, d + 1, a[0] + 1);
                },
            .advice = {}};
  if (name == "abs") {
    const Type* part = part_type(type);
    return {.result = part,
            .literal = {},
            .parameters = {},
            .lower =
                [=](Emitter& e, std::span<const Slot> a, Slot d) {
                  auto* hypot = type == c64 ? reinterpret_cast<void*>(px_hypotf) : reinterpret_cast<void*>(px_hypot);
                  e.call_math(d, part->scalar, hypot, a[0], a[0] + 1);
                },
            .advice = {}};
  }
  return {};
}

// complex(x), complex(re, im)
Resolution make(std::span<const Argument> arguments, const Builtin&) {
  bool narrow = true;
  for (auto& a : arguments) {
    if (!a.type->is_number() || a.type == types::boolean() || (arguments.size() == 2 && a.type->is_complex()))
      return {.advice = "complex takes one or two numbers"};
    narrow = narrow && a.type == types::float32();
  }
  const Type* type = narrow ? c64 : c128;
  const Type* part = part_type(type);
  if (arguments.size() == 1)
    return {.result = type,
            .literal = {},
            .parameters = {type},
            .lower = [](Emitter& e, std::span<const Slot> a, Slot d) { e.move(d, a[0], 2); },
            .advice = {}};
  return {.result = type,
          .literal = {},
          .parameters = {part, part},
          .lower =
              [](Emitter& e, std::span<const Slot> a, Slot d) {
                e.move(d, a[0], 1);
                e.move(d + 1, a[1], 1);
              },
          .advice = {}};
}

Resolution conjugate(std::span<const Argument> arguments, const Builtin&) {
  auto* type = arguments[0].type;
  if (!type->is_number()) return {};
  return {.result = type,
          .literal = {},
          .parameters = {},
          .lower =
              [type](Emitter& e, std::span<const Slot> a, Slot d) {
                e.move(d, a[0], 1);
                if (type->is_complex()) e.unary(Op::neg_, part_type(type)->scalar, d + 1, a[0] + 1);
              },
          .advice = {}};
}

const Builtin table[] = {
    {"complex",
     make,
     "a complex number of one or two numbers",
     "complex(x); complex(x, 2); complex(x, y) * 2j",
     {"real", "imag"},
     1,
     nullptr,
     1,
     2},
    {"number.conjugate",
     conjugate,
     "x.conjugate(): with the other sign of the imaginary part",
     "complex(x, y).conjugate(); x.conjugate()",
     {},
     0,
     nullptr,
     1,
     1},
};

}  // namespace

Resolution resolve_complex(std::span<const Argument> arguments, const Builtin& entry) {
  if (arguments.empty() || arguments.size() > 2) return {};
  for (auto& a : arguments)
    if (!a.type->is_number()) return {};
  const Type* type = arguments.size() == 1 ? arguments[0].type : common(arguments[0].type, arguments[1].type);
  if (!type) return {};
  std::string_view name = entry.name;
  if (name == "numpy.square") return squared(type);
  if (name.starts_with("numpy.")) {
    name = operator_of_ufunc(name);
    if (name.empty()) return resolve_complex_ufunc(entry.name, type, arguments.size());
  }
  if (name == "number.conjugate") return conjugate(arguments, entry);
  return arguments.size() == 1 ? unary(name, type) : binary(name, type);
}

Resolution resolve_part(const Type* number, std::string_view attribute) {
  bool real = attribute == "real";
  if (!real && attribute != "imag") return {};
  const Type* type = number->is_complex() ? part_type(number) : number;
  return {.result = type,
          .literal = {},
          .parameters = {},
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                if (number->is_complex()) return void(e.move(d, real ? a[0] : a[0] + 1, 1));
                e.move(d, real ? a[0] : e.constant(0, type), 1);
              },
          .advice = {}};
}

const Type* emit_parts(Emitter& e, const Type* array, Slot value, Slot& parts) {
  int ndim = array->ndim;
  Scalar part = part_of_complex(array->scalar);
  const Type* type = types::array(part, ndim + 1, Layout::any, array->writable);
  parts = e.temporary(type);
  e.move(parts, value, 1);
  for (int axis = 0; axis < ndim; ++axis) {
    e.move(parts + array_shape_slot(ndim + 1, axis), value + array_shape_slot(ndim, axis), 1);
    e.move(parts + array_stride_slot(ndim + 1, axis), value + array_stride_slot(ndim, axis), 1);
  }
  e.move(parts + array_shape_slot(ndim + 1, ndim), e.int_constant(2), 1);
  e.move(parts + array_stride_slot(ndim + 1, ndim), e.int_constant(static_cast<int64_t>(item_size(part))), 1);
  e.move(parts + array_flags_slot(ndim + 1), value + array_flags_slot(ndim), 1);
  return type;
}

void emit_element(Emitter& e, const Type* array, Slot value, std::vector<Slot> index, Slot d) {
  auto load = [&](Slot from, const Type* type, std::vector<Slot> at, Slot to) {
    e.out().accesses.push_back({.array = from, .type = type, .index = std::move(at), .bounds_check = false, .wraparound = false});
    e.emit({.op = Op::load_, .kind = register_kind(type->scalar), .d = to, .aux = static_cast<uint32_t>(e.out().accesses.size() - 1)});
  };
  if (e.before_load) e.before_load({.array = value, .type = array, .index = index, .bounds_check = false, .wraparound = false});
  if (!is_complex(array->scalar)) return load(value, array, std::move(index), d);
  Slot parts = 0;
  const Type* type = emit_parts(e, array, value, parts);
  index.push_back(0);
  for (Slot k = 0; k < 2; ++k) {
    index.back() = e.int_constant(k);
    load(parts, type, index, d + k);
  }
}

std::span<const Builtin> complex_builtins() {
  static const auto& list = *[] {
    auto* all = new std::vector<Builtin>(std::begin(table), std::end(table));
    auto ufuncs = complex_ufunc_builtins();
    all->insert(all->end(), ufuncs.begin(), ufuncs.end());
    return all;
  }();
  return list;
}

}  // namespace px::jit

extern "C" void px_cpow(const double* a, const double* b, double* out) {
  // CPython's algorithm; where it has no answer and Python would raise, nan.
  if (b[0] == 0 && b[1] == 0) {
    out[0] = 1;
    out[1] = 0;
  } else if (a[0] == 0 && a[1] == 0) {
    out[0] = out[1] = b[1] != 0 || b[0] < 0 ? std::numeric_limits<double>::quiet_NaN() : 0.0;
  } else {
    double size = px_hypot(a[0], a[1]), length = px_pow(size, b[0]), angle = px_atan2(a[1], a[0]), phase = angle * b[0];
    if (b[1] != 0) {
      length /= px_exp(angle * b[1]);
      phase += b[1] * px_log(size);
    }
    out[0] = length * px_cos(phase);
    out[1] = length * px_sin(phase);
  }
}
extern "C" void px_cpowf(const float* a, const float* b, float* out) {
  double x[] = {a[0], a[1]}, y[] = {b[0], b[1]}, wide[2];
  px_cpow(x, y, wide);
  // Numba adds the imaginary part times 1j: an infinite one makes the real part nan.
  out[1] = static_cast<float>(wide[1]);
  out[0] = static_cast<float>(wide[0]) + 0 * out[1];
}
