// Element access: every element type and layout, negative indices, indices out of bounds.
#include "interp_reference.h"

namespace px::jit::test {
namespace {

struct Shape {
  std::vector<int64_t> extent;
  Layout layout;
};
const Shape shapes[] = {{{5}, Layout::c},          {{5}, Layout::any},     {{3, 4}, Layout::c},          {{3, 4}, Layout::f},
                        {{3, 4}, Layout::any},     {{2, 3, 4}, Layout::c}, {{2, 3, 4}, Layout::f},       {{2, 3, 4}, Layout::any},
                        {{2, 3, 2, 2}, Layout::c}, {{}, Layout::c},        {{2, 1, 3, 1, 2}, Layout::f}, {{2, 3, 2, 2}, Layout::any}};

Scalar register_kind(Scalar s) {
  return s == Scalar::boolean || is_float(s) ? s : is_signed(s) ? Scalar::i64 : Scalar::u64;
}

// f(array, i…, value): old = array[i…]; array[i…] = value; return old, array[i…]
Builder exchange(const Type* type) {
  Builder b;
  Slot array = b.parameter(type->slots);
  std::vector<Slot> index;
  for (int k = 0; k < type->ndim; ++k) index.push_back(b.parameter());
  Slot value = b.parameter(), d = b.variable(2);
  b.line(2);
  b.load(d, array, type, index);
  b.line(3);
  b.store(array, type, index, value);
  b.line(4);
  b.load(d + 1, array, type, index);
  b.ret(d, 2);
  return b;
}

TEST(InterpMemory, EveryElementTypeAndLayout) {
  for (size_t s = 0; s < scalar_count; ++s) {
    auto scalar = static_cast<Scalar>(s);
    for (const Shape& shape : shapes) {
      Array array(scalar, shape.extent, shape.layout, 1);
      Builder b = exchange(array.type);
      Compiled f(b);
      size_t ndim = shape.extent.size();
      // Every element, by its index and by the same counted from the end.
      std::vector<int64_t> index(ndim);
      for (int64_t n = 0;; ++n) {
        for (bool negative : {false, true}) {
          std::vector<uint64_t> args = array.slots();
          for (size_t k = 0; k < ndim; ++k) args.push_back(bits(negative ? index[k] - shape.extent[k] : index[k]));
          uint64_t value = scalar == Scalar::boolean ? (n ^ negative) & 1
                           : scalar == Scalar::f32   ? bits(float(n) - 2.5f)
                           : scalar == Scalar::f64   ? bits(double(n) - 2.5)
                                                     : bits(n * 1103515245 - 7);
          char before[8] = {}, expected[8] = {};
          std::memcpy(before, array.at(index), item_size(scalar));
          args.push_back(value);
          ASSERT_EQ(f.run(args), 0) << Compiled::error();
          std::memcpy(expected, &value, item_size(scalar));
          ASSERT_EQ(std::memcmp(array.at(index), expected, item_size(scalar)), 0) << numpy_name(scalar) << " " << ndim;
          // The register form: what converting to the element type gives.
          Builder c;
          Slot x = c.parameter(), d = c.variable();
          c.convert(register_kind(scalar), scalar, d, x);
          c.ret(d);
          ASSERT_EQ(f.result[1], Compiled(c).value({value})) << numpy_name(scalar);
          (void)before;
        }
        size_t k = ndim;
        while (k > 0 && ++index[k - 1] == shape.extent[k - 1]) index[--k] = 0;
        if (k == 0) break;
      }
    }
  }
}

TEST(InterpMemory, AnIndexOutOfBoundsIsAnErrorThatNamesItAsWritten) {
  Array line(Scalar::f64, {3});
  Builder b = exchange(line.type);
  Compiled f(b);
  f.name_function();
  EXPECT_EQ(f.failure(line.slots() + std::vector<uint64_t>{5, 0}), "IndexError: index 5 is out of bounds for axis 0 with size 3 @2");
  EXPECT_EQ(f.failure(line.slots() + std::vector<uint64_t>{bits(-4), 0}),
            "IndexError: index -4 is out of bounds for axis 0 with size 3 @2");
  EXPECT_EQ(f.failure(line.slots() + std::vector<uint64_t>{bits(INT64_MIN), 0}),
            "IndexError: index -9223372036854775808 is out of bounds for axis 0 with size 3 @2");
  for (Layout layout : {Layout::c, Layout::f, Layout::any}) {
    Array grid(Scalar::i32, {3, 4}, layout);
    Builder c = exchange(grid.type);
    Compiled g(c);
    EXPECT_EQ(g.failure(grid.slots() + std::vector<uint64_t>{2, 4, 0}), "IndexError: index 4 is out of bounds for axis 1 with size 4 @2");
    EXPECT_EQ(g.failure(grid.slots() + std::vector<uint64_t>{bits(-4), 9, 0}),
              "IndexError: index -4 is out of bounds for axis 0 with size 3 @2");
  }
  Array deep(Scalar::u8, {1, 2, 3, 4});
  Builder e = exchange(deep.type);
  EXPECT_EQ(Compiled(e).failure(deep.slots() + std::vector<uint64_t>{0, 1, 3, 0, 0}),
            "IndexError: index 3 is out of bounds for axis 2 with size 3 @2");
  Array empty(Scalar::u8, {0});
  Builder z = exchange(empty.type);
  EXPECT_EQ(Compiled(z).failure(empty.slots() + std::vector<uint64_t>{bits(-1), 0}),
            "IndexError: index -1 is out of bounds for axis 0 with size 0 @2");
}

TEST(InterpMemory, AStoreOutOfBoundsStoresNothing) {
  Array line(Scalar::i64, {2});
  Builder b;
  Slot array = b.parameter(line.type->slots), i = b.parameter();
  b.line(7);
  b.store(array, line.type, {i}, i);
  b.ret(i);
  std::vector<char> before = line.memory;
  EXPECT_EQ(Compiled(b).failure(line.slots() + std::vector<uint64_t>{2}), "IndexError: index 2 is out of bounds for axis 0 with size 2 @7");
  EXPECT_EQ(line.memory, before);
}

TEST(InterpMemory, UnsignedIndicesDoNotWrap) {
  for (const Shape& shape : shapes) {
    if (shape.extent.empty()) continue;
    Array array(Scalar::i16, shape.extent, shape.layout);
    Builder b;
    Slot first = b.parameter(array.type->slots), i = b.parameter(), d = b.variable();
    std::vector<Slot> index(shape.extent.size(), i);
    b.load(d, first, array.type, index);
    b.last_access().index_unsigned = true;
    b.ret(d);
    Compiled f(b);
    EXPECT_EQ(f.run(array.slots() + std::vector<uint64_t>{0}), 0);
    EXPECT_EQ(f.failure(array.slots() + std::vector<uint64_t>{bits(-1)}),
              "IndexError: index 18446744073709551615 is out of bounds for axis 0 with size " + std::to_string(shape.extent[0]) + " @1");
  }
}

TEST(InterpMemory, WithoutChecksNegativeIndicesStillWrap) {
  for (const Shape& shape : shapes) {
    Array array(Scalar::f64, shape.extent, shape.layout, 1);
    std::vector<int64_t> last;
    for (int64_t n : shape.extent) last.push_back(n - 1);
    double value = 42.5;
    std::memcpy(array.at(last), &value, sizeof value);
    Builder b;
    Slot first = b.parameter(array.type->slots), i = b.parameter(), d = b.variable();
    b.load(d, first, array.type, std::vector<Slot>(last.size(), i));
    b.last_access().bounds_check = false;
    b.ret(d);
    EXPECT_EQ(as_double(Compiled(b).value(array.slots() + std::vector<uint64_t>{bits(-1)})), 42.5);
  }
}

}  // namespace
}  // namespace px::jit::test
