// The port over epoll and an eventfd, for systems that refuse io_uring.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "runtime/port.h"

namespace px::runtime {
namespace {

class EpollPort final : public Port {
 public:
  ~EpollPort() override {
    if (epoll_ >= 0) close(epoll_);
    if (event_ >= 0) close(event_);
  }

  bool open(std::string& error) {
    event_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    epoll_event watched{};
    watched.events = EPOLLIN | EPOLLET;  // each write is an event: the counter need not be read
    watched.data.ptr = nullptr;
    if (event_ < 0 || epoll_ < 0 || epoll_ctl(epoll_, EPOLL_CTL_ADD, event_, &watched) < 0) {
      error = std::string("epoll: ") + std::strerror(errno);
      return false;
    }
    return true;
  }

  PortKind kind() const override { return PortKind::epoll; }

  bool wait(std::chrono::nanoseconds timeout) override {
    bool seen = run_ready();
    epoll_event events[64];
    // In milliseconds, rounded up: epoll_pwait2 is missing from older kernels.
    constexpr int64_t unit = 1'000'000, longest = 1'000'000'000;
    int limit = timeout < timeout.zero() ? -1 : static_cast<int>(std::min(longest, (timeout.count() + unit - 1) / unit));
    if (seen) limit = 0;
    int count;
    do {  // EINTR: only in a thread that takes signals
      count = epoll_wait(epoll_, events, std::size(events), limit);
    } while (count < 0 && errno == EINTR && limit < 0);
    for (int i = 0; i < count; i++) {
      if (auto* operation = static_cast<Operation*>(events[i].data.ptr)) try_again(*operation);
    }
    return seen || count > 0;
  }

  void wake() override {
    uint64_t one = 1;
    while (write(event_, &one, sizeof one) < 0) {
      if (errno != EAGAIN) continue;
      uint64_t count;  // a full counter, as it is never read
      (void)!read(event_, &count, sizeof count);
    }
  }

  int32_t start(Operation& operation) override {
    Operation::Readiness wanted = operation.readiness();
    epoll_event watched{};
    watched.events = EPOLLONESHOT | (wanted.to_read ? EPOLLIN : 0u) | (wanted.to_write ? EPOLLOUT : 0u);
    watched.data.ptr = &operation;
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, wanted.descriptor, &watched) == 0) return 0;
    if (errno != EPERM) return -errno;
    ready_.push_back(&operation);  // a regular file, which is always ready
    return 0;
  }

  void close_inherited() override {
    close(epoll_);
    close(event_);
  }

 private:
  void try_again(Operation& operation) {
    int descriptor = operation.readiness().descriptor;
    epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
    int32_t result = operation.attempt();
    if (result == Operation::not_ready)
      result = start(operation);
    else
      return operation.complete(result);
    if (result < 0) operation.complete(result);
  }

  bool run_ready() {
    std::vector<Operation*> ready;
    ready.swap(ready_);
    for (Operation* operation : ready) operation->complete(operation->attempt());
    return !ready.empty();
  }

  int epoll_ = -1, event_ = -1;
  std::vector<Operation*> ready_;
};

}  // namespace

std::unique_ptr<Port> open_epoll_port(std::string& error) {
  auto port = std::make_unique<EpollPort>();
  if (!port->open(error)) return nullptr;
  return port;
}

}  // namespace px::runtime
