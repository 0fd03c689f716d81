#include "jit/client/service.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "jit/client/file.h"

namespace px::jit::client {

namespace {

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (const std::string& text : texts) all.push_back(const_cast<char*>(text.c_str()));
  all.push_back(nullptr);
  return all;
}

bool make_pipe(File& reading, File& writing) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return false;
  File first(ends[0]), second(ends[1]);
  // Above the standard three, which a program may have closed: the child's dup2 would overwrite one end with another.
  reading = File(fcntl(first.fd(), F_DUPFD_CLOEXEC, 3));
  writing = File(fcntl(second.fd(), F_DUPFD_CLOEXEC, 3));
  return reading && writing;
}

// posix_spawn's two objects, destroyed on every way out.
struct Spawn {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  Spawn() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
  }
  ~Spawn() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
};

}  // namespace

std::string ServiceProcess::start(const Command& command) {
  if (command.arguments.empty()) return "no command is given";
  File request_in, request_out, answer_in, answer_out;
  if (!make_pipe(request_in, request_out) || !make_pipe(answer_in, answer_out)) return std::strerror(errno);
  File log(open(command.log.empty() ? "/dev/null" : command.log.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
  if (!log) log = File(open("/dev/null", O_WRONLY | O_CLOEXEC));

  Spawn spawn;
  posix_spawn_file_actions_adddup2(&spawn.actions, request_in.fd(), 0);
  posix_spawn_file_actions_adddup2(&spawn.actions, answer_out.fd(), 1);
  if (log) posix_spawn_file_actions_adddup2(&spawn.actions, log.fd(), 2);
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
  // A user's file or socket that is not close-on-exec must not stay open for as long as the service lives.
  posix_spawn_file_actions_addclosefrom_np(&spawn.actions, 3);
#endif
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&spawn.attributes, &none);
  posix_spawnattr_setsigdefault(&spawn.attributes, &all);
  posix_spawnattr_setflags(&spawn.attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

  pid_t pid;
  int error = posix_spawn(&pid, command.arguments[0].c_str(), &spawn.actions, &spawn.attributes, pointers(command.arguments).data(),
                          pointers(command.environment).data());
  if (error != 0) return command.arguments[0] + ": " + std::strerror(error);
  pid_ = pid;
  fcntl(request_out.fd(), F_SETFL, O_NONBLOCK);
  fcntl(answer_in.fd(), F_SETFL, O_NONBLOCK);
  input_ = request_out.release();
  output_fd_ = answer_in.release();
  output_.clear();
  frames_ = {};
  return {};
}

bool ServiceProcess::flush() {
  while (!output_.empty()) {
    ssize_t n = ::write(input_, output_.data(), output_.size());
    if (n > 0) {
      output_.erase(0, static_cast<size_t>(n));
    } else if (n < 0 && errno == EAGAIN) {
      return true;
    } else if (n == 0 || errno != EINTR) {
      return false;
    }
  }
  return true;
}

bool ServiceProcess::read() {
  char buffer[1 << 16];
  while (true) {
    ssize_t n = ::read(output_fd_, buffer, sizeof buffer);
    if (n > 0) {
      frames_.feed({buffer, static_cast<size_t>(n)});
      if (frames_.garbage()) return false;
    } else if (n < 0 && errno == EAGAIN) {
      return true;
    } else if (n == 0 || errno != EINTR) {
      return false;
    }
  }
}

void ServiceProcess::kill() {
  pid_t pid = pid_.exchange(-1);
  close_pipes();
  if (pid <= 0) return;
  // Its session is its process group: what it forked goes too. Not reaped before, so the number cannot be another process's.
  ::kill(-pid, SIGKILL);
  ::kill(pid, SIGKILL);
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void ServiceProcess::forget() {
  pid_ = -1;
  close_pipes();
}

void ServiceProcess::close_pipes() {
  if (int fd = input_.exchange(-1); fd >= 0) ::close(fd);
  if (int fd = output_fd_.exchange(-1); fd >= 0) ::close(fd);
}

}  // namespace px::jit::client
