// NumPy's functions of complex numbers, as Numba's loops compute them: many are an operator or a function of cmath, and some have an
// algorithm of their own beside cmath's.
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>

#include "jit/builtins/complex.h"
#include "jit/builtins/complex_math.h"
#include "jit/builtins/complex_order.h"

namespace px::jit {

using typed::Op;
using typed::Slot;

namespace {

struct Name {
  std::string_view numpy, other;
};
constexpr std::array operators = {
    Name{"numpy.add", "operator.add"},      Name{"numpy.subtract", "operator.sub"},      Name{"numpy.multiply", "operator.mul"},
    Name{"numpy.power", "operator.pow"},    Name{"numpy.equal", "operator.eq"},          Name{"numpy.not_equal", "operator.ne"},
    Name{"numpy.negative", "operator.neg"}, Name{"numpy.positive", "operator.pos"},      Name{"numpy.logical_not", "operator.not_"},
    Name{"numpy.conj", "number.conjugate"}, Name{"numpy.conjugate", "number.conjugate"}, Name{"numpy.abs", "abs"},
    Name{"numpy.absolute", "abs"},
};
constexpr std::array functions = {
    Name{"numpy.exp", "cmath.exp"},           Name{"numpy.log", "cmath.log"},       Name{"numpy.sqrt", "cmath.sqrt"},
    Name{"numpy.sin", "cmath.sin"},           Name{"numpy.cos", "cmath.cos"},       Name{"numpy.tan", "cmath.tan"},
    Name{"numpy.arcsin", "cmath.asin"},       Name{"numpy.arccos", "cmath.acos"},   Name{"numpy.arctan", "cmath.atan"},
    Name{"numpy.arcsinh", "cmath.asinh"},     Name{"numpy.isnan", "cmath.isnan"},   Name{"numpy.isinf", "cmath.isinf"},
    Name{"numpy.isfinite", "cmath.isfinite"}, Name{"numpy.arctanh", "cmath.atanh"},
};

std::string_view find(std::span<const Name> names, std::string_view numpy) {
  for (auto& n : names)
    if (n.numpy == numpy) return n.other;
  return {};
}

using namespace complex_math;

// Numba's absolute value of a part, which leaves -0.0 as it is: a zero divisor's signs count.
template <class T>
T size_of(T x) {
  return x < 0 ? -x : x;
}

// Smith's algorithm by the reciprocal of the divisor; zero gives infinities and nan.
template <class T>
int32_t quotient(const uint64_t* x, uint64_t* result) {
  T a = interp::get<T>(x[0]), b = interp::get<T>(x[1]), c = interp::get<T>(x[2]), d = interp::get<T>(x[3]);
  T real, imaginary;
  if (size_of(c) >= size_of(d)) {
    if (c == 0 && d == 0) {
      real = a / c;
      imaginary = b / d;
    } else {
      T ratio = d / c, scale = T(1) / (c + d * ratio);
      real = (a + b * ratio) * scale;
      imaginary = (b - a * ratio) * scale;
    }
  } else {
    T ratio = c / d, scale = T(1) / (d + c * ratio);
    real = (a * ratio + b) * scale;
    imaginary = (b * ratio - a) * scale;
  }
  result[0] = interp::put(real);
  result[1] = interp::put(imaginary);
  return 0;
}

// logical_and, or, xor of the truths of two.
Resolution logic(const Type* type, Op op) {
  return {.result = types::boolean(),
          .literal = {},
          .parameters = {type, type},
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                const Scalar part = part_of_complex(type->scalar);
                Slot zero = e.convert(e.int_constant(0), types::int64(), types::scalar(part)), truths[2],
                     other = e.temporary(types::boolean());
                for (size_t k = 0; k < 2; ++k) {
                  truths[k] = e.temporary(types::boolean());
                  e.binary(Op::ne_, part, truths[k], a[k], zero);
                  e.binary(Op::ne_, part, other, a[k] + 1, zero);
                  e.binary(Op::bit_or_, Scalar::boolean, truths[k], truths[k], other);
                }
                e.binary(op, Scalar::boolean, d, truths[0], truths[1]);
              },
          .advice = {}};
}

// z / |z|, 0 of 0: the quotient of two complex numbers, so that an infinity in one part makes the other nan.
template <class T>
Complex<T> n_sign(Complex<T> z) {
  T size = m_hypot(z.real, z.imag);
  if (size == 0) return {0, 0};
  T ratio = T(0) / size;
  return {(z.real + z.imag * ratio) / size, (z.imag - z.real * ratio) / size};
}

template <class T>
Complex<T> n_rint(Complex<T> z) {
  return {std::rint(z.real), std::rint(z.imag)};
}

template <class T>
Complex<T> scaled(Complex<T> z, double factor) {
  return {z.real * static_cast<T>(factor), z.imag * static_cast<T>(factor)};
}
template <class T>
Complex<T> n_exp2(Complex<T> z) {
  return f_exp(scaled(z, std::numbers::ln2));
}
template <class T>
Complex<T> n_log2(Complex<T> z) {
  return scaled(f_log(z), std::numbers::log2e);
}
template <class T>
Complex<T> n_log10(Complex<T> z) {
  return scaled(f_log(z), std::numbers::log10e);
}

template <class T>
Complex<T> n_expm1(Complex<T> z) {
  T size = m_exp(z.real);
  return {size * m_cos(z.imag) - 1, size * m_sin(z.imag)};
}
template <class T>
Complex<T> n_log1p(Complex<T> z) {
  return f_log(Complex<T>{z.real + 1, z.imag});
}

template <class T>
Complex<T> n_sinh(Complex<T> z) {
  return {m_cos(z.imag) * m_sinh(z.real), m_sin(z.imag) * m_cosh(z.real)};
}
template <class T>
Complex<T> n_cosh(Complex<T> z) {
  return {m_cos(z.imag) * m_cosh(z.real), m_sin(z.imag) * m_sinh(z.real)};
}
// sinh z / cosh z, by the square of the latter's size.
template <class T>
Complex<T> n_tanh(Complex<T> z) {
  auto s = n_sinh(z), c = n_cosh(z);
  T scale = 1 / (c.real * c.real + c.imag * c.imag);
  return {(s.real * c.real + s.imag * c.imag) * scale, (s.imag * c.real - s.real * c.imag) * scale};
}

// log(z + sqrt(z + 1) * sqrt(z - 1))
template <class T>
Complex<T> n_arccosh(Complex<T> z) {
  auto p = f_sqrt(Complex<T>{z.real + 1, z.imag + 0}), q = f_sqrt(Complex<T>{z.real - 1, z.imag});
  return f_log(Complex<T>{z.real + (p.real * q.real - p.imag * q.imag), z.imag + (p.real * q.imag + p.imag * q.real)});
}

// 1 / z by Smith's algorithm; 0 gives nan.
template <class T>
Complex<T> n_reciprocal(Complex<T> z) {
  if (size_of(z.imag) <= size_of(z.real)) {
    T ratio = z.imag / z.real, scale = 1 / (z.real + z.imag * ratio);
    return {scale, (0 - ratio) * scale};
  }
  T ratio = z.real / z.imag, scale = 1 / (z.real * ratio + z.imag);
  return {ratio * scale, 0 - scale};
}

struct Own {
  std::string_view numpy;
  typed::RuntimeFunction wide, narrow;
};
#define PX_OWN(name)                                                               \
  Own {                                                                            \
    "numpy." #name, apply<double, n_##name<double>>, apply<float, n_##name<float>> \
  }
constexpr std::array own = {PX_OWN(sign),  PX_OWN(rint), PX_OWN(exp2), PX_OWN(log2), PX_OWN(log10),   PX_OWN(expm1),
                            PX_OWN(log1p), PX_OWN(sinh), PX_OWN(cosh), PX_OWN(tanh), PX_OWN(arccosh), PX_OWN(reciprocal)};
#undef PX_OWN

// Another entry's rule, its result in the argument's type.
Resolution in_type(std::string_view name, const Type* type) {
  auto& entry = *find_builtin(name);
  const Argument argument{type, {}, -1, 0};
  Resolution r = entry.resolve(std::span(&argument, 1), entry);
  if (!r.result || r.result == type || !r.result->is_complex()) return r;
  return {.result = type,
          .literal = {},
          .parameters = r.parameters,
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                Slot made = e.temporary(r.result);
                r.lower(e, a, made);
                e.move(d, e.convert(made, r.result, type), 2);
              },
          .advice = {}};
}

// Of a real number: itself.
Resolution conjugate(std::span<const Argument> arguments, const Builtin&) {
  auto* type = arguments[0].type;
  if (!type->is_scalar()) return {};
  // NumPy has no loop of booleans.
  const Type* result = type == types::boolean() ? types::scalar(Scalar::i8) : type;
  return {.result = result,
          .literal = {},
          .parameters = {result},
          .lower = [](Emitter& e, std::span<const Slot> a, Slot d) { e.move(d, a[0], 1); },
          .advice = {}};
}

const Builtin table[] = {
    {"numpy.conj",
     conjugate,
     "with the other sign of the imaginary part",
     "np.conj(x); np.conj(complex(x, y))",
     {},
     0,
     nullptr,
     1,
     1,
     "numpy.conj"},
    {"numpy.conjugate",
     conjugate,
     "with the other sign of the imaginary part",
     "np.conjugate(complex(x, y))",
     {},
     0,
     nullptr,
     1,
     1,
     "numpy.conjugate"},
};

}  // namespace

Resolution call_complex(const Type* type, size_t count, const char* symbol, typed::RuntimeFunction wide, typed::RuntimeFunction narrow) {
  return {.result = type,
          .literal = {},
          .parameters = std::vector<const Type*>(count, type),
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                std::vector<Slot> slots;
                for (Slot s : a.first(count)) slots.insert(slots.end(), {s, s + 1});
                e.call_runtime(symbol, type->scalar == Scalar::c64 ? narrow : wide, std::move(slots), d, 2);
              },
          .advice = {}};
}

std::string_view operator_of_ufunc(std::string_view numpy) {
  return find(operators, numpy);
}

Resolution resolve_complex_ufunc(std::string_view name, const Type* type, size_t count) {
  if (count == 2) {
    if (name == "numpy.divide" || name == "numpy.true_divide")
      return call_complex(type, 2, "px_complex_quotient", quotient<double>, quotient<float>);
    if (name == "numpy.logical_and") return logic(type, Op::bit_and_);
    if (name == "numpy.logical_or") return logic(type, Op::bit_or_);
    if (name == "numpy.logical_xor") return logic(type, Op::bit_xor_);
    return resolve_complex_order(name, type);
  }
  if (auto f = std::ranges::find(own, name, &Own::numpy); f != own.end())
    return call_complex(type, 1, "px_complex_function", f->wide, f->narrow);
  if (auto other = find(functions, name); !other.empty()) return in_type(other, type);
  return {};
}

const Type* complex_loop(std::span<const Argument> elements) {
  bool wide = std::ranges::any_of(elements, [](auto& a) { return a.type == types::float64() || a.type->scalar == Scalar::c128; });
  return types::scalar(wide ? Scalar::c128 : Scalar::c64);
}

std::span<const Builtin> complex_ufunc_builtins() {
  return table;
}

}  // namespace px::jit
