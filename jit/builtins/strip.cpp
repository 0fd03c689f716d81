#include "jit/builtins/strip.h"

#include <algorithm>
#include <array>

#include "jit/builtins/division.h"
#include "jit/builtins/extremes.h"
#include "jit/builtins/strided.h"
#include "jit/builtins/vector_math.h"
#include "jit/interp/expression.h"
#include "jit/typed/faults.h"
#include "runtime/context.h"

namespace px::jit::strip {

using typed::Op;

namespace {

// Of an element-wise loop the vectoriser may assume that no element depends on another; a result may lie where its operand was.
// Where there are no such instructions (integers divided), it stays a loop.
#pragma clang diagnostic ignored "-Wpass-failed"
#define PX_STRIP_LOOP _Pragma("clang loop vectorize(assume_safety)")

template <class T>
T* at(char* const* registers, uint32_t k) {
  return reinterpret_cast<T*>(registers[k]);
}

bool shift_fault(bool negative) {
  auto& fault = negative ? typed::negative_shift : typed::wide_shift;
  runtime::Context::current()->exc.set(fault.kind, fault.message);
  return false;
}

template <Op op, class T>
struct Operation {
  using Meant = interp::Meaning<op>;
  using R = std::conditional_t<Meant::compares, bool, T>;
  [[gnu::always_inline]] static bool run(const Step& s, char* const* registers, int64_t n) {
    auto* d = at<R>(registers, s.d);
    auto* a = at<const T>(registers, s.a);
    bool failed = false;
    if constexpr (Meant::operands == 1) {
      if constexpr (op == Op::sqrt_) {  // without errno, which std::sqrt would set
        PX_STRIP_LOOP
        for (int64_t k = 0; k < n; ++k) d[k] = __builtin_elementwise_sqrt(a[k]);
      } else {
        PX_STRIP_LOOP
        for (int64_t k = 0; k < n; ++k) d[k] = Meant::template apply<T, false>(a[k], nullptr, failed);
      }
    } else {
      auto* b = at<const T>(registers, s.b);
      if constexpr (op == Op::shl_ || op == Op::shr_) {
        for (int64_t k = 0; k < n; ++k)
          if (static_cast<uint64_t>(b[k]) > 63) return shift_fault(b[k] < T(1));
      }
      if constexpr (op == Op::truediv_ && std::floating_point<T>) {
        PX_STRIP_LOOP
        for (int64_t k = 0; k < n; ++k) d[k] = a[k] / b[k];
      } else {
        PX_STRIP_LOOP
        for (int64_t k = 0; k < n; ++k) d[k] = Meant::template apply<T, false>(a[k], b[k], nullptr, failed);
      }
    }
    return true;
  }
};

template <Scalar to, class From>
struct Conversion {
  [[gnu::always_inline]] static bool run(const Step& s, char* const* registers, int64_t n) {
    auto* d = at<interp::RegisterType<to>>(registers, s.d);
    auto* a = at<const From>(registers, s.a);
    PX_STRIP_LOOP
    for (int64_t k = 0; k < n; ++k) d[k] = interp::convert<to>(a[k]);
    return true;
  }
};

template <class T>
struct Move {
  [[gnu::always_inline]] static bool run(const Step& s, char* const* registers, int64_t n) {
    if (s.d != s.a) std::memcpy(registers[s.d], registers[s.a], static_cast<size_t>(n) * sizeof(T));
    return true;
  }
};

template <class T>
struct Math1 {
  [[gnu::always_inline]] static bool run(const Step& s, char* const* registers, int64_t n) {
    auto* f = reinterpret_cast<T (*)(T)>(s.function);
    for (int64_t k = 0; k < n; ++k) at<T>(registers, s.d)[k] = f(at<const T>(registers, s.a)[k]);
    return true;
  }
};
template <class T>
struct Math2 {
  [[gnu::always_inline]] static bool run(const Step& s, char* const* registers, int64_t n) {
    auto* f = reinterpret_cast<T (*)(T, T)>(s.function);
    for (int64_t k = 0; k < n; ++k) at<T>(registers, s.d)[k] = f(at<const T>(registers, s.a)[k], at<const T>(registers, s.b)[k]);
    return true;
  }
};

// Computed in 32 bits without a sign, of which the low ones are right; compared as they are.
template <Op op, class T>
struct NarrowOperation {
  using Meant = interp::Meaning<op>;
  static constexpr bool chooses = op == Op::min_ || op == Op::max_;
  using R = std::conditional_t<Meant::compares, bool, T>;
  using C = std::conditional_t<Meant::compares || chooses, T, uint32_t>;
  [[gnu::always_inline]] static bool run(const Step& s, char* const* registers, int64_t n) {
    auto* d = at<R>(registers, s.d);
    auto *a = at<const T>(registers, s.a), *b = at<const T>(registers, s.b);
    bool failed = false;
    PX_STRIP_LOOP
    for (int64_t k = 0; k < n; ++k) {
      if constexpr (Meant::operands == 1) {
        d[k] = static_cast<R>(Meant::template apply<C, false>(static_cast<C>(a[k]), nullptr, failed));
      } else {
        d[k] = static_cast<R>(Meant::template apply<C, false>(static_cast<C>(a[k]), static_cast<C>(b[k]), nullptr, failed));
      }
    }
    return true;
  }
};

template <class T, T (*function)(T, T)>
struct Choice {
  [[gnu::always_inline]] static bool run(const Step& s, char* const* registers, int64_t n) {
    auto* d = at<T>(registers, s.d);
    auto *a = at<const T>(registers, s.a), *b = at<const T>(registers, s.b);
    PX_STRIP_LOOP
    for (int64_t k = 0; k < n; ++k) d[k] = function(a[k], b[k]);
    return true;
  }
};

// Each loop twice: for every x86-64, and with AVX2. Without contraction both have the same bits.
template <class Loop>
bool plain(const Step& s, char* const* registers, int64_t n) {
  return Loop::run(s, registers, n);
}
template <class Loop>
[[gnu::target("avx2")]] bool wide(const Step& s, char* const* registers, int64_t n) {
  return Loop::run(s, registers, n);
}
template <class Loop>
Run chosen() {
  return __builtin_cpu_supports("avx2") ? wide<Loop> : plain<Loop>;
}

// `f.operator()<T>()` for the register type of a kind.
template <class F>
auto with_register(Scalar kind, F f) {
  switch (kind) {
    case Scalar::boolean:
      return f.template operator()<bool>();
    case Scalar::u64:
      return f.template operator()<uint64_t>();
    case Scalar::f32:
      return f.template operator()<float>();
    case Scalar::f64:
      return f.template operator()<double>();
    default:
      return f.template operator()<int64_t>();
  }
}

// The same for the small integers, in their own width.
template <class F>
auto with_narrow(Scalar kind, F f) {
  switch (kind) {
    case Scalar::i8:
      return f.template operator()<int8_t>();
    case Scalar::i16:
      return f.template operator()<int16_t>();
    case Scalar::i32:
      return f.template operator()<int32_t>();
    case Scalar::u8:
      return f.template operator()<uint8_t>();
    case Scalar::u16:
      return f.template operator()<uint16_t>();
    default:
      return f.template operator()<uint32_t>();
  }
}
bool is_narrow(Scalar kind) {
  return is_integer(kind) && item_size(kind) < 8;
}

// The kinds that ops.def gives an operation.
constexpr bool takes(std::string_view kinds, Scalar kind) {
  char letter = kind == Scalar::i64 ? 'i' : kind == Scalar::u64 ? 'u' : kind == Scalar::f64 ? 'f' : kind == Scalar::f32 ? 's' : 'b';
  return kinds.find(letter) != std::string_view::npos;
}
constexpr std::array kinds_of = {
#define PX_TYPED_OP(name, kinds, doc) std::string_view(kinds),
#include "jit/typed/ops.def"
#undef PX_TYPED_OP
};

template <Op op>
Run operation(Scalar kind) {
  return with_register(kind, []<class T>() -> Run {
    if constexpr (takes(kinds_of[static_cast<size_t>(op)], interp::kind_of<T>)) {
      return chosen<Operation<op, T>>();
    } else {
      return nullptr;
    }
  });
}

bool call_runtime(const Step& s, char* const* registers, int64_t n) {
  std::array<uint64_t, 16> arguments{};
  for (int64_t k = 0; k < n; ++k) {
    for (size_t i = 0; i < s.arguments.size(); ++i) {
      auto [reg, kind] = s.arguments[i];
      arguments[i] = with_register(kind, [&]<class T>() { return interp::put(at<const T>(registers, reg)[k]); });
    }
    std::array<uint64_t, 2> results{};
    if (s.runtime(arguments.data(), results.data()) != 0) return false;
    with_register(s.kind, [&]<class T>() {
      at<T>(registers, s.d)[k] = interp::get<T>(results[0]);
      if (s.second != no_register) at<T>(registers, s.second)[k] = interp::get<T>(results[1]);
    });
  }
  return true;
}

template <Scalar s>
[[gnu::always_inline]] inline void load_loop(char* to, const char* from, int64_t stride, int64_t n) {
  using E = interp::ElementType<s>;
  auto* d = reinterpret_cast<interp::RegisterType<s>*>(to);
  if (stride == sizeof(E)) {
    PX_STRIP_LOOP
    for (int64_t k = 0; k < n; ++k) d[k] = static_cast<interp::RegisterType<s>>(load_element<E>(from, k));
  } else {
    for (int64_t k = 0; k < n; ++k, from += stride) d[k] = static_cast<interp::RegisterType<s>>(load_element<E>(from));
  }
}
template <Scalar s>
void load_plain(char* to, const char* from, int64_t stride, int64_t n) {
  load_loop<s>(to, from, stride, n);
}
template <Scalar s>
[[gnu::target("avx2")]] void load_wide(char* to, const char* from, int64_t stride, int64_t n) {
  load_loop<s>(to, from, stride, n);
}

template <Scalar s>
[[gnu::always_inline]] inline void store_loop(char* to, int64_t stride, const char* from, int64_t n) {
  using E = interp::ElementType<s>;
  auto* a = reinterpret_cast<const interp::RegisterType<s>*>(from);
  if (stride == sizeof(E)) {
    PX_STRIP_LOOP
    for (int64_t k = 0; k < n; ++k) store_element(to + k * int64_t{sizeof(E)}, static_cast<E>(a[k]));
  } else {
    for (int64_t k = 0; k < n; ++k, to += stride) store_element(to, static_cast<E>(a[k]));
  }
}
template <Scalar s>
void store_plain(char* to, int64_t stride, const char* from, int64_t n) {
  store_loop<s>(to, stride, from, n);
}
template <Scalar s>
[[gnu::target("avx2")]] void store_wide(char* to, int64_t stride, const char* from, int64_t n) {
  store_loop<s>(to, stride, from, n);
}

// Elements as they are, of so many bytes.
template <class T>
void load_same(char* to, const char* from, int64_t stride, int64_t n) {
  if (stride == sizeof(T)) {
    std::memcpy(to, from, static_cast<size_t>(n) * sizeof(T));
    return;
  }
  for (int64_t k = 0; k < n; ++k, from += stride) reinterpret_cast<T*>(to)[k] = load_element<T>(from);
}
template <class T>
void store_same(char* to, int64_t stride, const char* from, int64_t n) {
  if (stride == sizeof(T)) {
    std::memcpy(to, from, static_cast<size_t>(n) * sizeof(T));
    return;
  }
  for (int64_t k = 0; k < n; ++k, to += stride) store_element(to, reinterpret_cast<const T*>(from)[k]);
}

}  // namespace

size_t register_bytes(Scalar kind) {
  return item_size(kind);
}

Run find_run(const typed::Instr& i) {
  if (auto run = find_division(i.op, i.kind)) return run;
  switch (i.op) {
#define PX_UNARY(op, meaning) \
  case Op::op##_:             \
    return operation<Op::op##_>(i.kind);
#define PX_BINARY(op, meaning) PX_UNARY(op, meaning)
#define PX_COMPARE(op, meaning) PX_UNARY(op, meaning)
#define PX_DIVISION(op, meaning) PX_UNARY(op, meaning)
#define PX_SHIFT(op, meaning) PX_UNARY(op, meaning)
#include "jit/interp/meaning.def"
    case Op::move_:
      return with_register(i.kind, []<class T>() { return chosen<Move<T>>(); });
    case Op::convert_:
      return with_scalar(i.to,
                         [&]<Scalar to>() { return with_register(i.kind, []<class From>() { return chosen<Conversion<to, From>>(); }); });
    case Op::call_math1_:
      return i.kind == Scalar::f32 ? plain<Math1<float>> : plain<Math1<double>>;
    case Op::call_math2_:
      return i.kind == Scalar::f32 ? plain<Math2<float>> : plain<Math2<double>>;
    default:
      return nullptr;
  }
}

Run find_math(void* function) {
  using namespace extremes;
#define PX_CHOICE(name)                                                                                 \
  if (function == reinterpret_cast<void*>(name<double>)) return chosen<Choice<double, name<double>>>(); \
  if (function == reinterpret_cast<void*>(name<float>)) return chosen<Choice<float, name<float>>>();
  PX_CHOICE(minimum)
  PX_CHOICE(maximum)
  PX_CHOICE(least_number)
  PX_CHOICE(greatest_number)
#undef PX_CHOICE
  return find_vector_math(function);
}

Run runtime_run() {
  return call_runtime;
}

Run find_narrow(Op op, Scalar kind) {
  if (auto run = find_division(op, kind)) return run;
  switch (op) {
#define PX_NARROW(name) \
  case Op::name:        \
    return with_narrow(kind, []<class T>() { return chosen<NarrowOperation<Op::name, T>>(); });
    PX_NARROW(neg_)
    PX_NARROW(bit_not_)
    PX_NARROW(add_)
    PX_NARROW(sub_)
    PX_NARROW(mul_)
    PX_NARROW(bit_and_)
    PX_NARROW(bit_or_)
    PX_NARROW(bit_xor_)
    PX_NARROW(min_)
    PX_NARROW(max_)
    PX_NARROW(eq_)
    PX_NARROW(ne_)
    PX_NARROW(lt_)
    PX_NARROW(le_)
    PX_NARROW(gt_)
    PX_NARROW(ge_)
#undef PX_NARROW
    default:
      return nullptr;
  }
}

Load find_load(Scalar element, Scalar kind) {
  if (is_narrow(kind)) return with_narrow(kind, []<class T>() -> Load { return load_same<T>; });
  bool avx = __builtin_cpu_supports("avx2");
  return with_scalar(element, [avx]<Scalar s>() -> Load { return avx ? load_wide<s> : load_plain<s>; });
}
Store find_store(Scalar element, Scalar kind) {
  if (is_narrow(kind)) return with_narrow(kind, []<class T>() -> Store { return store_same<T>; });
  bool avx = __builtin_cpu_supports("avx2");
  return with_scalar(element, [avx]<Scalar s>() -> Store { return avx ? store_wide<s> : store_plain<s>; });
}

bool same_form(Scalar element, Scalar kind) {
  return item_size(element) == register_bytes(kind);
}

void fill(char* to, uint64_t slot, Scalar kind, int64_t n) {
  auto all = [&]<class T>() { std::fill_n(reinterpret_cast<T*>(to), n, interp::get<T>(slot)); };
  if (is_narrow(kind)) return with_narrow(kind, all);
  with_register(kind, all);
}

}  // namespace px::jit::strip
