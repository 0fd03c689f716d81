#include "jit/builtins/array_functions.h"

#include <bit>
#include <cstring>

#include "jit/builtins/array.h"
#include "runtime/context.h"

namespace px::jit {

using typed::Slot;

std::span<const Builtin> array_builtins() {
  static const auto& list = *[] {
    auto* all = new std::vector<Builtin>;
    for (auto part : std::initializer_list<std::span<const Builtin>>{
             sorting_builtins(), statistics_builtins(), joining_builtins(), shaping_builtins(), vector_builtins(), numeric_builtins(),
             linear_builtins(), closeness_builtins(), choice_builtins(), sequence_builtins()})
      all->insert(all->end(), part.begin(), part.end());
    return all;
  }();
  return list;
}

ArrayValue Reader::array() {
  uint64_t word = *at_++;
  int ndim = static_cast<int>(word >> 8);
  ArrayValue a;
  static_cast<Strided&>(a) = Strided::of(at_, ndim);
  a.element = static_cast<Scalar>(word & 255);
  a.flags = at_[array_flags_slot(ndim)];
  at_ += 2 + 2 * ndim;
  return a;
}

double Reader::real() {
  return std::bit_cast<double>(*at_++);
}

int32_t raise(runtime::ExcKind kind, std::string_view text) {
  runtime::Context::current()->exc.set(kind, text);
  return 1;
}
int32_t raise_value(std::string_view text) {
  return raise(runtime::ExcKind::ValueError, text);
}

int32_t make_array(Scalar element, std::span<const int64_t> shape, uint64_t* result, ArrayValue& made) {
  std::array<uint64_t, 4 + Strided::most> arguments = {shape.size(), item_size(element), 0, 0};
  for (size_t k = 0; k < shape.size(); ++k) arguments[4 + k] = static_cast<uint64_t>(shape[k]);
  if (int32_t failed = array_new(arguments.data(), result)) return failed;
  made = {};
  static_cast<Strided&>(made) = Strided::of(result, static_cast<int>(shape.size()));
  made.element = element;
  return 0;
}

int32_t packed_copy(const ArrayValue& a, Scalar element, uint64_t* result, ArrayValue& made) {
  if (int32_t failed = make_array(element, std::span(a.shape.data(), static_cast<size_t>(a.ndim)), result, made)) return failed;
  copy_array(made, a);
  return 0;
}

bool is_packed(const ArrayValue& a) {
  if (!is_aligned(a.data, item_size(is_complex(a.element) ? part_of_complex(a.element) : a.element))) return false;
  int64_t stride = a.item();
  for (int axis = a.ndim; axis-- > 0;) {
    auto k = static_cast<size_t>(axis);
    if (a.shape[k] != 1 && a.strides[k] != stride) return a.size() == 0;
    stride *= a.shape[k];
  }
  return true;
}

ArrayValue packed(const ArrayValue& a) {
  if (is_packed(a)) return a;
  std::array<uint64_t, 2 + 2 * Strided::most> slots{};
  ArrayValue made;
  if (packed_copy(a, a.element, slots.data(), made)) made.data = nullptr;
  return made;
}

namespace {

template <Scalar to, Scalar from>
void copy_line(char* p, int64_t n, int64_t step_p, const char* q, int64_t step_q) {
  using To = interp::ElementType<to>;
  using From = interp::ElementType<from>;
  auto one = [](From value) {
    if constexpr (to == from) {
      return value;
    } else {
      return static_cast<To>(interp::convert<to>(static_cast<interp::RegisterType<from>>(value)));
    }
  };
  if (step_p == sizeof(To) && step_q == sizeof(From)) {
    for (int64_t k = 0; k < n; ++k) store_element<To>(p + k * int64_t{sizeof(To)}, one(load_element<From>(q, k)));
    return;
  }
  for (int64_t k = 0; k < n; ++k, p += step_p, q += step_q) store_element<To>(p, one(load_element<From>(q)));
}

// The real or the imaginary parts of an array of complex numbers.
ArrayValue part_of(const ArrayValue& a, int part) {
  ArrayValue parts = a;
  parts.element = part_of_complex(a.element);
  if (parts.data) parts.data += part * parts.item();  // an empty array may have no address
  return parts;
}

void clear(const ArrayValue& a) {
  for_lines(a, a, [item = static_cast<size_t>(a.item())](char* p, int64_t n, int64_t step, char*, int64_t) {
    for (int64_t k = 0; k < n; ++k, p += step) std::memset(p, 0, item);
    return true;
  });
}

}  // namespace

void copy_array(const ArrayValue& to, const ArrayValue& from) {
  if (is_complex(to.element)) {
    for (int part = 0; part < 2; ++part) {
      ArrayValue target = part_of(to, part);
      if (is_complex(from.element)) {
        copy_array(target, part_of(from, part));
      } else if (part == 0) {
        copy_array(target, from);
      } else {
        clear(target);
      }
    }
    return;
  }
  with_scalar(to.element, [&]<Scalar t>() {
    with_scalar(from.element, [&]<Scalar f>() {
      for_lines(to, from, [](char* p, int64_t n, int64_t step_p, const char* q, int64_t step_q) {
        copy_line<t, f>(p, n, step_p, q, step_q);
        return true;
      });
    });
  });
}

void put_number(char* to, Scalar element, const uint64_t* slots) {
  bool complex = is_complex(element);
  with_scalar(complex ? part_of_complex(element) : element, [&]<Scalar s>() {
    for (size_t part = 0; part <= size_t{complex}; ++part) {
      auto value = static_cast<interp::ElementType<s>>(interp::get<interp::RegisterType<s>>(slots[part]));
      std::memcpy(to + part * sizeof value, &value, sizeof value);
    }
  });
}

Resolution call_array_function(const Type* result, const char* symbol, typed::RuntimeFunction function, std::span<const Argument> arguments,
                               std::vector<const Type*> parameters, std::vector<int64_t> extra) {
  std::vector<const Type*> taken;
  for (size_t k = 0; k < arguments.size(); ++k) taken.push_back(k < parameters.size() && parameters[k] ? parameters[k] : arguments[k].type);
  return {.result = result,
          .literal = {},
          .parameters = taken,
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                std::vector<Slot> slots;
                for (int64_t x : extra) slots.push_back(e.int_constant(x));
                for (size_t k = 0; k < taken.size(); ++k) {
                  if (taken[k]->is_array())
                    slots.push_back(e.int_constant(static_cast<int64_t>(taken[k]->scalar) | int64_t{taken[k]->ndim} << 8));
                  for (uint32_t s = 0; s < taken[k]->slots; ++s) slots.push_back(a[k] + s);
                }
                uint32_t count = result->slots;
                e.call_runtime(symbol, function, std::move(slots), count ? d : e.temporary(types::int64()), count ? count : 1);
              },
          .advice = {},
          .touch = Touch::reads};
}

}  // namespace px::jit
