// Random typed programs: loops, branches, arithmetic and accesses of every kind, with the arguments to run them on.
#pragma once

#include <random>

#include "interp_support.h"
#include "jit/builtins/mathlib.h"

namespace px::jit::test {

class RandomProgram {
 public:
  explicit RandomProgram(uint64_t seed) : random_(seed) {
    for (Scalar s : {Scalar::f64, Scalar::u8, Scalar::i64, Scalar::f32}) arrays_.emplace_back(s, std::vector<int64_t>{7});
    arrays_.emplace_back(Scalar::f64, std::vector<int64_t>{3, 4});
    arrays_.emplace_back(Scalar::i32, std::vector<int64_t>{3, 4}, Layout::f);
    arrays_.emplace_back(Scalar::f64, std::vector<int64_t>{5}, Layout::any, 1);
    for (Array& array : arrays_) {
      array_slots_.push_back(b_.parameter(array.type->slots));
      for (uint64_t s : array.slots()) args_.push_back(s);
      auto item = item_size(array.type->scalar);
      for (size_t k = 0; k + item <= array.memory.size(); k += item) {
        uint64_t v = array.type->scalar == Scalar::f64   ? bits(double(below(9)) - 4)
                     : array.type->scalar == Scalar::f32 ? bits(float(below(9)))
                                                         : below(9);
        std::memcpy(&array.memory[k], &v, item);
      }
    }
    for (auto& pool : pools_) {
      for (int k = 0; k < 2; ++k) pool.push_back(b_.parameter());
    }
    for (int k = 0; k < 2; ++k) args_.push_back(below(9) - 4);
    for (int k = 0; k < 2; ++k) args_.push_back(bits(double(below(9)) / 2 - 2));
    for (int k = 0; k < 2; ++k) args_.push_back(below(2));
    for (int k = 0; k < 2; ++k) args_.push_back(bits(float(below(9)) / 2 - 2));
    zero_ = b_.constant(0);
    one_ = b_.constant(1);
    for (uint64_t v : {bits(2), bits(3), bits(-1)}) ints().push_back(b_.constant(v));
    for (double v : {2.0, 0.5, -1.0}) floats().push_back(b_.constant(bits(v)));
    // Named variables, all assigned at the start so that every path reads something.
    for (size_t p = 0; p < 4; ++p) {
      for (int k = 0; k < 3; ++k) {
        Slot v = b_.variable();
        b_.move(v, pools_[p][static_cast<size_t>(k) % 2]);
        variables_[p].push_back(v);
      }
      pools_[p].insert(pools_[p].end(), variables_[p].begin(), variables_[p].end());
    }
    math_ = b_.pointer(reinterpret_cast<void*>(&px_sin));
    block(3);
    std::vector<Slot> all;
    for (auto& v : variables_) all.insert(all.end(), v.begin(), v.end());
    Slot out = b_.variable(static_cast<uint32_t>(all.size()));
    for (size_t k = 0; k < all.size(); ++k) b_.move(out + static_cast<Slot>(k), all[k]);
    b_.ret(out, static_cast<uint32_t>(all.size()));
  }

  Builder& builder() { return b_; }
  const std::vector<uint64_t>& args() { return args_; }
  std::vector<std::vector<char>> memories() {
    std::vector<std::vector<char>> out;
    for (Array& a : arrays_) out.push_back(a.memory);
    return out;
  }
  void restore(const std::vector<std::vector<char>>& memories) {
    for (size_t k = 0; k < arrays_.size(); ++k) std::copy(memories[k].begin(), memories[k].end(), arrays_[k].memory.begin());
  }

 private:
  std::mt19937_64 random_;
  Builder b_;
  std::vector<Array> arrays_;
  std::vector<Slot> array_slots_;
  std::vector<uint64_t> args_;
  std::vector<Slot> pools_[4], variables_[4];  // i64, f64, boolean, f32: what may be read; what may be assigned
  Slot zero_, one_;
  uint32_t math_;
  int loops_ = 0;

  uint64_t below(uint64_t n) { return random_() % n; }
  std::vector<Slot>& ints() { return pools_[0]; }
  std::vector<Slot>& floats() { return pools_[1]; }
  Slot any(size_t pool) { return pools_[pool][below(pools_[pool].size())]; }
  Slot variable(size_t pool) { return variables_[pool][below(variables_[pool].size())]; }
  // Where a result goes: a fresh temporary mostly, or a variable.
  Slot target(size_t pool) { return below(3) == 0 ? variable(pool) : b_.variable(); }

  // An expression tree, evaluated into `d` (or into a slot of its own choice).
  Slot integer(int depth) {
    if (depth == 0 || below(4) == 0) return any(0);
    static constexpr Op ops[] = {Op::add_, Op::sub_, Op::mul_,      Op::bit_and_, Op::bit_or_, Op::bit_xor_,
                                 Op::min_, Op::max_, Op::floordiv_, Op::mod_,     Op::shl_,    Op::shr_};
    switch (below(10)) {
      case 0:
        return element(depth, {1, 2, 5}, 0);
      case 1: {
        Slot x = number(depth - 1), d = target(0);
        b_.convert(Scalar::f64, below(2) ? Scalar::i64 : Scalar::i16, d, x);
        return d;
      }
      case 2: {
        Slot x = condition(depth - 1), d = target(0);
        b_.convert(Scalar::boolean, Scalar::i64, d, x);
        return d;
      }
      case 3:
        return unary(below(2) ? Op::neg_ : Op::abs_, Scalar::i64, integer(depth - 1), 0);
      default: {
        size_t which = below(24);
        Op op = which < 12 ? ops[which] : ops[which % 3];
        Slot x = integer(depth - 1), y = below(8) == 0 ? x : integer(depth - 1), d = target(0);
        b_.op(op, Scalar::i64, d, x, y, below(2));
        return d;
      }
    }
  }
  Slot unary(Op op, Scalar kind, Slot x, size_t pool) {
    Slot d = target(pool);
    b_.op(op, kind, d, x);
    return d;
  }
  Slot number(int depth) {
    if (depth == 0 || below(5) == 0) return any(1);
    static constexpr Op ops[] = {Op::add_, Op::sub_, Op::mul_, Op::truediv_, Op::min_, Op::max_, Op::floordiv_, Op::mod_};
    switch (below(10)) {
      case 0:
      case 1:
        return element(depth, {0, 4, 6}, 1);
      case 2: {
        Slot x = integer(depth - 1), d = target(1);
        b_.convert(Scalar::i64, Scalar::f64, d, x);
        return d;
      }
      case 3: {
        static constexpr Op unaries[] = {Op::neg_, Op::abs_, Op::sqrt_, Op::floor_, Op::ceil_};
        return unary(unaries[below(5)], Scalar::f64, number(depth - 1), 1);
      }
      case 4: {
        Slot x = number(depth - 1), d = target(1);
        b_.op(Op::call_math1_, Scalar::f64, d, x, typed::no_slot, math_);
        return d;
      }
      default: {
        size_t which = below(20);
        Op op = which < 8 ? ops[which] : ops[which % 3];
        Slot x = number(depth - 1), y = below(5) == 0 ? x : number(depth - 1), d = target(1);
        b_.op(op, Scalar::f64, d, x, y, below(2));
        return d;
      }
    }
  }
  Slot single(int depth) {
    if (depth == 0) return any(3);
    if (below(3) == 0) return element(depth, {3}, 3);
    Slot x = single(depth - 1), y = single(depth - 1), d = target(3);
    b_.op(below(2) ? Op::add_ : Op::mul_, Scalar::f32, d, x, y);
    return d;
  }
  Slot condition(int depth) {
    if (depth == 0) return any(2);
    static constexpr Op ops[] = {Op::eq_, Op::ne_, Op::lt_, Op::le_, Op::gt_, Op::ge_};
    Slot d;
    switch (below(4)) {
      case 0:
        return unary(Op::logical_not_, Scalar::boolean, condition(depth - 1), 2);
      case 1: {
        Slot x = number(depth - 1), y = number(depth - 1);
        d = target(2);
        b_.op(ops[below(6)], Scalar::f64, d, x, y);
        return d;
      }
      default: {
        Slot x = integer(depth - 1), y = integer(depth - 1);
        d = target(2);
        b_.op(ops[below(6)], Scalar::i64, d, x, y);
        return d;
      }
    }
  }
  // Mostly in bounds: masked by and-ing with 3, or taken as it is.
  Slot index(int depth) {
    Slot x = integer(depth - 1);
    if (below(8) == 0) return x;
    return b_.value(Op::bit_and_, Scalar::i64, x, pools_[0][below(2) ? 3 : 2]);
  }
  struct At {
    size_t array;
    std::vector<Slot> index;
  };
  At place(int depth, std::vector<size_t> choice) {
    At at{choice[below(choice.size())], {}};
    for (size_t k = 0; k < arrays_[at.array].shape.size(); ++k) at.index.push_back(index(depth > 0 ? depth : 1));
    return at;
  }
  Slot element(int depth, std::vector<size_t> choice, size_t pool) {
    At at = place(depth, choice);
    Slot d = target(pool);
    b_.load(d, array_slots_[at.array], arrays_[at.array].type, at.index);
    // uint8 is unsigned in its register, its value the same.
    return d;
  }

  void statement(int depth) {
    b_.line(static_cast<int32_t>(b_.here()));
    switch (below(depth > 0 ? 12 : 8)) {
      case 0:
      case 1:
        return b_.move(variable(0), integer(3));
      case 2:
      case 3:
        return b_.move(variable(1), number(3));
      case 4:
        return b_.move(variable(2), condition(2));
      case 5:
        return b_.move(variable(3), single(2));
      case 6: {
        Slot x = number(3);
        At at = place(2, {0, 4, 6});
        return b_.store(array_slots_[at.array], arrays_[at.array].type, at.index, x);
      }
      case 7: {
        Slot x = integer(2);
        At at = place(2, {1, 2, 5});
        return b_.store(array_slots_[at.array], arrays_[at.array].type, at.index, x);
      }
      case 8:
      case 9: {
        uint32_t branch = b_.branch(condition(2));
        b_.land(branch);
        block(depth - 1);
        uint32_t end = b_.jump();
        b_.land2(branch);
        if (below(2)) block(depth - 1);
        b_.land(end);
        return;
      }
      default:
        return loop(depth);
    }
  }

  void loop(int depth) {
    if (++loops_ > 6) return;
    if (below(3) == 0) {  // while k < 5: …; k += 1
      Slot k = b_.variable(), c = b_.variable(), limit = pools_[0][2 + below(2)];
      b_.move(k, zero_);
      uint32_t head = b_.here();
      b_.op(Op::lt_, Scalar::i64, c, k, limit);
      uint32_t branch = b_.branch(c);
      b_.land(branch);
      pools_[0].push_back(k);
      block(depth - 1);
      pools_[0].erase(std::find(pools_[0].begin(), pools_[0].end(), k));
      b_.op(Op::add_, Scalar::i64, k, k, one_);
      b_.jump(head);
      b_.land2(branch);
      return;
    }
    Slot range = b_.variable(3), iterator = b_.variable(3), d = below(3) == 0 ? variable(0) : b_.variable();
    b_.move(range, below(3) ? zero_ : any(0));
    b_.move(range + 1, below(2) ? pools_[0][2 + below(2)] : any(0));
    b_.move(range + 2, below(5) ? one_ : any(0));
    // Keep it short: at most the low bits of the stop.
    b_.op(Op::bit_and_, Scalar::i64, range + 1, range + 1, pools_[0][3]);
    b_.op(Op::bit_and_, Scalar::i64, range, range, pools_[0][3]);
    bool given = false;
    if (below(2)) {
      b_.move(d, zero_);
      given = true;
    }
    b_.range(iterator, range);
    uint32_t head = b_.next(d, iterator);
    pools_[0].push_back(d);
    block(depth - 1);
    uint32_t leave = UINT32_MAX;
    if (below(4) == 0) {
      leave = b_.branch(condition(1));
      b_.land2(leave);
      block(depth - 1);
    }
    b_.jump(head);
    b_.land(head);
    if (leave != UINT32_MAX) b_.land(leave);
    bool is_variable = std::find(variables_[0].begin(), variables_[0].end(), d) != variables_[0].end();
    if (!given || is_variable) pools_[0].erase(std::find(pools_[0].rbegin(), pools_[0].rend(), d).base() - 1);
  }

  void block(int depth) {
    // Temporaries made inside are not read outside: they may not have been assigned.
    std::vector<Slot> before[4];
    for (size_t p = 0; p < 4; ++p) before[p] = pools_[p];
    for (uint64_t n = 1 + below(5); n > 0; --n) statement(depth);
    for (size_t p = 0; p < 4; ++p) pools_[p] = before[p];
  }
};

inline bool same(uint64_t a, uint64_t b) {
  return a == b || (std::isnan(as_double(a)) && std::isnan(as_double(b))) ||
         (a >> 32 == 0 && b >> 32 == 0 && std::isnan(std::bit_cast<float>(static_cast<uint32_t>(a))) &&
          std::isnan(std::bit_cast<float>(static_cast<uint32_t>(b))));
}
// Arrays of floats may hold NaNs that differ in sign and payload: which operand's is kept is the compiler's choice.
inline bool same_memory(const std::vector<char>& a, const std::vector<char>& b, bool wide) {
  if (!wide) return a == b;
  for (size_t k = 0; k + 8 <= a.size(); k += 8) {
    uint64_t x, y;
    std::memcpy(&x, &a[k], 8);
    std::memcpy(&y, &b[k], 8);
    if (!same(x, y)) return false;
  }
  return true;
}

}  // namespace px::jit::test
