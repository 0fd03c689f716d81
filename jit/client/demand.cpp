#include "jit/client/demand.h"

namespace px::jit::client {

namespace {

IntrinsicCode refused(std::string why, bool lasting, bool by_types = false) {
  IntrinsicCode code;
  code.refusal = std::move(why);
  code.lasting = lasting;
  code.by_types = by_types;
  return code;
}

}  // namespace

std::shared_ptr<CompileClient::Demand> CompileClient::request(const IntrinsicCall& call) {
  auto demand = std::make_shared<Demand>(call);
  {
    std::lock_guard lock(mutex_);
    if (stopping_) {
      demand->done = true;
      demand->code = refused("it has ended", false);
    } else {
      demands_.push_back(demand);
    }
  }
  wake();
  return demand;
}

const IntrinsicCode* CompileClient::wait(Demand& demand, double seconds) {
  std::unique_lock lock(mutex_);
  idle_.wait_for(lock, std::chrono::duration<double>(seconds), [&] { return demand.done || stopping_; });
  if (!demand.done && stopping_) {
    demand.code = refused("it has ended", false);
    demand.done = true;
  }
  return demand.done ? &demand.code : nullptr;
}

void CompileClient::consider(const std::shared_ptr<Demand>& demand) {
  Job job{nullptr, {}, demand};
  build_request(demand->call, options_.environment, job.request);
  CacheEntry entry;
  if (job.request.self_contained && cache_.load(job.request.key, entry)) {
    std::string why;
    std::optional<Answer> answer = parse_answer(entry.header, why);
    IntrinsicCode code = answer ? link(job, *answer, entry.object) : IntrinsicCode{};
    if (code.result || (answer && !answer->ok)) return settle(*demand, std::move(code));
    cache_.drop(job.request.key);
  }
  if (!options_.service) return settle(*demand, refused("it is off (PX_SERVICE=0)", false));
  submit(std::move(job));
}

void CompileClient::answered(const Job& job, const Answer& answer, const Frame& frame) {
  IntrinsicCode code = link(job, answer, frame.blob);
  if (code.lasting && job.request.self_contained) cache_.store(job.request.key, frame.header, {frame.blob.data(), frame.blob.size()});
  settle(*job.demand, std::move(code));
}

IntrinsicCode CompileClient::link(const Job& job, const Answer& answer, std::span<const char> object) {
  if (!answer.ok) {
    const bool typing = answer.kind == "typing", lasting = typing || answer.kind == "unsupported" || answer.kind == "internal";
    return refused(answer.reason, lasting, typing);
  }
  std::string why;
  if (!find_linker(why)) return refused("px_llvm cannot be loaded: " + why, false);
  IntrinsicCode code;
  code.result = parse_type(answer.result);
  if (!code.result) return refused("a result of type " + answer.result, true);
  Published published;
  if (!client::link(*linker_, job.request, answer, object, published, why)) return refused(why, false);
  code.entry = published.entry;
  code.kept = std::make_shared<const Published>(std::move(published));
  return code;
}

void CompileClient::settle(Demand& demand, IntrinsicCode code) {
  std::lock_guard lock(mutex_);
  if (!demand.done) demand.code = std::move(code);
  demand.done = true;
  idle_.notify_all();
}

}  // namespace px::jit::client
