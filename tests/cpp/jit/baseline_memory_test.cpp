// Element access in baseline code: every element type and layout, every setting of the checks, against the interpreter.
#include <algorithm>

#include "baseline_support.h"

namespace px::jit::test {
namespace {

struct Shape {
  std::vector<int64_t> extent;
  Layout layout;
};
const Shape shapes[] = {{{5}, Layout::c},       {{5}, Layout::any},        {{3, 4}, Layout::c},         {{3, 4}, Layout::f},
                        {{3, 4}, Layout::any},  {{2, 3, 4}, Layout::c},    {{2, 3, 4}, Layout::f},      {{2, 3, 4}, Layout::any},
                        {{2, 3, 2}, Layout::c}, {{2, 1, 3, 2}, Layout::f}, {{2, 3, 2, 2}, Layout::any}, {{}, Layout::c}};

struct Checks {
  bool bounds, wraps, is_unsigned;
};

// f(array, i…, value): old = array[i…]; array[i…] = value; return old, array[i…]
Builder exchange(const Type* type, Checks checks) {
  Builder b;
  Slot array = b.parameter(type->slots);
  std::vector<Slot> index;
  for (int k = 0; k < type->ndim; ++k) index.push_back(b.parameter());
  Slot value = b.parameter(), d = b.variable(2);
  auto set = [&] {
    b.last_access().bounds_check = checks.bounds;
    b.last_access().wraparound = checks.wraps;
    b.last_access().index_unsigned = checks.is_unsigned;
  };
  b.line(2);
  b.load(d, array, type, index);
  set();
  b.line(3);
  b.store(array, type, index, value);
  set();
  b.line(4);
  b.load(d + 1, array, type, index);
  set();
  b.ret(d, 2);
  return b;
}

class Exchange {
 public:
  Exchange(Array& array, Checks checks)
      : array_(array), builder_(exchange(array.type, checks)), interpreted_(builder_), baseline_(interpreted_) {}

  void compare(const std::vector<int64_t>& index, uint64_t value, const std::string& what) {
    std::vector<uint64_t> args = array_.slots();
    for (int64_t i : index) args.push_back(bits(i));
    args.push_back(value);
    std::vector<char> before = array_.memory;
    int32_t expected = interpreted_.run(args);
    std::string error = expected ? Compiled::error() : "";
    std::vector<char> after = array_.memory;
    std::ranges::copy(before, array_.memory.begin());  // in place: the arguments point there
    int32_t status = baseline_.run(args);
    ASSERT_EQ(status, expected) << what << error;
    ASSERT_EQ(status ? Compiled::error() : "", error) << what;
    ASSERT_EQ(array_.memory, after) << what;
    if (status == 0) ASSERT_EQ(baseline_.result, interpreted_.result) << what;
  }

 private:
  Array& array_;
  Builder builder_;
  Compiled interpreted_;
  Baseline baseline_;
};

TEST(BaselineMemory, EveryElementTypeAndLayoutAndSettingOfTheChecks) {
  for (size_t s = 0; s < scalar_count; ++s) {
    auto scalar = static_cast<Scalar>(s);
    for (const Shape& shape : shapes) {
      for (Checks checks : {Checks{true, true, false}, Checks{true, false, false}, Checks{false, true, false}, Checks{false, false, false},
                            Checks{true, true, true}}) {
        // Every setting once a layout, every layout once an element type.
        if (scalar != Scalar::f64 && scalar != Scalar::u8 && !(checks.bounds && checks.wraps && !checks.is_unsigned)) continue;
        Array array(scalar, shape.extent, shape.layout, 1);
        Exchange both(array, checks);
        std::vector<int64_t> index(shape.extent.size());
        std::string what = std::string(numpy_name(scalar)) + " " + std::to_string(shape.extent.size()) + " dimensions";
        for (int64_t n = 0;; ++n) {
          uint64_t value = scalar == Scalar::boolean ? n & 1
                           : scalar == Scalar::f32   ? bits(float(n) - 2.5f)
                           : scalar == Scalar::f64   ? bits(double(n) - 2.5)
                                                     : bits(n * 1103515245 - 7);
          both.compare(index, value, what);
          if (checks.wraps && !checks.is_unsigned) {
            std::vector<int64_t> from_end = index;
            for (size_t k = 0; k < index.size(); ++k) from_end[k] -= shape.extent[k];
            both.compare(from_end, value + 1, what + " from the end");
          }
          if (checks.bounds) {
            for (size_t k = 0; k < index.size(); ++k) {
              for (int64_t wrong : {shape.extent[k], -shape.extent[k] - 1, INT64_MIN, INT64_MAX, int64_t{-1}}) {
                std::vector<int64_t> beyond = index;
                beyond[k] = wrong;
                both.compare(beyond, value, what + " beyond");
              }
            }
          }
          if (HasFatalFailure()) return;
          size_t k = index.size();
          while (k > 0 && ++index[k - 1] == shape.extent[k - 1]) index[--k] = 0;
          if (k == 0) break;
        }
      }
    }
  }
}

// s = 0.0; for i in range(n): s += a[i]; a[i] = s
TEST(BaselineMemory, ALoopStoresUpToTheElementThatIsMissing) {
  for (int64_t n : {0, 1, 7, 100, 101, 250000}) {
    Array array(Scalar::f64, {std::max<int64_t>(n == 101 ? 100 : n, 1)});
    Builder b;
    Slot a = b.parameter(array.type->slots), stop = b.parameter(), zero = b.constant(0), one = b.constant(1), half = b.constant(bits(0.5));
    Slot s = b.variable(), i = b.variable(), range = b.variable(3), iterator = b.variable(3), x = b.variable();
    b.move(s, zero);
    b.move(range, zero);
    b.move(range + 1, stop);
    b.move(range + 2, one);
    b.range(iterator, range);
    uint32_t head = b.next(i, iterator);
    b.line(4);
    b.load(x, a, array.type, {i});
    b.op(Op::add_, Scalar::f64, s, s, x);
    b.op(Op::add_, Scalar::f64, s, s, half);
    b.store(a, array.type, {i}, s);
    b.jump(head);
    b.land(head);
    b.ret(s);
    Compiled f(b);
    Baseline native(f);
    int32_t expected = f.run(array.slots() + std::vector<uint64_t>{bits(n)});
    std::string error = expected ? Compiled::error() : "";
    std::vector<char> after = array.memory;
    std::fill(array.memory.begin(), array.memory.end(), 0);
    ASSERT_EQ(native.run(array.slots() + std::vector<uint64_t>{bits(n)}), expected);
    EXPECT_EQ(expected ? Compiled::error() : "", error);
    EXPECT_EQ(array.memory, after);
    if (expected == 0) EXPECT_EQ(native.result, f.result);
  }
}

}  // namespace
}  // namespace px::jit::test
