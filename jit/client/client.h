// The compile client: native code for specialisations, from the disk cache or from the compile service, checked, linked and stored where
// calls find it. One thread of its own; nobody waits for it.
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
#include <unordered_map>
#include <vector>

#include "jit/client/cache.h"
#include "jit/client/compiler.h"
#include "jit/client/publish.h"
#include "jit/client/supervisor.h"
#include "jit/function.h"
#include "jit/intrinsic.h"
#include "jit/native/linker.h"

namespace px::jit::client {

struct ClientOptions {
  bool service = true;  // false (PX_SERVICE=0): the disk cache alone
  Supervisor::Options supervisor;
  std::string cache_directory;               // "": none
  uint64_t cache_limit = uint64_t{1} << 30;  // bytes
  // What objects depend on besides the program (environment.h); a part of every key. `describe` adds to it what takes a millisecond to
  // find out: called once, on the client's thread, before the first request is looked at.
  std::string environment;
  std::function<std::string()> describe;
  std::string llvm_directory;  // of px_llvm.so; "": beside this module
  size_t queue_limit = 4096;   // specialisations asked for and not answered; more are not taken, and may be asked for again
  // Text for the user, once for each cause. Called on the client's thread: it must not block, nor call the client.
  std::function<void(const std::string&)> warn;
};

struct Statistics {
  uint64_t requests = 0;  // taken
  uint64_t compiled = 0;  // linked from the service's answer
  uint64_t refused = 0;   // without native code for good
  uint64_t dropped = 0;   // not taken: the queue was full
  uint64_t swaps = 0;     // entries stored
  uint64_t pending = 0;
  uint64_t code_bytes = 0;  // of all code linked in this process
  Cache::Counters cache;
  Supervisor::Counters service;
};

class CompileClient final : public Compiler {
 public:
  explicit CompileClient(ClientOptions options);
  // As `stop`. Linked code is the specialisations' own and outlives the client.
  ~CompileClient() override;

  void request(Specialisation&, bool hot) override;
  void wait_cache(Specialisation&, double seconds) override;
  bool wait_idle(double seconds) override;
  // Asks for the code of a call of an intrinsic. Any thread.
  struct Demand;
  std::shared_ptr<Demand> request(const IntrinsicCall& call);
  // Waits until there is an answer, `seconds` at most: null until then. Any thread.
  const IntrinsicCode* wait(Demand& demand, double seconds);

  // Ends the thread and the service; what is pending is forgotten. Main thread; takes well under a second. Linked code stays.
  void stop();

  Statistics statistics() const;
  pid_t service_pid() const { return supervisor_.pid(); }  // -1: not running

  // Around fork: `before_fork` waits until the client's thread is at rest, so that no lock of LLVM's or of this class is held in the
  // child. There, the client is dead (make another), the service still the parent's, and linked code still runs.
  void before_fork();
  void after_fork_in_parent();
  void forget_after_fork();

 private:
  struct Pending {
    bool hot = false;
    std::chrono::steady_clock::time_point since;
  };
  struct Job {
    Specialisation* specialisation;
    Request request;
    std::shared_ptr<Demand> demand = nullptr;  // instead of a specialisation
  };

  void run();
  void wait_for_events();
  bool step();  // one round of work; false when stopping
  void consider(Specialisation&);
  bool from_cache(Job&);
  void submit(Job&&);
  // Of intrinsics (demand.cpp).
  void consider(const std::shared_ptr<Demand>&);
  void answered(const Job&, const Answer&, const Frame&);
  IntrinsicCode link(const Job&, const Answer&, std::span<const char> object);
  void settle(Demand&, IntrinsicCode);
  bool find_linker(std::string& why);
  void answered(uint64_t number, const Answer&, const Frame&);
  bool take(Job&, const Answer&, std::span<const char> object, bool cached, std::string& why);
  void link(Specialisation&, Published&&, const Answer&, bool cached);
  void refuse(Specialisation&, const std::string& why);
  void settle(Specialisation&, CompileState);
  void wake();
  void warn_once(const std::string& cause, const std::string& text);

  ClientOptions options_;
  const bool has_entries_;  // there was something on disk when the client was made: an answer is worth waiting for
  // Held by the client's thread while it works, not while it waits. Taken before `mutex_`.
  std::mutex work_mutex_;
  // Client's thread alone, under work_mutex_ (service_pid reads an atomic).
  Cache cache_;
  Supervisor supervisor_;
  native::Linker* linker_ = nullptr;        // the process's; null before the first object, and where it cannot be loaded
  size_t uncollected_ = 0;                  // code out of use that some thread was inside when it was collected last
  std::unordered_map<uint64_t, Job> jobs_;  // with the service
  uint64_t next_job_ = 1;
  std::vector<std::string> warned_;

  mutable std::mutex mutex_;
  std::condition_variable idle_;
  // Under mutex_.
  std::unordered_map<Specialisation*, Pending> pending_;
  std::deque<Specialisation*> incoming_;
  std::deque<std::shared_ptr<Demand>> demands_;
  Statistics statistics_;
  bool stopping_ = false;
  bool working_ = false;  // between two waits; statistics_ are brought up to date at the end

  std::atomic<int> wake_{-1};  // eventfd
  std::unique_ptr<std::thread> thread_;
};

}  // namespace px::jit::client
