#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "runtime/platform.h"

namespace px::runtime::platform {
namespace {

constexpr size_t worker_stack_bytes = size_t{8} << 20, worker_guard_bytes = size_t{64} << 10;

void* map_pages(size_t bytes, int protection) {
  // Without MAP_NORESERVE: the system refuses at once what it could never give, where it would otherwise end the process later.
  void* memory = mmap(nullptr, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

struct Start {
  void (*body)(void*);
  void* argument;
  char name[16];
};

void* thread_main(void* raw) {
  std::unique_ptr<Start> start(static_cast<Start*>(raw));
  pthread_setname_np(pthread_self(), start->name);
  void (*body)(void*) = start->body;
  void* argument = start->argument;
  start.reset();
  body(argument);
  return nullptr;
}

}  // namespace

void* map(size_t bytes) {
  if (bytes < huge_page_bytes) return map_pages(bytes, PROT_READ | PROT_WRITE);
  // One huge page more than asked for, and what sticks out at either end is given back.
  size_t reserved = bytes + huge_page_bytes;
  if (reserved < bytes) return nullptr;
  char* memory = static_cast<char*>(map_pages(reserved, PROT_READ | PROT_WRITE));
  if (!memory) return nullptr;
  size_t before = -reinterpret_cast<uintptr_t>(memory) & (huge_page_bytes - 1);
  if (before) munmap(memory, before);
  munmap(memory + before + bytes, huge_page_bytes - before);
  madvise(memory + before, bytes, MADV_HUGEPAGE);  // a wish: refused where the kernel has no huge pages
  return memory + before;
}

void* map_pool_page() {
  // Taken from the pool here and not when it is first touched: where there is none it fails now.
  constexpr int two_mib = 21 << 26;  // MAP_HUGE_2MB: linux/mman.h
  void* memory = mmap(nullptr, huge_page_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | two_mib, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  // A child that wrote to its copy would need another page of the pool, and end by SIGBUS where there is none.
  if (madvise(memory, huge_page_bytes, MADV_DONTFORK) == 0) return memory;
  munmap(memory, huge_page_bytes);
  return nullptr;
}

bool transparent_huge_pages() {
  static const bool given = [] {
    char text[64] = {};
    const int file = open("/sys/kernel/mm/transparent_hugepage/enabled", O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    const ssize_t got = read(file, text, sizeof text - 1);
    ::close(file);
    return got > 0 && !std::strstr(text, "[never]");
  }();
  return given;
}

void unmap(void* memory, size_t bytes) {
  // Fails only where splitting a mapping would pass the system's limit on their number: then the memory goes and the addresses stay.
  if (munmap(memory, bytes) != 0) discard(memory, bytes);
}

void discard(void* memory, size_t bytes) {
  madvise(memory, bytes, MADV_DONTNEED);
}

void* map_guarded(size_t bytes) {
  char* memory = static_cast<char*>(map_pages(bytes + 2 * page_bytes, PROT_NONE));
  if (!memory) return nullptr;
  if (mprotect(memory + page_bytes, bytes, PROT_READ | PROT_WRITE) != 0) {
    munmap(memory, bytes + 2 * page_bytes);
    return nullptr;
  }
  return memory + page_bytes;
}

void unmap_guarded(void* memory, size_t bytes) {
  munmap(static_cast<char*>(memory) - page_bytes, bytes + 2 * page_bytes);
}

unsigned cores() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return static_cast<unsigned>(CPU_COUNT(&set));
  long online = sysconf(_SC_NPROCESSORS_ONLN);  // more processors than cpu_set_t holds
  return online > 0 ? static_cast<unsigned>(online) : 1;
}

namespace {

// The main thread's, or null where it cannot be told cheaply. (pthread_getattr_np reads /proc/self/maps for it: half a millisecond once
// NumPy is loaded.) The kernel lays the program's name at the very top, and keeps at least 128 MiB below the top free of mappings: a limit
// well within that is the size.
char* main_stack_low() {
  constexpr size_t most = size_t{64} << 20;
  rlimit limit{};
  const auto* name = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
  if (!name || getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur > most) return nullptr;
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const uintptr_t end = reinterpret_cast<uintptr_t>(name) + std::strlen(name) + 1 + sizeof(void*);  // and a null word
  const uintptr_t top = (end + page - 1) / page * page;
  const uintptr_t here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  if (here > top || top - here > limit.rlim_cur) return nullptr;  // not on that stack
  return reinterpret_cast<char*>(top - limit.rlim_cur);
}

}  // namespace

char* stack_low() {
  if (getpid() == gettid()) {
    if (char* low = main_stack_low()) return low;
  }
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return nullptr;
  void* low = nullptr;
  size_t size = 0, guard = 0;
  pthread_attr_getstack(&attributes, &low, &size);
  pthread_attr_getguardsize(&attributes, &guard);
  pthread_attr_destroy(&attributes);
  return static_cast<char*>(low) + guard;
}

unsigned process_id() {
  return static_cast<unsigned>(getpid());
}

void at_fork(void (*prepare)(), void (*parent)(), void (*child)()) {
  pthread_atfork(prepare, parent, child);
}

Thread::~Thread() {
  if (started_) detach();
}

bool Thread::start(const char* name, void (*body)(void*), void* argument) {
  auto start = std::make_unique<Start>(Start{body, argument, {}});
  std::strncpy(start->name, name, sizeof start->name - 1);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, worker_stack_bytes);
  pthread_attr_setguardsize(&attributes, worker_guard_bytes);
  sigset_t blocked, old;
  sigfillset(&blocked);
  for (int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS}) sigdelset(&blocked, fault);
  pthread_sigmask(SIG_SETMASK, &blocked, &old);  // the new thread inherits the mask: there is no moment without it
  pthread_t thread;
  started_ = pthread_create(&thread, &attributes, thread_main, start.get()) == 0;
  pthread_sigmask(SIG_SETMASK, &old, nullptr);
  pthread_attr_destroy(&attributes);
  if (!started_) return false;
  (void)start.release();  // the thread's own from here on
  handle_ = thread;
  return true;
}

void Thread::join() {
  pthread_join(static_cast<pthread_t>(handle_), nullptr);
  started_ = false;
}

void Thread::detach() {
  pthread_detach(static_cast<pthread_t>(handle_));
  started_ = false;
}

Bell::Bell() : handle_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
Bell::~Bell() {
  close();
}

void Bell::close() {
  if (handle_ >= 0) ::close(handle_);
  handle_ = -1;
}

void Bell::ring() {
  uint64_t one = 1;
  while (write(handle_, &one, sizeof one) < 0 && errno == EINTR) {
  }
}

namespace {
thread_local const sigset_t* held_mask = nullptr;  // what HoldSignals replaced, while one lives in this thread
}

bool Bell::wait() {
  pollfd watched{handle_, POLLIN, 0};
  for (;;) {
    uint64_t count;
    if (read(handle_, &count, sizeof count) == sizeof count) return true;
    if (ppoll(&watched, 1, nullptr, held_mask) < 0 && errno == EINTR) return false;
  }
}

HoldSignals::HoldSignals() {
  static_assert(sizeof(sigset_t) <= sizeof old_);
  sigset_t blocked;
  sigfillset(&blocked);
  for (int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS}) sigdelset(&blocked, fault);
  pthread_sigmask(SIG_SETMASK, &blocked, reinterpret_cast<sigset_t*>(old_));
  held_mask = reinterpret_cast<sigset_t*>(old_);
}

HoldSignals::~HoldSignals() {
  held_mask = nullptr;
  pthread_sigmask(SIG_SETMASK, reinterpret_cast<sigset_t*>(old_), nullptr);
}

}  // namespace px::runtime::platform
