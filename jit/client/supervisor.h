// Keeps a compile service going: starts it when it is first needed, hands it requests, watches its time limits, and starts it again
// after a crash, a few times. The client's thread alone, but for `forget`.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>

#include "jit/client/protocol.h"
#include "jit/client/service.h"

namespace px::jit::client {

class Supervisor {
 public:
  using Clock = std::chrono::steady_clock;

  struct Options {
    ServiceProcess::Command command;
    double start_limit = 60, request_limit = 60, margin = 5;  // seconds; the margin is what the service gets to report a timeout itself
    unsigned in_flight = 4;                                   // requests under way at once
    unsigned restarts = 3;                                    // after crashes, garbage and hangs, in a process's life
  };
  struct Counters {
    uint64_t starts = 0, crashes = 0, timeouts = 0, strays = 0;  // strays: answers to nothing that was asked
  };
  // How a job ends: the service's answer, or one made up here with kind "crash", "timeout" or "service" (there is none).
  using Done = std::function<void(uint64_t job, const Answer& answer, const Frame& frame)>;

  Supervisor(Options options, Done done, std::function<void(const std::string&)> warn)
      : options_(std::move(options)), done_(std::move(done)), warn_(std::move(warn)) {}

  // `header` makes the request's JSON for a number and a time limit.
  void submit(uint64_t job, std::function<std::string(int64_t, double)> header);
  bool busy() const { return !waiting_.empty() || !active_.empty(); }

  // What poll() is to watch, and for how many milliseconds at most (-1: for ever).
  int output_fd() const { return service_.running() ? service_.output_fd() : -1; }
  int input_fd() const { return service_.running() && service_.wants_to_write() ? service_.input_fd() : -1; }
  int patience() const;
  // After poll(): reads, writes, starts, restarts, gives up. Calls `done`.
  void advance();

  void stop() { service_.kill(); }
  void forget() { service_.forget(); }
  const Counters& counters() const { return counters_; }
  pid_t pid() const { return service_.pid(); }

 private:
  struct Job {
    uint64_t number;
    std::function<std::string(int64_t, double)> header;
    unsigned crashes = 0;  // of the service while it was under way
    Clock::time_point deadline{};
  };

  void start();
  void send_some();
  void handle(const Frame& frame);
  void check_deadlines();
  void failed(const std::string& what);  // the service crashed or sent garbage: it is ended, its jobs are tried again
  void give_up(const std::string& what);
  void end(const Job& job, const char* kind, const std::string& reason);
  void take_back();  // the jobs under way wait again, in their order
  bool is_suspect_active() const;

  Options options_;
  Done done_;
  std::function<void(const std::string&)> warn_;
  ServiceProcess service_;
  bool greeted_ = false;
  std::string given_up_;  // why there is no service any more, or ""
  Clock::time_point start_deadline_{};
  std::deque<Job> waiting_;
  std::map<int64_t, Job> active_;  // by the protocol's id, which is new for each attempt
  int64_t next_id_ = 1;
  unsigned failures_ = 0;
  Counters counters_;
};

}  // namespace px::jit::client
