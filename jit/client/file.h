// An open file descriptor and whole reads and writes on it.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <utility>

namespace px::jit::client {

class File {
 public:
  explicit File(int fd = -1) : fd_(fd) {}
  File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  File& operator=(File&& other) noexcept {
    if (this != &other) {
      close();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  ~File() { close(); }

  explicit operator bool() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  // False where the system reports an error that it had kept back (a full disk behind a network).
  bool close() { return fd_ < 0 || ::close(std::exchange(fd_, -1)) == 0; }

  bool read(void* to, size_t bytes) {  // false at an error or at an early end
    auto* at = static_cast<char*>(to);
    while (bytes > 0) {
      ssize_t n = ::read(fd_, at, bytes);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return false;
      at += n;
      bytes -= static_cast<size_t>(n);
    }
    return true;
  }
  bool write(const void* from, size_t bytes) {
    auto* at = static_cast<const char*>(from);
    while (bytes > 0) {
      ssize_t n = ::write(fd_, at, bytes);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return false;
      at += n;
      bytes -= static_cast<size_t>(n);
    }
    return true;
  }

 private:
  int fd_;
};

}  // namespace px::jit::client
