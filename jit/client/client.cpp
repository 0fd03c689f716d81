#include "jit/client/client.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>

#include "jit/forget.h"
#include "jit/native/budget.h"
#include "jit/native/reclaim.h"

namespace px::jit::client {

using Clock = std::chrono::steady_clock;

namespace {
constexpr int collect_again = 250;  // milliseconds after which code that some thread was still inside is looked at again
}

CompileClient::CompileClient(ClientOptions options)
    : options_(std::move(options)),
      has_entries_(Cache::has_entries(options_.cache_directory)),
      cache_({options_.cache_directory, options_.cache_limit, [this](const std::string& text) { warn_once("cache", text); }}),
      supervisor_(
          options_.supervisor, [this](uint64_t job, const Answer& answer, const Frame& frame) { answered(job, answer, frame); },
          [this](const std::string& text) { warn_once("service", text); }) {
  wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  // The thread inherits the mask: signals are the main thread's.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::make_unique<std::thread>([this] { run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

CompileClient::~CompileClient() {
  stop();
}

void CompileClient::request(Specialisation& specialisation, bool hot) {
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    if (auto found = pending_.find(&specialisation); found != pending_.end()) {
      found->second.hot |= hot;
      return;
    }
    CompileState state = specialisation.state.load(std::memory_order_relaxed);
    if (state == CompileState::linked || state == CompileState::refused) return;
    if (pending_.size() >= options_.queue_limit) {
      ++statistics_.dropped;
      specialisation.asked.store(0, std::memory_order_relaxed);  // may be asked for again
      return;
    }
    pending_[&specialisation] = {hot, Clock::now()};
    incoming_.push_back(&specialisation);
    specialisation.state.store(CompileState::queued, std::memory_order_relaxed);
    ++statistics_.requests;
  }
  wake();
}

void CompileClient::wait_cache(Specialisation& specialisation, double seconds) {
  if (!has_entries_) return;
  std::unique_lock lock(mutex_);
  idle_.wait_for(lock, std::chrono::duration<double>(seconds),
                 [&] { return stopping_ || specialisation.state.load(std::memory_order_relaxed) != CompileState::queued; });
}

bool CompileClient::wait_idle(double seconds) {
  auto is_idle = [this] { return (pending_.empty() && !working_) || stopping_; };
  // Who only asks may hold the other compiler's locks (jit/forget.cpp), in whichever order fork takes them: it does not wait for this one,
  // nor for a condition, whose end would take the lock again.
  if (seconds == 0) {
    std::unique_lock lock(mutex_, std::try_to_lock);
    return lock && pending_.empty();
  }
  std::unique_lock lock(mutex_);
  if (seconds < 0) {
    idle_.wait(lock, is_idle);
    return pending_.empty();
  }
  auto until = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(std::min(seconds, 1e8)));
  idle_.wait_until(lock, until, is_idle);
  return pending_.empty();
}

Statistics CompileClient::statistics() const {
  std::lock_guard lock(mutex_);
  Statistics copy = statistics_;
  copy.pending = pending_.size();
  copy.code_bytes = native::shared_code_bytes();
  return copy;
}

void CompileClient::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake();
  if (thread_) thread_->join();
  thread_.reset();
  if (int fd = wake_.exchange(-1); fd >= 0) close(fd);
  idle_.notify_all();
}

void CompileClient::before_fork() {
  work_mutex_.lock();
  mutex_.lock();
}

void CompileClient::after_fork_in_parent() {
  mutex_.unlock();
  work_mutex_.unlock();
}

void CompileClient::forget_after_fork() {
  // This thread is the child's only one, and holds both locks since before_fork.
  stopping_ = true;
  for (auto& [specialisation, pending] : pending_) {
    specialisation->state.store(CompileState::none, std::memory_order_relaxed);
    specialisation->asked.store(0, std::memory_order_relaxed);  // of the child's own client
  }
  pending_.clear();
  incoming_.clear();
  demands_.clear();
  jobs_.clear();
  supervisor_.forget();
  if (int fd = wake_.exchange(-1); fd >= 0) close(fd);
  (void)thread_.release();  // there is no such thread here, so it can be neither joined nor detached
  mutex_.unlock();
  work_mutex_.unlock();
}

void CompileClient::wake() {
  uint64_t one = 1;
  if (int fd = wake_; fd >= 0) (void)!write(fd, &one, sizeof one);
}

void CompileClient::warn_once(const std::string& cause, const std::string& text) {
  if (std::find(warned_.begin(), warned_.end(), cause) != warned_.end()) return;
  warned_.push_back(cause);
  if (options_.warn) options_.warn(text);
}

void CompileClient::run() {
  pthread_setname_np(pthread_self(), "px-compile");
  // Never preempts a thread that works when it wakes up; the service inherits it.
  sched_param none{};
  sched_setscheduler(0, SCHED_BATCH, &none);
  {
    std::lock_guard lock(work_mutex_);
    if (options_.describe) options_.environment += options_.describe();
  }
  while (step()) wait_for_events();
  std::scoped_lock lock(work_mutex_, mutex_);
  supervisor_.stop();
  for (auto& [specialisation, pending] : pending_) specialisation->state.store(CompileState::none, std::memory_order_relaxed);
  pending_.clear();
  incoming_.clear();
  demands_.clear();
  jobs_.clear();
}

void CompileClient::wait_for_events() {
  pollfd events[3] = {{wake_, POLLIN, 0}, {-1, POLLIN, 0}, {-1, POLLOUT, 0}};
  int patience;
  {
    std::lock_guard lock(work_mutex_);
    events[1].fd = supervisor_.output_fd();
    events[2].fd = supervisor_.input_fd();
    patience = supervisor_.patience();
    if (uncollected_ > 0 && (patience < 0 || patience > collect_again)) patience = collect_again;
  }
  poll(events, 3, patience);
  uint64_t count;
  if (events[0].revents) (void)!read(wake_, &count, sizeof count);
}

bool CompileClient::step() {
  std::lock_guard work(work_mutex_);
  while (true) {
    Specialisation* next = nullptr;
    std::shared_ptr<Demand> demand;
    {
      std::lock_guard lock(mutex_);
      working_ = true;
      if (stopping_) return false;
      if (!demands_.empty()) {  // first: a thread waits for it
        demand = std::move(demands_.front());
        demands_.pop_front();
      } else if (!incoming_.empty()) {
        next = incoming_.front();
        incoming_.pop_front();
      } else {
        break;
      }
    }
    if (demand) {
      consider(demand);
    } else {
      consider(*next);
    }
  }
  supervisor_.advance();
  uncollected_ = native::collect();
  std::lock_guard lock(mutex_);
  statistics_.cache = cache_.counters();
  statistics_.service = supervisor_.counters();
  working_ = false;
  if (pending_.empty()) idle_.notify_all();
  return !stopping_;
}

void CompileClient::consider(Specialisation& specialisation) {
  const native::Inside inside;
  if (is_gone(specialisation)) return refuse(specialisation, "the function is gone");
  Job job{&specialisation, {}};
  std::string why;
  if (!build_request(specialisation, options_.environment, job.request, why)) return refuse(specialisation, why);
  if (from_cache(job)) return;
  {
    std::lock_guard lock(mutex_);
    // Not hot yet: it may be asked for again.
    if (!pending_[&specialisation].hot) return settle(specialisation, CompileState::none);
  }
  if (!options_.service) return refuse(specialisation, "there is no compile service (PX_SERVICE=0)");
  {
    std::lock_guard lock(mutex_);
    specialisation.state.store(CompileState::compiling, std::memory_order_relaxed);
    idle_.notify_all();
  }
  submit(std::move(job));
}

void CompileClient::submit(Job&& job) {
  uint64_t number = next_job_++;
  const Request& request = jobs_.emplace(number, std::move(job)).first->second.request;
  supervisor_.submit(number, [&request](int64_t id, double timeout) { return request.header(id, timeout); });
}

bool CompileClient::from_cache(Job& job) {
  CacheEntry entry;
  if (!job.specialisation->function->options().cache || !job.request.self_contained || !cache_.load(job.request.key, entry)) return false;
  std::string why;
  std::optional<Answer> answer = parse_answer(entry.header, why);
  if (!answer) return cache_.drop(job.request.key), false;
  if (take(job, *answer, entry.object, true, why)) return true;
  // An object that does not fit (made by another px, or its symbol table has changed) is made afresh.
  cache_.drop(job.request.key);
  return false;
}

void CompileClient::answered(uint64_t number, const Answer& answer, const Frame& frame) {
  auto found = jobs_.find(number);
  if (found == jobs_.end()) return;
  Job job = std::move(found->second);
  jobs_.erase(found);
  if (job.demand) return answered(job, answer, frame);
  const native::Inside inside;
  if (is_gone(*job.specialisation)) return refuse(*job.specialisation, "the function is gone");
  std::string why;
  if (!take(job, answer, frame.blob, false, why)) return refuse(*job.specialisation, why);
  // A refusal of the service's for the function's own sake is worth keeping too: no other process need ask again.
  bool lasting = answer.ok || answer.kind == "typing" || answer.kind == "unsupported";
  if (lasting && job.request.self_contained && job.specialisation->function->options().cache) {
    cache_.store(job.request.key, frame.header, {frame.blob.data(), frame.blob.size()});
  }
}

bool CompileClient::find_linker(std::string& why) {
  if (!linker_) linker_ = native::shared_linker(options_.llvm_directory, why);
  return linker_ != nullptr;
}

// False where the answer is no good; `why` then says so and nothing has been done.
bool CompileClient::take(Job& job, const Answer& answer, std::span<const char> object, bool cached, std::string& why) {
  if (!answer.ok) {
    refuse(*job.specialisation, answer.kind + ": " + answer.reason);
    return true;
  }
  std::string error;
  if (!find_linker(error)) {
    warn_once("linker", "native code cannot be linked: " + error + "; functions stay in the interpreter");
    refuse(*job.specialisation, "px_llvm cannot be loaded");
    return true;
  }
  Published published;
  if (!publish(*linker_, job.request, answer, object, published, why)) return false;
  link(*job.specialisation, std::move(published), answer, cached);
  return true;
}

void CompileClient::link(Specialisation& specialisation, Published&& published, const Answer& answer, bool cached) {
  Clock::time_point since;
  {
    std::lock_guard lock(mutex_);
    since = pending_[&specialisation].since;
  }
  {
    std::lock_guard fields(specialisation.function->mutex());
    specialisation.compile_seconds = cached ? 0 : answer.seconds;
    specialisation.link_seconds = published.link_seconds;
    specialisation.swapped_after_seconds = std::chrono::duration<double>(Clock::now() - since).count();
    specialisation.from_cache = cached;
    specialisation.refusal.clear();
  }
  auto code = std::make_shared<const Published>(std::move(published));
  install(specialisation, Tier::numba, code->entry, code);
  {
    std::lock_guard lock(mutex_);
    ++statistics_.swaps;
    if (!cached) ++statistics_.compiled;
    settle(specialisation, CompileState::linked);
  }
  // Settled first: it may be this one that is taken out of use again.
  native::note_code(specialisation, Tier::numba, code->code->bytes());
  native::keep_within_limit();
}

void CompileClient::refuse(Specialisation& specialisation, const std::string& why) {
  {
    std::lock_guard fields(specialisation.function->mutex());
    specialisation.refusal = why;
  }
  std::lock_guard lock(mutex_);
  ++statistics_.refused;
  settle(specialisation, CompileState::refused);
}

// Under mutex_.
void CompileClient::settle(Specialisation& specialisation, CompileState state) {
  specialisation.state.store(state, std::memory_order_release);
  pending_.erase(&specialisation);
  idle_.notify_all();
}

}  // namespace px::jit::client
