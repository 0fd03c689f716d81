// How a pool lives with the process around it: signals, idleness, its end, a fork.
#include <dirent.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "runtime/pool.h"

namespace px::runtime {
namespace {

using namespace std::chrono_literals;

struct Held : Task {  // runs until let go; then `ran` is set
  std::atomic<bool> running{false}, let_go{false};
  Held() {
    run = [](Task& task, Context&, uint64_t, uint64_t) {
      auto& self = static_cast<Held&>(task);
      self.running = true;
      while (!self.let_go) std::this_thread::sleep_for(1ms);
    };
  }
  void wait_running() const {
    while (!running) std::this_thread::yield();
  }
};

struct Empty : Task {
  Empty() {
    run = [](Task&, Context&, uint64_t, uint64_t) {};
  }
};

// Lines of /proc/self/task/*/status whose thread is a worker, by field.
std::vector<std::string> worker_status(const std::string& field) {
  std::vector<std::string> values;
  DIR* folder = opendir("/proc/self/task");
  while (dirent* entry = readdir(folder)) {
    std::ifstream status("/proc/self/task/" + std::string(entry->d_name) + "/status");
    std::string line, name, value;
    while (std::getline(status, line)) {
      if (line.starts_with("Name:\t")) name = line.substr(6);
      if (line.starts_with(field + ":\t")) value = line.substr(field.size() + 2);
    }
    if (name.starts_with("px-worker-")) values.push_back(name + " " + value);
  }
  closedir(folder);
  return values;
}

void wait_until(auto condition) {
  while (!condition()) std::this_thread::sleep_for(1ms);
}

class PoolLifeTest : public testing::TestWithParam<PortKind> {
 protected:
  void SetUp() override {
    std::string error;
    if (GetParam() == PortKind::uring && !Port::open(PortKind::uring, error)) GTEST_SKIP() << error;
  }
  PoolOptions options{.workers = 2, .port = GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Kinds, PoolLifeTest, testing::Values(PortKind::uring, PortKind::epoll),
                         [](const auto& info) { return info.param == PortKind::uring ? "uring" : "epoll"; });

TEST_P(PoolLifeTest, WorkersHaveNames) {
  Pool pool(options);
  std::vector<std::string> names = worker_status("Name");
  std::sort(names.begin(), names.end());
  ASSERT_EQ(names.size(), 2u);
  EXPECT_TRUE(names[0].starts_with("px-worker-0"));
  EXPECT_TRUE(names[1].starts_with("px-worker-1"));
}

TEST_P(PoolLifeTest, WorkersBlockEverySignalButTheirOwnFaults) {
  Pool pool(options);
  std::vector<std::string> masks = worker_status("SigBlk");
  ASSERT_EQ(masks.size(), 2u);
  for (const std::string& text : masks) {
    uint64_t mask = std::stoull(text.substr(text.find(' ')), nullptr, 16);
    for (int number : {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGCHLD, SIGPIPE, SIGPROF, SIGVTALRM, SIGWINCH}) {
      EXPECT_TRUE(mask >> (number - 1) & 1) << number;
    }
    for (int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) EXPECT_FALSE(mask >> (number - 1) & 1) << number;
  }
}

TEST_P(PoolLifeTest, AnIdlePoolNeverRuns) {
  Pool pool(options);
  Empty task;
  pool.submit(&task);
  pool.start();
  while (pool.wait() != Wait::drained) {
  }
  // Both are on their ports once the number of sleeps has stopped changing; the kernel says so.
  wait_until([] {
    std::vector<std::string> states = worker_status("State");
    return std::all_of(states.begin(), states.end(), [](const std::string& s) { return s.find("sleeping") != std::string::npos; });
  });
  std::this_thread::sleep_for(20ms);
  std::vector<std::string> voluntary = worker_status("voluntary_ctxt_switches"), other = worker_status("nonvoluntary_ctxt_switches");
  std::this_thread::sleep_for(500ms);
  EXPECT_EQ(worker_status("voluntary_ctxt_switches"), voluntary);
  EXPECT_EQ(worker_status("nonvoluntary_ctxt_switches"), other);
}

TEST_P(PoolLifeTest, FreePagesGoBackToTheSystemAfterARun) {
  options.trim_after = 5ms;
  Pool pool(options);
  uint64_t before = pool.counters().bytes;
  Task task;
  task.count = 100;
  task.run = [](Task&, Context& context, uint64_t, uint64_t) {
    for (int i = 0; i < 3000; i++) static_cast<char*>(context.arena.allocate(3000))[0] = 1;
  };
  pool.submit(&task);
  pool.start();
  while (pool.wait() != Wait::drained) {
  }
  wait_until([&] { return pool.counters().bytes <= before + 2 * 4096; });  // each arena keeps a page
}

std::atomic<int> handled{0};

TEST_P(PoolLifeTest, ASignalEndsTheWaitAndItCanBeCalledAgain) {
  struct sigaction action{}, old;
  action.sa_handler = [](int) { handled++; };
  action.sa_flags = SA_RESTART;  // makes no difference
  ASSERT_EQ(sigaction(SIGUSR1, &action, &old), 0);
  Pool pool(options);
  Held task;
  pool.submit(&task);
  pool.start();
  task.wait_running();
  pthread_t waiter = pthread_self();
  std::atomic<bool> stop{false};
  std::thread sender([&] {
    // Signals until told to stop: one at least comes while the wait is on.
    while (!stop) {
      pthread_kill(waiter, SIGUSR1);
      std::this_thread::sleep_for(1ms);
    }
  });
  for (int i = 0; i < 3; i++) {
    int before = handled;
    EXPECT_EQ(pool.wait(), Wait::interrupted);
    EXPECT_GT(handled, before);
    EXPECT_FALSE(task.done());
  }
  stop = true;
  sender.join();
  task.let_go = true;
  EXPECT_EQ(pool.wait(), Wait::drained);
  EXPECT_TRUE(task.done());
  sigaction(SIGUSR1, &old, nullptr);
}

TEST_P(PoolLifeTest, DestroyedWhileIdle) {
  for (int i = 0; i < 50; i++) Pool pool(options);
  EXPECT_TRUE(worker_status("Name").empty());
}

TEST_P(PoolLifeTest, DestroyedWithTasksQueued) {
  std::vector<Empty> tasks(1000);
  Task range;
  range.count = 1000;
  range.run = tasks[0].run;
  {
    Pool pool(options);
    for (Empty& task : tasks) pool.submit(&task);
    pool.submit(&range);
  }
  for (Empty& task : tasks) EXPECT_TRUE(task.done() && task.dropped);
  EXPECT_TRUE(range.done() && range.dropped);
}

TEST_P(PoolLifeTest, DestroyedWhileRunning) {
  std::vector<Empty> tasks(1000);
  Task range;
  range.count = 1'000'000;
  range.run = [](Task&, Context&, uint64_t, uint64_t) { std::this_thread::yield(); };
  {
    Pool pool(options);
    for (Empty& task : tasks) pool.submit(&task);
    pool.submit(&range);
    pool.start();
  }
  for (Empty& task : tasks) EXPECT_TRUE(task.done());
  EXPECT_TRUE(range.done());
}

TEST_P(PoolLifeTest, AWorkerStuckInATaskIsLeftBehind) {
  options.stop_within = 20ms;
  static Held single, range;  // what a stuck worker uses must live on
  single.let_go = range.let_go = single.running = range.running = false;
  range.count = 100;
  {
    Pool pool(options);
    pool.submit(&single);
    pool.submit(&range);
    pool.start();
    single.wait_running();
    range.wait_running();
  }
  EXPECT_FALSE(single.done());
  EXPECT_FALSE(range.done());
  EXPECT_EQ(worker_status("Name").size(), 2u);
  single.let_go = range.let_go = true;
  wait_until([] { return worker_status("Name").empty(); });
  EXPECT_FALSE(single.done());
}

TEST_P(PoolLifeTest, AForkedChildAbandonsThePoolAndMakesAnother) {
  auto pool = std::make_unique<Pool>(options);
  Held held;
  Empty queued;
  pool->submit(&held);
  pool->start();
  held.wait_running();
  pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    Pool::abandon(std::move(pool));
#if __has_feature(thread_sanitizer)
    _exit(0);  // the thread sanitizer does not let a forked child start threads
#endif
    Pool another(options);
    another.submit(&queued);
    another.start();
    while (another.wait() != Wait::drained) {
    }
    _exit(queued.done() && !queued.dropped ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  held.let_go = true;
  EXPECT_EQ(pool->wait(), Wait::drained);
}

TEST_P(PoolLifeTest, AsManyWorkersAsCoresByDefault) {
  options.workers = 0;
  Pool pool(options);
  EXPECT_EQ(worker_status("Name").size(), pool.workers());
  EXPECT_GE(pool.workers(), 1u);
}

}  // namespace
}  // namespace px::runtime
