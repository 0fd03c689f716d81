#include "jit/baseline/compile_thread.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "jit/baseline/cost.h"
#include "jit/forget.h"
#include "jit/interp/interp.h"
#include "jit/interp/program.h"
#include "jit/native/budget.h"
#include "jit/native/reclaim.h"

namespace px::jit::baseline {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int niceness = 2;  // below workers, but not so that they could starve it: what it makes speeds them all up

double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// A linked unit. The site table is what the code refers to: it goes last.
struct Linked {
  std::unique_ptr<native::SiteTable> sites;
  std::unique_ptr<native::Code> code;
};

}  // namespace

std::atomic<Compiler*>& compiler() {
  static std::atomic<Compiler*> the{nullptr};
  return the;
}

CompileThread::CompileThread(ThreadOptions options) : options_(std::move(options)) {}

CompileThread::~CompileThread() {
  stop();
}

void CompileThread::request(Request request) {
  std::unique_lock lock(mutex_);
  if (stopping_ || queue_.size() >= options_.queue_limit) {
    ++statistics_.dropped;
    lock.unlock();
    for (const Request::Frame& frame : request.frames)
      if (frame.spec->program) interp::forget_move(*frame.spec->program, frame.block);
    CompileState queued = CompileState::queued;
    if (request.entry) request.root->baseline_state.compare_exchange_strong(queued, CompileState::none, std::memory_order_relaxed);
    return;
  }
  ++statistics_.requests;
  queue_.push_back(std::move(request));
  asked_.store(true, std::memory_order_relaxed);
  start();
  lock.unlock();
  changed_.notify_all();
}

void CompileThread::prepare() {
  if (asked_.load(std::memory_order_relaxed) || asked_.exchange(true, std::memory_order_relaxed)) return;
  {
    std::scoped_lock lock(mutex_);
    if (stopping_) return;
    wanted_ = true;
    start();
  }
  changed_.notify_all();
}

void CompileThread::start() {
  if (thread_) return;
  // The thread inherits the mask: signals are the main thread's.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::make_unique<std::thread>([this] { run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

bool CompileThread::wait_idle(double seconds) {
  auto idle = [this] { return (queue_.empty() && !working_ && !wanted_) || stopping_; };
  if (seconds == 0) {  // as in jit/client/client.cpp
    std::unique_lock lock(mutex_, std::try_to_lock);
    return lock && idle();
  }
  std::unique_lock lock(mutex_);
  if (seconds < 0) {
    changed_.wait(lock, idle);
    return true;
  }
  return changed_.wait_for(lock, std::chrono::duration<double>(std::min(seconds, 1e8)), idle);
}

void CompileThread::stop() {
  {
    std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_) thread_->join();
  thread_.reset();
}

void CompileThread::abandon() {
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !working_ || generating_; });
    if (working_ && thread_) {
      thread_->detach();
      thread_.reset();
      return;
    }
  }
  stop();
}

ThreadStatistics CompileThread::statistics() const {
  std::scoped_lock lock(mutex_);
  ThreadStatistics copy = statistics_;
  copy.pending = queue_.size() + working_;
  return copy;
}

void CompileThread::before_fork() {
  work_mutex_.lock();
  mutex_.lock();
}

void CompileThread::after_fork_in_parent() {
  mutex_.unlock();
  work_mutex_.unlock();
}

void CompileThread::forget_after_fork() {
  // This thread is the child's only one, and holds both locks since before_fork. What was queued may be asked for again.
  stopping_ = true;
  for (const Request& request : queue_) {
    if (request.entry) request.root->baseline_state.store(CompileState::none, std::memory_order_relaxed);
    for (const Request::Frame& frame : request.frames) interp::forget_move(*frame.spec->program, frame.block);
  }
  queue_.clear();
  (void)thread_.release();  // there is no such thread here, so it can be neither joined nor detached
  mutex_.unlock();
  work_mutex_.unlock();
}

void CompileThread::run() {
  pthread_setname_np(pthread_self(), "px-baseline");
  sched_param none{};
  sched_setscheduler(0, SCHED_BATCH, &none);
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), niceness);
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !queue_.empty() || stopping_ || wanted_; });
      if (stopping_) return;
    }
    std::scoped_lock work(work_mutex_);
    Request next;
    bool unit;
    {
      std::scoped_lock lock(mutex_);
      if (stopping_) return;
      unit = !queue_.empty();
      if (!unit && !wanted_) continue;
      if (unit) {
        next = std::move(queue_.front());
        queue_.pop_front();
      }
      wanted_ = false;
      working_ = true;
    }
    if (unit)
      compile(next);
    else
      get_ready();
    {
      std::scoped_lock lock(mutex_);
      working_ = false;
    }
    changed_.notify_all();
    native::collect();
  }
}

// A library that is missing is no news before somebody asks for a unit.
void CompileThread::get_ready() {
  if (!load(false)) return load_error_.clear();
  {
    std::scoped_lock lock(mutex_);
    if (!queue_.empty()) return;
  }
  generating([this] { generator_->warm(options_.effort); });
  cost_model().loaded();
}

bool CompileThread::load(bool say) {
  if (generator_) return true;
  if (!load_error_.empty()) return false;
  auto start = Clock::now();
  linker_ = native::shared_linker(options_.directory, load_error_);
  if (linker_) generator_ = Generator::open(options_.directory, load_error_);
  if (!generator_) {
    if (load_error_.empty()) load_error_ = "px_codegen.so cannot be loaded";
    if (say && options_.warn)
      options_.warn("there is no baseline compiler: " + load_error_ + "; functions stay in the interpreter until Numba has compiled them");
    return false;
  }
  std::scoped_lock lock(mutex_);
  statistics_.load_seconds = since(start);
  return true;
}

// Does not return where the process is ending.
template <class Work>
void CompileThread::generating(Work&& work) {
  auto set = [this](bool generating) {
    std::unique_lock lock(mutex_);
    generating_ = generating;
    bool abandoned = stopping_ && !thread_;
    lock.unlock();
    changed_.notify_all();
    while (abandoned) pause();  // statics may be gone
  };
  set(true);
  work();
  set(false);
}

void CompileThread::refuse(const Request& request, const std::string& why) {
  {
    std::scoped_lock lock(request.root->function->mutex());
    request.root->baseline_refusal = why;
  }
  // A failure for the sake of a frame leaves what calls have.
  if (!request.root->baseline.load(std::memory_order_relaxed)) {
    request.root->baseline_state.store(CompileState::refused, std::memory_order_release);
  }
  std::scoped_lock lock(mutex_);
  ++statistics_.refused;
}

void CompileThread::compile(const Request& request) {
  const native::Inside inside;
  if (is_gone(*request.root)) return refuse(request, "the function is gone");
  auto start = Clock::now();
  bool first = !generator_;
  if (!load(true)) return refuse(request, load_error_);
  Unit unit = build_unit(request, options_.unit_limit);

  Generated made;
  std::string why;
  bool good = false;
  generating([&] { good = generator_->generate(unit, options_.effort, made, why); });
  if (!good) return refuse(request, why);
  auto linked = std::make_shared<Linked>();
  linked->sites = std::move(made.sites);
  std::vector<std::string> symbols;
  for (const std::string& entry : made.entries)
    if (!entry.empty()) symbols.push_back(entry);
  const size_t entries = symbols.size();
  symbols.insert(symbols.end(), made.moves.begin(), made.moves.end());
  std::vector<void*> addresses(symbols.size());
  const native::Symbol own[] = {{"px_sites", linked->sites.get()}};
  auto link_start = Clock::now();
  linked->code = linker_->link(made.object, symbols, own, addresses, why);
  double link_seconds = since(link_start);
  if (!linked->code) return refuse(request, "the object does not link: " + why);

  size_t size = 0, installed = 0;
  for (size_t i = 0; i < unit.functions.size(); ++i) {
    Specialisation& spec = *unit.functions[i].spec;
    size += spec.typed->code.size();
    if (made.entries[i].empty()) continue;
    auto entry = reinterpret_cast<Entry>(addresses[installed++]);
    // A callee's code that came as a part of this unit serves calls of the callee as well.
    if (i > 0 && spec.baseline.load(std::memory_order_relaxed)) continue;
    {
      std::scoped_lock lock(spec.function->mutex());
      spec.generate_seconds = made.seconds;
      spec.baseline_link_seconds = link_seconds;
      spec.baseline_refusal.clear();
    }
    install(spec, Tier::baseline, entry, linked);
    spec.baseline_state.store(CompileState::linked, std::memory_order_release);
    native::note_code(spec, Tier::baseline, linked->code->bytes() / symbols.size());
  }
  for (size_t i = 0; i < unit.moves.size(); ++i) {
    Specialisation& spec = *unit.functions[unit.moves[i].function].spec;
    keep_moves(spec, linked);
    interp::publish_move(*spec.program, unit.moves[i].block, reinterpret_cast<MoveEntry>(addresses[entries + i]));
    native::note_more_code(spec, Tier::baseline, linked->code->bytes() / symbols.size());
  }
  native::keep_within_limit();
  cost_model().learn(size, since(start), first);
  {
    std::scoped_lock lock(mutex_);
    ++statistics_.units;
    statistics_.functions += unit.functions.size();
    statistics_.moves += unit.moves.size();
    statistics_.generate_seconds += made.seconds;
    statistics_.link_seconds += link_seconds;
    statistics_.object_bytes += made.object.size();
  }
  // Frames of functions that lie too deep for this unit get one of their own.
  for (const Request::Frame& frame : request.frames) {
    if (unit.find(frame.spec) < 0) compile({frame.spec, {frame}, false});
  }
}

}  // namespace px::jit::baseline
