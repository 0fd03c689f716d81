#include "jit/client/supervisor.h"

#include <algorithm>
#include <vector>

namespace px::jit::client {

namespace {

Supervisor::Clock::time_point after(double seconds) {
  return Supervisor::Clock::now() + std::chrono::duration_cast<Supervisor::Clock::duration>(std::chrono::duration<double>(seconds));
}

}  // namespace

void Supervisor::submit(uint64_t job, std::function<std::string(int64_t, double)> header) {
  waiting_.push_back({job, std::move(header)});
}

int Supervisor::patience() const {
  if (!service_.running()) return waiting_.empty() ? -1 : 0;
  Clock::time_point first = Clock::time_point::max();
  if (!greeted_) first = start_deadline_;
  for (const auto& [id, job] : active_) first = std::min(first, job.deadline);
  if (first == Clock::time_point::max()) return -1;
  auto left = std::chrono::duration_cast<std::chrono::milliseconds>(first - Clock::now()).count() + 1;
  return static_cast<int>(std::clamp<int64_t>(left, 0, 1'000'000));
}

void Supervisor::advance() {
  if (service_.running()) {
    bool alive = service_.read();
    // A service that says what is wrong and ends at once is heard first.
    while (std::optional<Frame> frame = service_.frames().next()) {
      handle(*frame);
      if (!service_.running()) break;
    }
    if (service_.running() && service_.frames().garbage()) {
      failed("sent what is no answer");
    } else if (service_.running() && !alive) {
      failed("ended unexpectedly");
    }
  }
  if (service_.running()) check_deadlines();
  if (!service_.running() && !waiting_.empty() && given_up_.empty()) start();
  if (!given_up_.empty()) {
    while (!waiting_.empty()) {
      Job job = std::move(waiting_.front());
      waiting_.pop_front();
      end(job, "service", given_up_);
    }
  }
  if (service_.running() && greeted_) send_some();
  if (service_.running() && !service_.flush()) failed("ended unexpectedly");
}

void Supervisor::start() {
  greeted_ = false;
  ++counters_.starts;
  std::string problem = service_.start(options_.command);
  if (!problem.empty()) return give_up("the compile service cannot be started: " + problem);
  start_deadline_ = after(options_.start_limit);
}

void Supervisor::send_some() {
  while (!waiting_.empty() && active_.size() < options_.in_flight) {
    // What was under way when the service crashed goes alone the next time, so that the guilty one is found out.
    if (is_suspect_active() || (waiting_.front().crashes > 0 && !active_.empty())) return;
    Job job = std::move(waiting_.front());
    waiting_.pop_front();
    std::string header = job.header(next_id_, options_.request_limit);
    if (header.size() > max_header) {
      end(job, "unsupported", "the function and its callees are too long to be sent");
      continue;
    }
    service_.send(encode_frame(header));
    job.deadline = after(options_.request_limit + options_.margin);
    active_.emplace(next_id_++, std::move(job));
  }
}

bool Supervisor::is_suspect_active() const {
  return std::any_of(active_.begin(), active_.end(), [](const auto& item) { return item.second.crashes > 0; });
}

void Supervisor::handle(const Frame& frame) {
  std::string why;
  if (!greeted_) {
    std::optional<Hello> hello = parse_hello(frame.header, why);
    if (!hello) return failed("sent what is no hello: " + why);
    if (!hello->error.empty()) return give_up(hello->error);
    greeted_ = true;
    return;
  }
  std::optional<Answer> answer = parse_answer(frame.header, why);
  if (!answer) return failed("sent what is no answer: " + why);
  auto found = active_.find(answer->id);
  if (found == active_.end()) {
    ++counters_.strays;
    return;
  }
  uint64_t number = found->second.number;
  active_.erase(found);
  done_(number, *answer, frame);
}

void Supervisor::check_deadlines() {
  Clock::time_point now = Clock::now();
  if (!greeted_ && start_deadline_ <= now) {
    ++counters_.timeouts;
    return failed("did not start in time");
  }
  std::vector<Job> late;
  for (auto at = active_.begin(); at != active_.end();) {
    if (at->second.deadline > now) {
      ++at;
      continue;
    }
    late.push_back(std::move(at->second));
    at = active_.erase(at);
  }
  if (late.empty()) return;
  // The service itself ends a compile that takes too long: where it does not, it hangs. The others are none the worse.
  ++counters_.timeouts;
  ++failures_;
  service_.kill();
  take_back();
  for (const Job& job : late) end(job, "timeout", "the compile service did not answer in time");
  if (failures_ > options_.restarts) give_up("the compile service does not answer");
}

void Supervisor::failed(const std::string& what) {
  ++counters_.crashes;
  ++failures_;
  service_.kill();
  std::vector<Job> guilty;
  for (auto at = active_.begin(); at != active_.end();) {
    if (++at->second.crashes < 2) {
      ++at;
      continue;
    }
    guilty.push_back(std::move(at->second));
    at = active_.erase(at);
  }
  take_back();
  for (const Job& job : guilty) end(job, "crash", "the compile service " + what);
  if (failures_ > options_.restarts) give_up("the compile service " + what + ", " + std::to_string(failures_) + " times");
}

void Supervisor::give_up(const std::string& what) {
  service_.kill();
  take_back();
  given_up_ = what;
  if (warn_) warn_(what + "; functions stay in the interpreter");
}

void Supervisor::take_back() {
  for (auto at = active_.rbegin(); at != active_.rend(); ++at) waiting_.push_front(std::move(at->second));
  active_.clear();
}

void Supervisor::end(const Job& job, const char* kind, const std::string& reason) {
  Answer answer;
  answer.kind = kind;
  answer.reason = reason;
  done_(job.number, answer, {});
}

}  // namespace px::jit::client
