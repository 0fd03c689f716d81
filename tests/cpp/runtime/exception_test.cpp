#include "runtime/exception.h"

#include <gtest/gtest.h>

#include <string>

namespace px::runtime {
namespace {

TEST(ExceptionTest, EveryKindIsFoundByItsName) {
  EXPECT_EQ(find_exception("ValueError"), static_cast<int32_t>(ExcKind::ValueError));
  EXPECT_EQ(find_exception("HeapLimitError"), static_cast<int32_t>(ExcKind::HeapLimitError));
  EXPECT_EQ(find_exception("NoSuchError"), -1);
  EXPECT_EQ(exception_table()[static_cast<size_t>(ExcKind::ProtectionError)].module, "px");
}

TEST(ExceptionTest, SetClearsWhatWasThere) {
  ExcInfo info;
  info.set(ExcKind::ValueError, "first");
  info.push_trace(&info, 3);
  info.set(ExcKind::IndexError);
  EXPECT_EQ(info.kind, ExcKind::IndexError);
  EXPECT_FALSE(info.has_message);
  EXPECT_EQ(info.trace_count, 0u);
}

TEST(ExceptionTest, ALongMessageIsCutBetweenCharacters) {
  ExcInfo info;
  std::string text(ExcInfo::max_message - 2, 'a');
  info.set(ExcKind::ValueError, text + "\u20AC" + "b");
  EXPECT_EQ(std::string(info.message), text);
}

TEST(ExceptionTest, ALongTraceKeepsItsInnermostEntries) {
  ExcInfo info;
  for (int32_t line = 0; line < 1000; line++) info.push_trace(nullptr, line);
  EXPECT_EQ(info.trace_count, ExcInfo::max_trace);
  EXPECT_EQ(info.trace[0].line, 0);
}

}  // namespace
}  // namespace px::runtime
