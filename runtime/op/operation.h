// One I/O operation under way on a completion port. Each kind is a class of its own in this folder that says how it is done on every kind
// of port; the ports know none of them.
//
// An operation belongs to the port's thread from `Port::start` until `complete` is called, and must live until then.
#pragma once

#include <cstdint>

struct io_uring_sqe;

namespace px::runtime {

class Operation {
 public:
  virtual ~Operation() = default;

  // Called by `Port::wait`, on the port's thread: `result` is what the system call would return, or a negative errno. The operation may
  // be destroyed or started again in here.
  virtual void complete(int32_t result) = 0;

  // Completion ports (io_uring): describes the operation to the kernel.
  virtual void prepare(io_uring_sqe&) = 0;

  // Readiness ports (epoll): what to wait for, and the attempt once it is there. `attempt` must not block.
  struct Readiness {
    int descriptor;
    bool to_read, to_write;
  };
  static constexpr int32_t not_ready = INT32_MIN;
  // One operation a descriptor at a time.
  virtual Readiness readiness() const = 0;
  virtual int32_t attempt() = 0;  // as `result`, or `not_ready`
};

}  // namespace px::runtime
