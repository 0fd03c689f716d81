// The compile client with the real service: Python source in, native code out. Needs a Python with Numba: PX_TEST_PYTHON, or `.venv` of
// the source tree; skipped where there is neither.
#include <gtest/gtest.h>

#include <bit>

#include "tests/cpp/jit/client_fixture.h"

namespace px::jit {
namespace {

using client::CompileClient;

const Type* const vector = types::array(Scalar::f64, 1, Layout::c);

struct RealServiceTest : testing::Test {
  void SetUp() override {
    std::filesystem::path root = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path().parent_path();
    std::string python = (root / ".venv/bin/python").string(), script = (root / "python/px/service/__main__.py").string();
    if (const char* set = std::getenv("PX_TEST_PYTHON")) python = set;
    if (!std::filesystem::exists(python) || !std::filesystem::exists(script)) GTEST_SKIP() << "no Python with Numba";
    client::ClientOptions options;
    options.supervisor.command = {{python, script}, client::copy_environment(), folder / "stderr"};
    options.llvm_directory = PX_MODULE_DIR;
    options.warn = [this](const std::string& text) { warnings.push_back(text); };
    client = std::make_unique<CompileClient>(options);
  }
  void TearDown() override {
    if (!client) return;
    client->stop();
    EXPECT_TRUE(warnings.empty()) << warnings.front();
  }

  struct Made {
    std::unique_ptr<Function> function;
    Specialisation specialisation;
    PX_CALLS_LINKED_CODE int32_t operator()(std::span<const uint64_t> args, uint64_t* result) {
      return specialisation.native.load(std::memory_order_acquire)(args.data(), result, nullptr);
    }
  };
  std::unique_ptr<Made> make(const std::string& source, std::vector<std::string> parameters, std::vector<const Type*> types,
                             const Type* result, std::vector<typed::Definition> definitions, std::vector<std::string> paths = {},
                             Globals globals = {}) {
    CodeObject code;
    code.name = code.qualified_name = source.substr(4, source.find('(') - 4);
    code.file = "made.py";
    code.first_line = 1;
    code.source = source;
    for (const std::string& name : parameters) code.parameters.push_back({name, {}});
    for (const std::string& path : paths) code.globals.push_back({path});
    auto made = std::make_unique<Made>();
    made->function = std::make_unique<Function>(code, Options{});
    Specialisation& one = made->specialisation;
    one.function = made->function.get();
    one.parameters = std::move(types);
    one.result = result;
    one.globals = std::make_shared<const Globals>(std::move(globals));
    one.typed = std::make_unique<typed::Function>();
    one.typed->definitions = std::move(definitions);
    return made;
  }
  testing::AssertionResult compile(Made& made) {
    client->request(made.specialisation, true);
    if (!client->wait_idle(120)) return testing::AssertionFailure() << "no answer";
    if (made.specialisation.native.load()) return testing::AssertionSuccess();
    return testing::AssertionFailure() << made.specialisation.refusal;
  }
  static GlobalValue constant(Constant value) {
    GlobalValue global;
    global.kind = GlobalValue::Kind::constant;
    global.constant = std::move(value);
    return global;
  }

  test::TemporaryFolder folder;
  std::vector<std::string> warnings;
  std::unique_ptr<CompileClient> client;
  runtime::PageCache pages;
  runtime::Context context{pages};
  runtime::Context::Scope scope{context};
  uint64_t result[8] = {};
};

std::vector<uint64_t> slots(std::vector<double>& data) {
  return {reinterpret_cast<uint64_t>(data.data()), data.size(), 8, 1};
}
double as_double(uint64_t bits) {
  return std::bit_cast<double>(bits);
}

TEST_F(RealServiceTest, ScalarsComeBack) {
  auto f = make("def f(a, b):\n    x = a + b\n    return x * 2\n", {"a", "b"}, {types::int64(), types::int64()}, types::int64(),
                {{"x", 1, types::int64()}});
  ASSERT_TRUE(compile(*f));
  EXPECT_EQ((*f)(std::vector<uint64_t>{20, 1}, result), 0);
  EXPECT_EQ(result[0], 42u);
}

TEST_F(RealServiceTest, WrongTypingOfOursIsFoundOut) {
  auto f = make("def f(a, b):\n    x = a + b\n    return 1\n", {"a", "b"}, {types::int64(), types::int64()}, types::int64(),
                {{"x", 1, types::uint64()}});
  client->request(f->specialisation, true);
  ASSERT_TRUE(client->wait_idle(120));
  EXPECT_EQ(f->specialisation.refusal, "type disagreement: x, line 2: uint64/int64");
}

TEST_F(RealServiceTest, IndexOutOfBoundsHasNumPysMessageAndTheLine) {
  auto f =
      make("def f(a, n):\n    s = 0.0\n    for i in range(n):\n        s += a[i]\n    return s\n", {"a", "n"}, {vector, types::int64()},
           types::float64(), {{"s", 1, types::float64()}, {"i", 2, types::int64()}, {"s", 3, types::float64()}}, {"range"},
           {constant({NamedValue{NamedValue::Kind::builtin, "builtins.range"}})});
  ASSERT_TRUE(compile(*f));
  std::vector<double> data{1, 2, 3.5};
  auto args = slots(data);
  args.push_back(3);
  EXPECT_EQ((*f)(args, result), 0);
  EXPECT_EQ(as_double(result[0]), 6.5);
  args.back() = 4;
  EXPECT_EQ((*f)(args, result), 1);
  EXPECT_EQ(context.exc.kind, runtime::ExcKind::IndexError);
  EXPECT_STREQ(context.exc.message, "index 3 is out of bounds for axis 0 with size 3");
  ASSERT_EQ(context.exc.trace_count, 1u);
  EXPECT_EQ(context.exc.trace[0].function, f->function.get());
  EXPECT_EQ(context.exc.trace[0].line, 3);
}

TEST_F(RealServiceTest, CalleesHiddenArraysAndExceptionsPassThrough) {
  const Type* table_type = types::array(Scalar::f64, 1, Layout::c, false);
  GlobalValue table;
  table.kind = GlobalValue::Kind::array;
  table.array = table_type;
  auto inner =
      make("def inner(i):\n    if i < 0:\n        raise ValueError('negative')\n    return TABLE[i]\n", {"i"}, {types::int64()},
           types::float64(), {}, {"ValueError", "TABLE"}, {constant({NamedValue{NamedValue::Kind::exception, "ValueError"}}), table});
  GlobalValue called;
  called.kind = GlobalValue::Kind::function;
  called.function = inner->function.get();
  auto outer = make("def outer(i):\n    y = inner(i)\n    return y + 1\n", {"i"}, {types::int64()}, types::float64(),
                    {{"y", 1, types::float64()}}, {"inner"}, {called});
  inner->specialisation.hidden = outer->specialisation.hidden = {{inner->function.get(), 1, table_type}};
  outer->specialisation.callees = {&inner->specialisation};
  ASSERT_TRUE(compile(*outer));
  std::vector<double> data{10, 20};
  auto args = slots(data);
  args.insert(args.begin(), 1);
  EXPECT_EQ((*outer)(args, result), 0);
  EXPECT_EQ(as_double(result[0]), 21);
  data[1] = 30;  // a global array is seen as it is now
  EXPECT_EQ((*outer)(args, result), 0);
  EXPECT_EQ(as_double(result[0]), 31);
  args[0] = static_cast<uint64_t>(-1);
  EXPECT_EQ((*outer)(args, result), 1);
  EXPECT_EQ(context.exc.kind, runtime::ExcKind::ValueError);
  EXPECT_STREQ(context.exc.message, "negative");
  ASSERT_EQ(context.exc.trace_count, 2u);
  EXPECT_EQ(context.exc.trace[0].function, inner->function.get());
  EXPECT_EQ(context.exc.trace[0].line, 2);
  EXPECT_EQ(context.exc.trace[1].function, outer->function.get());
  EXPECT_EQ(context.exc.trace[1].line, 1);
}

TEST_F(RealServiceTest, AllocationComesFromTheContextAndIsUsedAgain) {
  auto f = make("def f(n):\n    s = 0.0\n    for i in range(n):\n        a = np.ones(1024)\n        s += a[i % 1024]\n    return s\n",
                {"n"}, {types::int64()}, types::float64(), {{"a", 3, vector}}, {"range", "np.ones"},
                {constant({NamedValue{NamedValue::Kind::builtin, "builtins.range"}}),
                 constant({NamedValue{NamedValue::Kind::builtin, "numpy.ones"}})});
  ASSERT_TRUE(compile(*f));
  EXPECT_EQ((*f)(std::vector<uint64_t>{10'000}, result), 0);
  EXPECT_EQ(as_double(result[0]), 10'000);
  EXPECT_LT(context.arena.bytes(), size_t{1} << 20);
}

TEST_F(RealServiceTest, WhatNumbaCannotTypeIsRefusedWithItsReason) {
  auto f = make("def f(a):\n    return a.nothing\n", {"a"}, {types::int64()}, types::int64(), {});
  client->request(f->specialisation, true);
  ASSERT_TRUE(client->wait_idle(120));
  EXPECT_TRUE(f->specialisation.refusal.starts_with("typing: ")) << f->specialisation.refusal;
}

}  // namespace
}  // namespace px::jit
