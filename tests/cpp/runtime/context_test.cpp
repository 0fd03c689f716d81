#include "runtime/context.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <thread>

#include "runtime/platform.h"

namespace px::runtime {
namespace {

TEST(ContextTest, ScopesNest) {
  PageCache cache;
  Context outer(cache), inner(cache);
  EXPECT_EQ(Context::current(), nullptr);
  {
    Context::Scope first(outer);
    EXPECT_EQ(Context::current(), &outer);
    {
      Context::Scope second(inner);
      EXPECT_EQ(Context::current(), &inner);
    }
    EXPECT_EQ(Context::current(), &outer);
  }
  EXPECT_EQ(Context::current(), nullptr);
}

TEST(ContextTest, EachThreadHasItsOwn) {
  Context* mine = &Context::of_thread();
  EXPECT_EQ(mine, &Context::of_thread());
  EXPECT_EQ(mine->worker, Context::direct_call);
  std::thread([&] { EXPECT_NE(mine, &Context::of_thread()); }).join();
}

TEST(ContextTest, TheFrameStackIsUsableFromEndToEnd) {
  Context& context = Context::of_thread();
  ASSERT_NE(context.frames, nullptr);
  EXPECT_EQ(context.frames_end - context.frames, static_cast<ptrdiff_t>(Context::frame_stack_slots));
  context.frames[0] = context.frames_end[-1] = 7;
  context.trim();
  EXPECT_EQ(context.frames[0], 0u);
}

TEST(ContextDeathTest, TheFrameStackIsGuarded) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  Context& context = Context::of_thread();
  auto write = [](uint64_t* slot) { *const_cast<volatile uint64_t*>(slot) = 1; };
  EXPECT_DEATH(write(context.frames - 1), "");
  EXPECT_DEATH(write(context.frames_end), "");
}

TEST(ContextTest, TheStackLimitLeavesRoomBelowIt) {
  auto check = [] {
    Context& context = Context::of_thread();
    EXPECT_LT(context.stack_limit, static_cast<char*>(__builtin_frame_address(0)));
    EXPECT_GE(context.stack_limit - platform::stack_low(), static_cast<ptrdiff_t>(Context::stack_margin));
  };
  check();
  std::thread(check).join();
}

// The C library looks the main thread's stack up in the process's map; px works it out, and must not take more.
TEST(ContextTest, TheStackEndsWhereTheSystemSays) {
  auto check = [] {
    pthread_attr_t attributes;
    ASSERT_EQ(pthread_getattr_np(pthread_self(), &attributes), 0);
    void* low = nullptr;
    size_t size = 0, guard = 0;
    pthread_attr_getstack(&attributes, &low, &size);
    pthread_attr_getguardsize(&attributes, &guard);
    pthread_attr_destroy(&attributes);
    EXPECT_GE(platform::stack_low(), static_cast<char*>(low));
    EXPECT_LE(platform::stack_low(), static_cast<char*>(low) + guard + 65536);
  };
  check();
  std::thread(check).join();
}

TEST(ContextTest, ResetMakesItAsNew) {
  PageCache cache;
  Context context(cache);
  context.arena.allocate(100);
  context.exc.set(ExcKind::ValueError, "text");
  context.frames_top += 10;
  context.reset();
  EXPECT_EQ(context.arena.bytes(), 0u);
  EXPECT_FALSE(context.exc.has_message);
  EXPECT_EQ(context.frames_top, context.frames);
  EXPECT_FALSE(context.stop->load());
}

}  // namespace
}  // namespace px::runtime
