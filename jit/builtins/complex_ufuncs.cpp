// NumPy's functions of complex numbers, as Numba's loops compute them: most are an operator or a function of cmath.
#include <array>
#include <cmath>
#include <string>

#include "jit/builtins/complex.h"
#include "jit/builtins/mathlib.h"
#include "jit/interp/value.h"

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
    Name{"numpy.exp", "cmath.exp"},           Name{"numpy.log", "cmath.log"},     Name{"numpy.sqrt", "cmath.sqrt"},
    Name{"numpy.sin", "cmath.sin"},           Name{"numpy.cos", "cmath.cos"},     Name{"numpy.tan", "cmath.tan"},
    Name{"numpy.arcsin", "cmath.asin"},       Name{"numpy.arccos", "cmath.acos"}, Name{"numpy.arctan", "cmath.atan"},
    Name{"numpy.arcsinh", "cmath.asinh"},     Name{"numpy.isnan", "cmath.isnan"}, Name{"numpy.isinf", "cmath.isinf"},
    Name{"numpy.isfinite", "cmath.isfinite"},
};

std::string_view find(std::span<const Name> names, std::string_view numpy) {
  for (auto& n : names)
    if (n.numpy == numpy) return n.other;
  return {};
}

// Smith's algorithm by the reciprocal of the divisor; zero gives infinities and nan.
template <class T>
int32_t quotient(const uint64_t* x, uint64_t* result) {
  T a = interp::get<T>(x[0]), b = interp::get<T>(x[1]), c = interp::get<T>(x[2]), d = interp::get<T>(x[3]);
  T real, imaginary;
  if (std::fabs(c) >= std::fabs(d)) {
    if (std::fabs(c) == 0 && std::fabs(d) == 0) {
      real = a / std::fabs(c);
      imaginary = b / std::fabs(d);
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

// z / |z|, 0 of 0.
template <class T>
int32_t sign(const uint64_t* x, uint64_t* result) {
  T a = interp::get<T>(x[0]), b = interp::get<T>(x[1]), size;
  if constexpr (sizeof(T) == 8) {
    size = px_hypot(a, b);
  } else {
    size = px_hypotf(a, b);
  }
  result[0] = interp::put(size == 0 ? T(0) : a / size);
  result[1] = interp::put(size == 0 ? T(0) : b / size);
  return 0;
}

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
    return {};
  }
  if (name == "numpy.sign") return call_complex(type, 1, "px_complex_sign", sign<double>, sign<float>);
  if (auto other = find(functions, name); !other.empty()) return in_type(other, type);
  return {};
}

std::span<const Builtin> complex_ufunc_builtins() {
  return table;
}

}  // namespace px::jit
