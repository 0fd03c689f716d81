// Typed px code by the book: one switch, nothing clever, written apart from jit/interp so that the two can be compared.
#pragma once

#include <cmath>
#include <limits>
#include <optional>

#include "interp_support.h"
#include "jit/flow/flow.h"

namespace px::jit::test {

struct Outcome {
  std::string error;  // "" or as Compiled::error
  std::vector<uint64_t> result;
  bool out_of_fuel = false;
};

class Reference {
 public:
  explicit Reference(const typed::Function& f) : f_(f), r_(f.frame_slots + 1) {}

  // Stops in front of this instruction when it is about to run for the nth time (from 0): `frame` is as the code there finds it.
  void stop_at(uint32_t instruction, uint64_t nth) {
    stop_ = instruction;
    stop_after_ = nth;
  }
  const std::vector<uint64_t>& frame() const { return r_; }
  uint64_t visits(uint32_t instruction) const { return visits_[instruction]; }

  Outcome run(const std::vector<uint64_t>& args, uint64_t steps) {
    visits_.assign(f_.code.size(), 0);
    std::copy(args.begin(), args.end(), r_.begin());
    for (const auto& c : f_.constants) r_[c.slot] = c.bits;
    uint32_t pc = 0;
    for (; steps > 0; --steps) {
      const Instr& i = f_.code[pc];
      if (pc == stop_ && visits_[pc] == stop_after_) return {"", {}, false};
      ++visits_[pc];
      uint32_t next = pc + 1;
      switch (i.op) {
        case Op::move_: {
          std::vector<uint64_t> copy(r_.begin() + i.a, r_.begin() + i.a + i.aux);
          std::copy(copy.begin(), copy.end(), r_.begin() + i.d);
          break;
        }
        case Op::load_:
        case Op::store_: {
          char* address = place(f_.accesses[i.aux]);
          if (address == nullptr) return fail(i);
          Scalar s = f_.accesses[i.aux].type->scalar;
          if (i.op == Op::load_) {
            r_[i.d] = load(s, address);
          } else {
            std::memcpy(address, &r_[i.a], item_size(s));
          }
          break;
        }
        case Op::range_init_: {
          if (i.aux == flow::unit_step) {
            uint64_t values[] = {r_[i.a], r_[i.b]};
            std::copy(values, values + 2, r_.begin() + i.d);
            break;
          }
          __int128 start = widen(i.kind, r_[i.a]), stop = widen(i.kind, r_[i.a + 1]), step = widen(i.kind, r_[i.a + 2]), count = 0;
          if (step == 0) {
            error_ = "ValueError: range() arg 3 must not be zero";
            return fail(i);
          }
          if (step > 0 && start < stop) count = (stop - start + step - 1) / step;
          if (step < 0 && start > stop) count = (start - stop - step - 1) / -step;
          uint64_t values[] = {r_[i.a], r_[i.a + 2], static_cast<uint64_t>(count)};
          std::copy(values, values + 3, r_.begin() + i.d);
          break;
        }
        case Op::range_next_:
          if (i.aux == flow::unit_step) {
            if (widen(i.kind, r_[i.a]) >= widen(i.kind, r_[i.a + 1])) {
              next = i.target;
            } else {
              r_[i.d] = r_[i.a]++;
            }
          } else if (r_[i.a + 2] == 0) {
            next = i.target;
          } else {
            uint64_t value = r_[i.a];
            r_[i.a] += r_[i.a + 1];
            --r_[i.a + 2];
            r_[i.d] = value;
          }
          break;
        case Op::jump_:
          next = i.target;
          break;
        case Op::branch_:
          next = r_[i.a] != 0 ? i.target : i.target2;
          break;
        case Op::ret_:
          return {"", {r_.begin() + i.a, r_.begin() + i.a + i.aux}, false};
        case Op::raise_: {
          const typed::Raise& raise = f_.raises[i.aux];
          error_ = std::string(runtime::exception_table()[static_cast<size_t>(raise.kind)].name);
          if (raise.has_message) error_ += ": " + raise.message;
          return fail(i);
        }
        default:
          if (!compute(i)) return fail(i);
      }
      pc = next;
    }
    return {"", {}, true};
  }

 private:
  const typed::Function& f_;
  std::vector<uint64_t> r_;
  std::string error_;
  std::vector<uint64_t> visits_;  // by instruction: how often it ran
  uint32_t stop_ = UINT32_MAX;
  uint64_t stop_after_ = 0;

  Outcome fail(const Instr& i) { return {error_ + " @" + std::to_string(i.line), {}, false}; }

  static __int128 widen(Scalar kind, uint64_t v) { return kind == Scalar::i64 ? __int128(static_cast<int64_t>(v)) : __int128(v); }

  char* place(const typed::Access& access) {
    size_t ndim = access.type->ndim;
    uint64_t offset = 0;
    for (size_t k = 0; k < ndim; ++k) {
      auto size = static_cast<int64_t>(r_[access.array + 1 + k]);
      uint64_t raw = r_[access.index[k]];
      __int128 index = access.index_unsigned ? __int128(raw) : __int128(static_cast<int64_t>(raw));
      __int128 real = index < 0 && access.wraparound ? index + size : index;
      if (access.bounds_check && (real < 0 || real >= size)) {
        std::string text = access.index_unsigned ? std::to_string(raw) : std::to_string(static_cast<int64_t>(raw));
        error_ = "IndexError: index " + text + " is out of bounds for axis " + std::to_string(k) + " with size " + std::to_string(size);
        return nullptr;
      }
      offset += static_cast<uint64_t>(real) * r_[access.array + 1 + ndim + k];
    }
    return reinterpret_cast<char*>(r_[access.array]) + offset;
  }

  template <class T>
  static uint64_t widened(const char* address) {
    T v;
    std::memcpy(&v, address, sizeof v);
    if constexpr (std::is_floating_point_v<T>) {
      return bits(v);
    } else {
      return static_cast<uint64_t>(v);
    }
  }
  static uint64_t load(Scalar s, const char* address) {
    switch (s) {
      case Scalar::boolean:
        return *address != 0;
      case Scalar::i8:
        return widened<int8_t>(address);
      case Scalar::i16:
        return widened<int16_t>(address);
      case Scalar::i32:
        return widened<int32_t>(address);
      case Scalar::i64:
        return widened<int64_t>(address);
      case Scalar::u8:
        return widened<uint8_t>(address);
      case Scalar::u16:
        return widened<uint16_t>(address);
      case Scalar::u32:
        return widened<uint32_t>(address);
      case Scalar::u64:
        return widened<uint64_t>(address);
      case Scalar::f32:
        return widened<float>(address);
      default:
        return widened<double>(address);
    }
  }

  bool compute(const Instr& i) {
    uint64_t a = r_[i.a], b = i.b == typed::no_slot ? 0 : r_[i.b];
    if (i.op == Op::convert_) {
      r_[i.d] = convert(i.kind, i.to, a);
      return true;
    }
    switch (i.kind) {
      case Scalar::f64:
        return compute_float<double>(i, as_double(a), as_double(b));
      case Scalar::f32:
        return compute_float<float>(i, std::bit_cast<float>(static_cast<uint32_t>(a)), std::bit_cast<float>(static_cast<uint32_t>(b)));
      default:
        return compute_integer(i, a, b);
    }
  }

  // What the order of two numbers decides, whatever they are; false: another operation.
  template <class T, class Set>
  bool compute_order(const Instr& i, T a, T b, Set set) {
    auto flag = [&](bool v) { r_[i.d] = v; };
    switch (i.op) {
      case Op::eq_:
        return flag(a == b), true;
      case Op::ne_:
        return flag(a != b), true;
      case Op::lt_:
        return flag(a < b), true;
      case Op::le_:
        return flag(a <= b), true;
      case Op::gt_:
        return flag(a > b), true;
      case Op::ge_:
        return flag(a >= b), true;
      case Op::min_:
        return set(b < a ? b : a), true;
      case Op::max_:
        return set(b > a ? b : a), true;
      default:
        return false;
    }
  }

  template <class T>
  bool compute_float(const Instr& i, T a, T b) {
    bool division = i.op == Op::truediv_ || i.op == Op::floordiv_ || i.op == Op::mod_;
    if (division && b == 0 && i.aux != 0) {
      error_ = "ZeroDivisionError: division by zero";
      return false;
    }
    auto set = [&](T v) { r_[i.d] = bits(v); };
    if (compute_order(i, a, b, set)) return true;
    switch (i.op) {
      case Op::add_:
        set(a + b);
        break;
      case Op::sub_:
        set(a - b);
        break;
      case Op::mul_:
        set(a * b);
        break;
      case Op::neg_:
        set(-a);
        break;
      case Op::abs_:
        set(std::abs(a));
        break;
      case Op::truediv_:
        set(a / b);
        break;
      case Op::floordiv_:
        set(b == 0 ? a / b : python_divmod(a, b).first);
        break;
      case Op::mod_:
        set(b == 0 ? std::fmod(a, b) : python_divmod(a, b).second);
        break;
      case Op::sqrt_:
        set(std::sqrt(a));
        break;
      case Op::floor_:
        set(std::floor(a));
        break;
      case Op::ceil_:
        set(std::ceil(a));
        break;
      case Op::call_math1_:
        set(reinterpret_cast<T (*)(T)>(f_.pointers[i.aux])(a));
        break;
      case Op::call_math2_:
        set(reinterpret_cast<T (*)(T, T)>(f_.pointers[i.aux])(a, b));
        break;
      default:
        ADD_FAILURE() << "not a float operation";
    }
    return true;
  }

  // CPython's float_divmod.
  template <class T>
  static std::pair<T, T> python_divmod(T v, T w) {
    T mod = std::fmod(v, w), div = (v - mod) / w, floordiv;
    if (mod != 0) {
      if ((w < 0) != (mod < 0)) {
        mod += w;
        div -= 1;
      }
    } else {
      mod = std::copysign(T(0), w);
    }
    if (div != 0 && !std::isnan(div)) {
      floordiv = std::floor(div);
      if (div - floordiv > T(0.5)) floordiv += 1;
    } else {
      div *= div;
      floordiv = div * v / w;
    }
    return {floordiv, mod};
  }

  bool compute_integer(const Instr& i, uint64_t ua, uint64_t ub) {
    __int128 a = widen(i.kind, ua), b = widen(i.kind, ub);
    auto set = [&](__int128 v) { r_[i.d] = static_cast<uint64_t>(v); };
    if (compute_order(i, a, b, set)) return true;
    switch (i.op) {
      case Op::add_:
        set(a + b);
        break;
      case Op::sub_:
        set(a - b);
        break;
      case Op::mul_:
        set(static_cast<__int128>(ua * ub));
        break;
      case Op::neg_:
        set(-a);
        break;
      case Op::abs_:
        set(a < 0 ? -a : a);
        break;
      case Op::floordiv_:
      case Op::mod_: {
        if (b == 0) {
          if (i.aux != 0) {
            error_ = "ZeroDivisionError: division by zero";
            return false;
          }
          set(0);
          break;
        }
        __int128 q = a / b, m = a % b;
        if (m != 0 && (m < 0) != (b < 0)) {
          m += b;
          q -= 1;
        }
        set(i.op == Op::mod_ ? m : q == __int128(1) << 63 && i.kind == Scalar::i64 ? 0 : q);
        break;
      }
      case Op::bit_and_:
        set(a & b);
        break;
      case Op::bit_or_:
        set(a | b);
        break;
      case Op::bit_xor_:
        set(a ^ b);
        break;
      case Op::bit_not_:
        set(~a);
        break;
      case Op::shl_:
      case Op::shr_:
        if (b < 0 || b > 63) {
          error_ = b < 0 ? "ValueError: negative shift count" : "ValueError: shift count out of range";
          return false;
        }
        set(i.op == Op::shl_ ? static_cast<__int128>(ua << static_cast<int>(b)) : a >> static_cast<int>(b));
        break;
      case Op::logical_not_:
        set(ua == 0);
        break;
      default:
        ADD_FAILURE() << "not an integer operation";
    }
    return true;
  }

  static uint64_t narrow(Scalar to, uint64_t v) {
    char raw[8];
    std::memcpy(raw, &v, 8);
    return load(to, raw);
  }
  static uint64_t convert(Scalar from, Scalar to, uint64_t v) {
    bool single = from == Scalar::f32;
    if (single || from == Scalar::f64) {
      double d = single ? static_cast<double>(std::bit_cast<float>(static_cast<uint32_t>(v))) : as_double(v);
      if (to == Scalar::boolean) return !(d == 0);
      if (to == Scalar::f64) return bits(d);
      if (to == Scalar::f32) return single ? v : bits(static_cast<float>(d));
      bool small = to == Scalar::i8 || to == Scalar::i16 || to == Scalar::i32 || to == Scalar::u8 || to == Scalar::u16;
      double t = std::trunc(d);
      if (to == Scalar::u64 && t >= 0x1p63 && t < 0x1p64) return static_cast<uint64_t>(t);
      int64_t limit = small ? INT32_MIN : INT64_MIN;
      bool fits = small ? t >= -0x1p31 && t < 0x1p31 : t >= -0x1p63 && t < 0x1p63;
      int64_t whole = fits ? static_cast<int64_t>(t) : limit;
      // Beyond both halves (or NaN) uint64 is 2^63.
      return narrow(to, static_cast<uint64_t>(whole));
    }
    if (to == Scalar::boolean) return v != 0;
    bool is_signed = from == Scalar::i64;
    if (to == Scalar::f64) return bits(is_signed ? static_cast<double>(static_cast<int64_t>(v)) : static_cast<double>(v));
    if (to == Scalar::f32) return bits(is_signed ? static_cast<float>(static_cast<int64_t>(v)) : static_cast<float>(v));
    return narrow(to, v);
  }
};

}  // namespace px::jit::test
