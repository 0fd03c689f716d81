// The compile service's process: started by exec in a session of its own, spoken to over two pipes, ended by its process id.
// One thread at a time, but for `forget`.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <string>
#include <vector>

#include "jit/client/protocol.h"

namespace px::jit::client {

class ServiceProcess {
 public:
  struct Command {
    std::vector<std::string> arguments;    // the Python executable, then the service's script
    std::vector<std::string> environment;  // "NAME=value" each
    std::string log;                       // file for its standard error, appended to; "": none
  };

  ServiceProcess() = default;
  ~ServiceProcess() { kill(); }
  ServiceProcess(const ServiceProcess&) = delete;
  ServiceProcess& operator=(const ServiceProcess&) = delete;

  // Neither forks this process's threads nor runs code of it in the child. "" or what went wrong.
  std::string start(const Command& command);
  bool running() const { return pid_ > 0; }
  pid_t pid() const { return pid_; }

  // Queues bytes; `flush` writes what the pipe takes now. False where the service has closed its end.
  void send(const std::string& bytes) { output_ += bytes; }
  bool flush();
  bool wants_to_write() const { return !output_.empty(); }
  // Reads what is there. False where the service has closed its end, or has sent what cannot be a frame.
  bool read();
  FrameReader& frames() { return frames_; }

  int input_fd() const { return input_; }       // to poll for writing
  int output_fd() const { return output_fd_; }  // to poll for reading

  // Ends the service and whatever it has forked, at once, and waits for it.
  void kill();
  // In the child of a fork: the service is the parent's; only this process's copies of the pipes are closed. Takes no lock.
  void forget();

 private:
  void close_pipes();

  std::atomic<pid_t> pid_{-1};
  std::atomic<int> input_{-1}, output_fd_{-1};
  std::string output_;
  FrameReader frames_;
};

}  // namespace px::jit::client
