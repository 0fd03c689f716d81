// The port over io_uring. A wake-up is a write to an eventfd that a multishot poll in the ring watches: no read, and nothing to arm again.
#include <liburing.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "runtime/port.h"

namespace px::runtime {
namespace {

constexpr unsigned ring_entries = 256;

class UringPort final : public Port {
 public:
  ~UringPort() override {
    if (opened_) io_uring_queue_exit(&ring_);
    if (event_ >= 0) close(event_);
  }

  bool open(std::string& error) {
    event_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (event_ < 0) {
      error = std::string("eventfd: ") + std::strerror(errno);
      return false;
    }
    // Completions are handled in `wait`, not by interrupting the callback that runs; kernels before 6.1 do not know how.
    int result = set_up(IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN);
    if (result == -EINVAL) result = set_up(0);
    if (result < 0) {
      error = std::string("io_uring_setup: ") + std::strerror(-result);
      return false;
    }
    opened_ = true;
    // Without it (before 5.11) waits with a timeout would need an entry of their own.
    if (!(ring_.features & IORING_FEAT_EXT_ARG)) {
      error = "io_uring is too old";
      return false;
    }
    if (!watch_event()) {
      error = "io_uring: no entry for the wake-up";
      return false;
    }
    result = io_uring_submit(&ring_);
    if (result < 0) {
      error = std::string("io_uring_enter: ") + std::strerror(-result);
      return false;
    }
    return true;
  }

  PortKind kind() const override { return PortKind::uring; }

  bool wait(std::chrono::nanoseconds timeout) override {
    io_uring_cqe* entry = nullptr;
    __kernel_timespec limit{timeout.count() / 1'000'000'000, timeout.count() % 1'000'000'000};
    int result;
    do {  // EINTR: only in a thread that takes signals
      result = io_uring_submit_and_wait_timeout(&ring_, &entry, 1, timeout < timeout.zero() ? nullptr : &limit, nullptr);
    } while (result == -EINTR && timeout < timeout.zero());
    bool seen = false;
    while (io_uring_peek_cqe(&ring_, &entry) == 0) {
      auto* operation = reinterpret_cast<Operation*>(io_uring_cqe_get_data64(entry));
      int32_t outcome = entry->res;
      bool more = entry->flags & IORING_CQE_F_MORE;
      io_uring_cqe_seen(&ring_, entry);  // before `complete`, which may start another
      seen = true;
      if (operation) {
        operation->complete(outcome);
      } else if (!more) {
        watch_event();
      }
    }
    return seen;
  }

  void wake() override {
    uint64_t one = 1;
    // A full counter (EAGAIN) means that 2^64 - 2 wake-ups have not been read: they never are, the poll sees the write itself. Start over.
    while (write(event_, &one, sizeof one) < 0) {
      if (errno != EAGAIN) continue;
      uint64_t count;
      (void)!read(event_, &count, sizeof count);
    }
  }

  int32_t start(Operation& operation) override {
    io_uring_sqe* entry = next_entry();
    if (!entry) return -EAGAIN;
    operation.prepare(*entry);
    io_uring_sqe_set_data64(entry, reinterpret_cast<uintptr_t>(&operation));
    return 0;
  }

  void close_inherited() override {
    close(ring_.ring_fd);
    close(event_);
  }

 private:
  int set_up(unsigned flags) {
    io_uring_params parameters{};
    parameters.flags = flags;
    return io_uring_queue_init_params(ring_entries, &ring_, &parameters);
  }

  io_uring_sqe* next_entry() {
    io_uring_sqe* entry = io_uring_get_sqe(&ring_);
    if (entry) return entry;
    io_uring_submit(&ring_);
    return io_uring_get_sqe(&ring_);
  }

  // A multishot poll is edge-triggered: one completion for each write (or several together).
  bool watch_event() {
    io_uring_sqe* entry = next_entry();
    if (!entry) return false;
    io_uring_prep_poll_multishot(entry, event_, POLLIN);
    io_uring_sqe_set_data64(entry, 0);
    return true;
  }

  io_uring ring_{};
  int event_ = -1;
  bool opened_ = false;
};

}  // namespace

std::unique_ptr<Port> open_uring_port(std::string& error) {
  auto port = std::make_unique<UringPort>();
  if (!port->open(error)) return nullptr;
  return port;
}

}  // namespace px::runtime
