#include "runtime/port.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <thread>
#include <vector>

#include "runtime/op/read.h"

namespace px::runtime {
namespace {

using namespace std::chrono_literals;

struct Read : ReadOperation {
  using ReadOperation::ReadOperation;
  int32_t result = 0;
  bool done = false;
  void complete(int32_t r) override {
    result = r;
    done = true;
  }
};

class PortTest : public testing::TestWithParam<PortKind> {
 protected:
  void SetUp() override {
    std::string error;
    port = Port::open(GetParam(), error);
    if (!port && GetParam() == PortKind::uring) GTEST_SKIP() << error;
    ASSERT_TRUE(port) << error;
  }
  std::unique_ptr<Port> port;
};
INSTANTIATE_TEST_SUITE_P(Kinds, PortTest, testing::Values(PortKind::uring, PortKind::epoll),
                         [](const auto& info) { return info.param == PortKind::uring ? "uring" : "epoll"; });

TEST_P(PortTest, IsOfTheKindAskedFor) {
  EXPECT_EQ(port->kind(), GetParam());
}

TEST_P(PortTest, AWaitEndsAtItsTimeout) {
  EXPECT_FALSE(port->wait(1ms));
  EXPECT_FALSE(port->wait(0ms));
}

TEST_P(PortTest, AWakeBeforeTheWaitIsKept) {
  port->wake();
  EXPECT_TRUE(port->wait(Port::for_ever));
  EXPECT_FALSE(port->wait(0ms));
}

TEST_P(PortTest, SeveralWakesMayBeOne) {
  for (int i = 0; i < 10; i++) port->wake();
  EXPECT_TRUE(port->wait(Port::for_ever));
  while (port->wait(0ms)) {
  }
}

TEST_P(PortTest, WakesFromAnotherThreadComeOneByOne) {
  std::atomic<int> asked{0}, seen{0};
  std::thread waker([&] {
    for (int i = 1; i <= 2000; i++) {
      asked.store(i);
      port->wake();
      while (seen.load() < i) std::this_thread::yield();
    }
  });
  for (int i = 1; i <= 2000; i++) {
    while (asked.load() < i) ASSERT_TRUE(port->wait(Port::for_ever));
    seen.store(i);
  }
  waker.join();
}

TEST_P(PortTest, AnOperationCompletesWhenItsDataArrives) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
  char buffer[16];
  Read read(ends[0], buffer, sizeof buffer);
  ASSERT_EQ(port->start(read), 0);
  port->wait(1ms);
  EXPECT_FALSE(read.done);
  std::thread writer([&] { EXPECT_EQ(write(ends[1], "hello", 5), 5); });
  while (!read.done) port->wait(Port::for_ever);
  writer.join();
  EXPECT_EQ(read.result, 5);
  EXPECT_EQ(std::string(buffer, 5), "hello");
  close(ends[0]);
  close(ends[1]);
}

TEST_P(PortTest, AnOperationSeesTheEndOfThePipe) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
  char buffer[16];
  Read read(ends[0], buffer, sizeof buffer);
  ASSERT_EQ(port->start(read), 0);
  close(ends[1]);
  while (!read.done) port->wait(Port::for_ever);
  EXPECT_EQ(read.result, 0);
  close(ends[0]);
}

TEST_P(PortTest, ARegularFileCanBeRead) {
  char name[] = "/tmp/px-port-test-XXXXXX";
  int file = mkstemp(name);
  ASSERT_GE(file, 0);
  unlink(name);
  ASSERT_EQ(pwrite(file, "text", 4, 0), 4);
  char buffer[16];
  Read read(file, buffer, sizeof buffer);
  ASSERT_EQ(port->start(read), 0);
  while (!read.done) port->wait(Port::for_ever);
  EXPECT_EQ(read.result, 4);
  close(file);
}

TEST_P(PortTest, ABadDescriptorIsAnErrorAtTheStartOrAtTheEnd) {
  char buffer[16];
  Read read(-1, buffer, sizeof buffer);
  int32_t started = port->start(read);
  while (started == 0 && !read.done) port->wait(Port::for_ever);
  EXPECT_EQ(started ? started : read.result, -EBADF);
}

TEST_P(PortTest, WakesGetThroughWhileAnOperationIsUnderWay) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
  char buffer[16];
  Read read(ends[0], buffer, sizeof buffer);
  ASSERT_EQ(port->start(read), 0);
  port->wake();
  EXPECT_TRUE(port->wait(Port::for_ever));
  EXPECT_FALSE(read.done);
  EXPECT_EQ(write(ends[1], "x", 1), 1);
  while (!read.done) port->wait(Port::for_ever);
  close(ends[0]);
  close(ends[1]);
}

// A seccomp filter holds for the thread that installs it: that thread is what many containers are.
TEST(PortFallbackTest, EpollServesWhereTheSystemRefusesTheRing) {
  std::thread([] {
    sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_io_uring_setup, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    sock_fprog program{std::size(rules), rules};
    ASSERT_EQ(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) GTEST_SKIP() << "no seccomp filters here";
    std::string error;
    EXPECT_EQ(Port::open(PortKind::uring, error), nullptr);
    EXPECT_NE(error.find("io_uring_setup"), std::string::npos) << error;
    std::unique_ptr<Port> port = Port::open(PortKind::automatic, error);
    ASSERT_TRUE(port);
    EXPECT_EQ(port->kind(), PortKind::epoll);
    port->wake();
    EXPECT_TRUE(port->wait(Port::for_ever));
  }).join();
}

}  // namespace
}  // namespace px::runtime
