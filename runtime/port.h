// The completion port: the one place where a worker waits, for wake-ups and for I/O. One port a worker.
//
// `wake` may be called by any thread; everything else by the port's own thread alone, which is the one that opened it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "runtime/op/operation.h"

namespace px::runtime {

enum class PortKind : uint8_t { automatic, uring, epoll };

class Port {
 public:
  static constexpr std::chrono::nanoseconds for_ever{-1};

  // `automatic`: io_uring, or epoll where the system refuses io_uring. Null and `error` where neither can be had.
  static std::unique_ptr<Port> open(PortKind, std::string& error);
  virtual ~Port() = default;  // no operation may be under way
  virtual PortKind kind() const = 0;

  // Blocks until an operation completes, another thread calls `wake` or `timeout` passes; calls the completed operations' `complete`.
  // Returns false where the timeout passed first. A wake before the wait is kept; several may be seen as one. No CPU is used meanwhile.
  virtual bool wait(std::chrono::nanoseconds timeout) = 0;
  virtual void wake() = 0;

  // Starts an operation, which completes in a later `wait`. 0, or a negative errno and it is not started.
  virtual int32_t start(Operation&) = 0;

  // In a forked child: closes the descriptors that it shares with its parent's port and does nothing else. The port is dead afterwards.
  virtual void close_inherited() = 0;
};

// The kinds themselves; null and `error` where the system refuses.
std::unique_ptr<Port> open_uring_port(std::string& error);
std::unique_ptr<Port> open_epoll_port(std::string& error);

}  // namespace px::runtime
