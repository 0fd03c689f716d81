#include <liburing.h>
#include <unistd.h>

#include <cerrno>

#include "runtime/op/read.h"

namespace px::runtime {

void ReadOperation::prepare(io_uring_sqe& entry) {
  io_uring_prep_read(&entry, descriptor_, buffer_, static_cast<unsigned>(bytes_), static_cast<uint64_t>(-1));
}

int32_t ReadOperation::attempt() {
  ssize_t got = ::read(descriptor_, buffer_, bytes_);
  if (got >= 0) return static_cast<int32_t>(got);
  return errno == EAGAIN || errno == EINTR ? not_ready : -errno;
}

}  // namespace px::runtime
