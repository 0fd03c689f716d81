// Requests, the agreement of types, and what linked code does to the context it runs in.
#include "jit/client/publish.h"

#include <gtest/gtest.h>

#include "jit/client/agreement.h"
#include "jit/native/nrt.h"
#include "runtime/context.h"
#include "tests/cpp/jit/client_fixture.h"

namespace px::jit::client {
namespace {

using test::compile_c;
using test::Subject;

Request request_for(const Specialisation& specialisation, const std::string& environment = "e") {
  Request request;
  std::string why;
  EXPECT_TRUE(build_request(specialisation, environment, request, why)) << why;
  return request;
}

TEST(RequestTest, IsWhatTheProtocolSays) {
  Subject subject("f");
  Request request = request_for(subject.specialisation);
  std::string header = request.header(7, 60);
  EXPECT_TRUE(
      header.starts_with(R"({"id":7,"timeout":60.000000,"arguments":["int64","int64"],"converted":["int64","int64"],"entry":"px_entry")"))
      << header;
  EXPECT_NE(header.find(R"("options":{"boundscheck":true,"error_model":"python","fastmath":false,"inline":"never","locals":{}})"),
            std::string::npos);
  EXPECT_NE(header.find(R"("parameters":["a","b"])"), std::string::npos);
  ASSERT_EQ(request.functions.size(), 1u);
  EXPECT_EQ(request.functions[0], &subject.function);
}

TEST(RequestTest, KeyIsOfTheProgramAndNotOfItsPlace) {
  Subject one("f"), same("f"), other_body("f", "return a - b"), other_name("g");
  Key key = request_for(one.specialisation).key;
  EXPECT_EQ(key, request_for(same.specialisation).key);
  EXPECT_NE(key, request_for(other_body.specialisation).key);
  EXPECT_NE(key, request_for(other_name.specialisation).key);
  EXPECT_NE(key, request_for(one.specialisation, "another machine").key);
  same.specialisation.parameters = {types::int64(), types::float64()};
  EXPECT_NE(key, request_for(same.specialisation).key);

  CodeObject moved_code = Subject::code("f", "return a + b");
  moved_code.file = "/elsewhere.py";
  moved_code.first_line = 999;
  Function moved(moved_code, {}), fast(moved_code, {.fastmath = true});
  one.specialisation.function = &moved;
  EXPECT_EQ(key, request_for(one.specialisation).key);
  one.specialisation.function = &fast;
  EXPECT_NE(key, request_for(one.specialisation).key);
}

TEST(RequestTest, ConstantsAreInTheKeyByTheirBits) {
  CodeObject code = Subject::code("f", "return K");
  code.globals = {{"K"}};
  Function function(code, {});
  Subject subject("f");
  subject.specialisation.function = &function;
  std::vector<Key> keys;
  auto tuple = std::make_shared<const ConstantTuple>(ConstantTuple{{int64_t{1}}, {std::string("\xff")}});
  for (Constant constant : {Constant{NoneValue{}}, Constant{true}, Constant{int64_t{1}}, Constant{1.0}, Constant{-0.0}, Constant{0.0},
                            Constant{std::string("1")}, Constant{NamedValue{NamedValue::Kind::builtin, "math.sqrt"}}, Constant{tuple}}) {
    GlobalValue value;
    value.kind = GlobalValue::Kind::constant;
    value.constant = constant;
    subject.specialisation.globals = std::make_shared<const Globals>(Globals{value});
    keys.push_back(request_for(subject.specialisation).key);
  }
  for (size_t i = 0; i < keys.size(); ++i) {
    for (size_t j = 0; j < i; ++j) EXPECT_NE(keys[i], keys[j]) << i << " " << j;
  }
}

TEST(RequestTest, CalleesAndHiddenArraysAreNumbered) {
  CodeObject inner_code = Subject::code("inner", "return TABLE[a]");
  inner_code.globals = {{"TABLE"}, {"UNUSED"}};
  CodeObject outer_code = Subject::code("outer", "return inner(a, b)");
  outer_code.globals = {{"inner"}};
  Function inner(inner_code, {}), outer(outer_code, {});
  Subject a("a"), b("b");
  Specialisation &callee = a.specialisation, &root = b.specialisation;
  const Type* array = types::array(Scalar::f64, 1, Layout::c, false);
  GlobalValue table, called;
  table.kind = GlobalValue::Kind::array;
  table.array = array;
  called.kind = GlobalValue::Kind::function;
  called.function = &inner;
  callee.function = &inner;
  callee.globals = std::make_shared<const Globals>(Globals{table, table});
  callee.hidden = {{&inner, 0, array}};
  root.function = &outer;
  root.globals = std::make_shared<const Globals>(Globals{called});
  root.hidden = callee.hidden;
  root.callees = {&callee};
  Request request = request_for(root);
  EXPECT_NE(request.body.find(R"x("hidden":[{"function":1,"path":"TABLE","type":"readonly array(float64, 1d, C)"}])x"), std::string::npos);
  EXPECT_NE(request.body.find(R"({"function":1,"kind":"function","path":"inner"})"), std::string::npos);
  EXPECT_NE(request.body.find(R"x({"kind":"unread","path":"UNUSED"})x"), std::string::npos) << request.body;
  EXPECT_EQ(request.functions, (std::vector<const Function*>{&outer, &inner}));
  EXPECT_EQ(request.specialisations.size(), 2u);
}

TEST(RequestTest, FunctionWithoutSourceIsRefused) {
  CodeObject code = Subject::code("f", "");
  code.source.clear();
  Function function(code, {});
  Subject subject("f");
  subject.specialisation.function = &function;
  Request request;
  std::string why;
  EXPECT_FALSE(build_request(subject.specialisation, "", request, why));
  EXPECT_NE(why.find("no source"), std::string::npos);
}

struct AgreementTest : testing::Test {
  AgreementTest() {
    answer.ok = true;
    answer.result = "int64";
    answer.specialisations = {{0, {"int64", "int64"}, "int64", {{"x", 1, "int64"}}}};
  }
  std::string verdict() { return disagreement(request_for(subject.specialisation), answer); }
  std::vector<AnswerDefinition>& theirs() { return answer.specialisations[0].definitions; }
  std::vector<typed::Definition>& ours() { return subject.specialisation.typed->definitions; }
  Subject subject{"f"};
  Answer answer;
};

TEST_F(AgreementTest, EqualTypesAgree) {
  EXPECT_EQ(verdict(), "");
}

TEST_F(AgreementTest, PlacesThatOneSideAloneKnowsDoNotMatter) {
  theirs().push_back({"y", 2, "float64"});
  ours().push_back({"z", 3, types::float64()});
  EXPECT_EQ(verdict(), "");
}

TEST_F(AgreementTest, SeveralTypesInOnePlaceAreASet) {
  ours().push_back({"x", 1, types::float64()});
  EXPECT_EQ(verdict(), "type disagreement: x, line 11: float64, int64/int64");
  theirs().push_back({"x", 1, "float64"});
  theirs().push_back({"x", 1, "float64"});
  EXPECT_EQ(verdict(), "");
}

TEST_F(AgreementTest, WhatHasNoRepresentationIsNotCompared) {
  ours().push_back({"g", 2, types::builtin("math.sqrt")});
  theirs().push_back({"g", 2, "Function(<built-in function sqrt>)"});
  EXPECT_EQ(verdict(), "");
}

TEST_F(AgreementTest, EverySpecialisationCounts) {
  answer.specialisations.push_back({0, {"int64", "float64"}, "float64", {}});
  EXPECT_NE(verdict(), "");
  answer.specialisations.pop_back();
  answer.specialisations[0].result = "float64";
  EXPECT_EQ(verdict(), "type disagreement: result: int64/float64");
}

// Code compiled from C, published with the sites of an answer and run in a context.
struct RunTest : testing::Test {
  RunTest() : context(cache), scope(context) {
    answer.ok = true;
    answer.result = "int64";
    answer.specialisations = {{0, {"int64", "int64"}, "int64", {}}};
  }
  void SetUp() override {
    std::string error;
    linker = native::Linker::open(PX_MODULE_DIR, error);
    ASSERT_TRUE(linker) << error;
  }
  PX_CALLS_LINKED_CODE int32_t run(const std::string& body, uint64_t a = 0) {
    static const std::string declarations =
        "#include <stddef.h>\nextern char px_sites; void px_raise(const void*, int32_t, const uint64_t*);\n"
        "void px_raise_index(const void*, int32_t, int64_t, int64_t, int64_t); void px_trace(const void*, int32_t);\n"
        "int32_t px_stack_low(void); void* NRT_MemInfo_alloc_aligned(size_t, uint32_t); void NRT_MemInfo_call_dtor(void*);\n"
        "int32_t px_entry(const uint64_t* a, uint64_t* r, void** e) { (void)a; (void)r; (void)e; ";
    std::string why;
    Published published;
    if (!publish(*linker, request_for(subject.specialisation), answer, compile_c(declarations + body + "}"), published, why)) {
      ADD_FAILURE() << why;
      return -1;
    }
    kept.push_back(std::move(published));
    uint64_t args[2] = {a, 0};
    result = 0;
    return kept.back().entry(args, &result, nullptr);
  }
  runtime::PageCache cache;
  runtime::Context context;
  runtime::Context::Scope scope;
  Subject subject{"f"};
  Answer answer;
  std::unique_ptr<native::Linker> linker;
  std::vector<Published> kept;
  uint64_t result = 0;
};

TEST_F(RunTest, RaiseWithAMessage) {
  answer.sites = {{"ValueError", "no such thing", {}, 0, 3}};
  EXPECT_EQ(run("px_raise(&px_sites, 0, 0); return 1;"), 1);
  EXPECT_EQ(context.exc.kind, runtime::ExcKind::ValueError);
  EXPECT_TRUE(context.exc.has_message);
  EXPECT_STREQ(context.exc.message, "no such thing");
  ASSERT_EQ(context.exc.trace_count, 1u);
  EXPECT_EQ(context.exc.trace[0].function, &subject.function);
  EXPECT_EQ(context.exc.trace[0].line, 3);
}

TEST_F(RunTest, RaiseWithArguments) {
  answer.sites = {{"KeyError", {}, {"int64", "Tuple(int64, float64)"}, 0, 1}};
  EXPECT_EQ(run("px_raise(&px_sites, 0, (uint64_t[]){5, 6, 7}); return 1;"), 1);
  EXPECT_FALSE(context.exc.has_message);
  ASSERT_NE(context.exc.argument_types, nullptr);
  const auto& types = *static_cast<const std::vector<const Type*>*>(context.exc.argument_types);
  EXPECT_EQ(types.size(), 2u);
  EXPECT_EQ(context.exc.arguments[2], 7u);
}

TEST_F(RunTest, TraceGrowsOutwards) {
  answer.sites = {{"IndexError", {}, {}, 0, 2}, {"IndexError", {}, {}, -1, 0}, {"IndexError", {}, {}, 0, 8}};
  EXPECT_EQ(run("px_raise_index(&px_sites, 0, 5, 0, 3); px_trace(&px_sites, 1); px_trace(&px_sites, 2); return 1;"), 1);
  EXPECT_STREQ(context.exc.message, "index 5 is out of bounds for axis 0 with size 3");
  ASSERT_EQ(context.exc.trace_count, 2u);  // library code has no line
  EXPECT_EQ(context.exc.trace[0].line, 2);
  EXPECT_EQ(context.exc.trace[1].line, 8);
}

TEST_F(RunTest, UnknownSiteIsNotTrusted) {
  EXPECT_EQ(run("px_raise(&px_sites, 99, 0); px_trace(&px_sites, -1); return 1;"), 1);
  EXPECT_EQ(context.exc.kind, runtime::ExcKind::SystemError);
}

TEST_F(RunTest, StackLimitIsTheContextsOwn) {
  EXPECT_EQ(run("r[0] = (uint64_t)px_stack_low(); return 0;"), 0);
  EXPECT_EQ(result, 0u);
  char* limit = std::exchange(context.stack_limit, reinterpret_cast<char*>(UINTPTR_MAX));
  EXPECT_EQ(run("r[0] = (uint64_t)px_stack_low(); return 0;"), 0);
  EXPECT_EQ(result, 1u);
  context.stack_limit = limit;
}

TEST_F(RunTest, TemporariesAreUsedAgain) {
  // A kernel that makes and drops 8 KiB a million times stays under 64 MiB.
  EXPECT_EQ(
      run("for (uint64_t i = 0; i < a[0]; ++i) { void* m = NRT_MemInfo_alloc_aligned(8192, 32); if (!m) return 1;\n"
          "  char* data = ((char**)m)[3]; if ((uint64_t)data % 32) return 2; data[0] = 1; data[8191] = 1; NRT_MemInfo_call_dtor(m); }\n"
          "return 0;",
          1'000'000),
      0);
  EXPECT_LT(context.arena.bytes(), size_t{1} << 20);
}

TEST_F(RunTest, AllocationBeyondTheLimitIsNull) {
  context.arena.set_limit(1 << 20);
  EXPECT_EQ(run("return NRT_MemInfo_alloc_aligned(64 << 20, 32) != 0;"), 0);
  EXPECT_EQ(run("return NRT_MemInfo_alloc_aligned(-100ull, 32) != 0;"), 0);
  context.arena.set_limit(0);
}

TEST(NrtTest, WhatGrowsKeepsItsContents) {
  runtime::PageCache cache;
  runtime::Context context(cache);
  runtime::Context::Scope scope(context);
  px_meminfo* mi = NRT_MemInfo_new_varsize(16);
  for (size_t size = 16; size < 100'000; size *= 2) {
    static_cast<unsigned char*>(mi->data)[size - 1] = static_cast<unsigned char>(size / 16);
    ASSERT_NE(NRT_MemInfo_varsize_realloc(mi, size * 2), nullptr);
    EXPECT_EQ(static_cast<unsigned char*>(mi->data)[size - 1], static_cast<unsigned char>(size / 16));
    EXPECT_EQ(mi->size, size * 2);
  }
  NRT_incref(mi);
  NRT_decref(mi);
  EXPECT_EQ(mi->refct, 1u);
  NRT_decref(mi);
}

TEST(NrtTest, OutsideAContextThereIsNoMemory) {
  EXPECT_EQ(NRT_MemInfo_alloc(8), nullptr);
}

}  // namespace
}  // namespace px::jit::client
