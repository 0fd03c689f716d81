// The compile thread: units one after another, from request to running code. It holds no lock of Python's and has less than a worker's
// priority; nobody waits for it but tests and forced tiers.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "jit/baseline/compiler.h"
#include "jit/baseline/generator.h"
#include "jit/native/linker.h"

namespace px::jit::baseline {

struct ThreadOptions {
  std::string directory;       // of px_codegen.so and px_llvm.so; "": beside this module
  size_t queue_limit = 256;    // requests; more are dropped, and may be made again
  size_t unit_limit = 20'000;  // typed instructions in one unit
  Effort effort = Effort::full;
  std::function<void(const std::string&)> warn;  // text for the user, once; on the compile thread
};

struct ThreadStatistics {
  uint64_t requests = 0, units = 0, functions = 0, moves = 0;  // units: compiled and linked; the last two are parts of them
  uint64_t refused = 0, dropped = 0, pending = 0;
  double generate_seconds = 0, link_seconds = 0, load_seconds = 0;
  uint64_t object_bytes = 0;
};

class CompileThread final : public Compiler {
 public:
  explicit CompileThread(ThreadOptions);
  ~CompileThread() override;  // as `stop`

  void request(Request) override;
  void prepare() override;
  bool wait_idle(double seconds) override;
  // Ends the thread when the unit in hand is done; what is queued is forgotten. Main thread. Code stays.
  void stop();
  // The process is about to end: as `stop`, but a unit that LLVM is at work on is not waited for.
  void abandon();
  ThreadStatistics statistics() const;

  // Around fork: waits until the thread is at rest, so that no lock of LLVM's is held in the child. There this object is dead.
  void before_fork();
  void after_fork_in_parent();
  void forget_after_fork();

 private:
  void run();
  void compile(const Request&);
  void start();  // under mutex_
  void get_ready();
  bool load(bool say);
  template <class Work>
  void generating(Work&&);
  void refuse(const Request&, const std::string& why);

  const ThreadOptions options_;
  // Held by the thread while it works, not while it waits. Taken before `mutex_`.
  std::mutex work_mutex_;
  // The thread's alone, under work_mutex_.
  std::unique_ptr<Generator> generator_;
  native::Linker* linker_ = nullptr;
  std::string load_error_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Under mutex_.
  std::deque<Request> queue_;
  bool working_ = false, stopping_ = false;
  bool generating_ = false;  // LLVM is at work, which may take long
  bool wanted_ = false;      // LLVM is to be made ready
  ThreadStatistics statistics_;

  std::atomic<bool> asked_{false};  // prepare has been called, or request: any thread, relaxed

  std::unique_ptr<std::thread> thread_;  // started when first needed
};

}  // namespace px::jit::baseline
