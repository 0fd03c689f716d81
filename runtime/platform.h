// What the runtime needs of the operating system besides its completion port: memory, threads, a bell. The only other place with system
// calls is port_*.cpp; a new system brings its own platform_*.cpp. Everything here may be called by any thread unless it says otherwise.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace px::runtime::platform {

constexpr size_t page_bytes = 4096, huge_page_bytes = size_t{2} << 20;

// Zeroed memory of its own, `bytes` a multiple of 4 KiB; aligned to 2 MiB (and backed by huge pages where the system has them) from 2 MiB
// on. Null where the system has none.
void* map(size_t bytes);
// 2 MiB in one page of the pool that the machine's owner has set aside (vm.nr_hugepages); null where it has none left. A forked child does
// not have it.
void* map_pool_page();
bool transparent_huge_pages();  // whether the system gives large pages to whoever asks by `map`
void unmap(void* memory, size_t bytes);
// Gives the memory back but keeps the addresses: it reads as zeros afterwards.
void discard(void* memory, size_t bytes);

// Address space with an inaccessible page at either end; touched pages alone take memory. Null where the system has none.
void* map_guarded(size_t bytes);
void unmap_guarded(void* memory, size_t bytes);

unsigned cores();       // that this process may run on, at least 1
char* stack_low();      // the lowest usable address of the calling thread's stack
unsigned process_id();  // changes by a fork

// For loops that wait for another core.
inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("isb");
#endif
}

// Calls `prepare` before, `parent` and `child` after each fork of this process. There is no way to take it back.
void at_fork(void (*prepare)(), void (*parent)(), void (*child)());

// A thread that blocks every signal but the faults it can cause itself (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS: blocking those
// would only hide where it happened). Owned by one thread.
class Thread {
 public:
  Thread() = default;
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;
  ~Thread();  // must have been joined or detached

  // False where the system refuses another thread. `name` is cut at 15 characters.
  bool start(const char* name, void (*body)(void*), void* argument);
  void join();
  void detach();

 private:
  std::uintptr_t handle_ = 0;
  bool started_ = false;
};

// Wakes one waiting thread. `ring` may be called by any thread, `wait` by one at a time; a ring without a waiter is kept.
class Bell {
 public:
  Bell();
  ~Bell();
  Bell(const Bell&) = delete;
  Bell& operator=(const Bell&) = delete;

  bool valid() const { return handle_ >= 0; }
  void ring();
  // False where a signal handler ran in this thread before the bell rang.
  bool wait();
  void close();  // for a forked child

 private:
  int handle_ = -1;
};

// While it lives, signals for the calling thread are held back; `Bell::wait` lets them in while it waits, so that none can slip in between
// a check and the wait.
class HoldSignals {
 public:
  HoldSignals();
  ~HoldSignals();
  HoldSignals(const HoldSignals&) = delete;
  HoldSignals& operator=(const HoldSignals&) = delete;

 private:
  alignas(8) unsigned char old_[128];
};

}  // namespace px::runtime::platform
