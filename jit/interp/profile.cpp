#include "jit/interp/profile.h"

#ifdef PX_INTERP_PROFILE
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <sstream>

#include "jit/interp/handler.h"

namespace px::jit::interp {

namespace {

struct Profiled {
  const Program* program;
  std::string listing;
};
std::mutex mutex;
std::vector<Profiled> profiled;  // programs live as long as the process in such a build

void write_profile() {
  const char* path = std::getenv("PX_INTERP_PROFILE");
  FILE* out = path != nullptr ? std::fopen(path, "a") : nullptr;
  if (out == nullptr) return;
  std::lock_guard lock(mutex);
  for (const Profiled& p : profiled) {
    std::fprintf(out, "%s\n", p.program->function->name.c_str());
    std::istringstream lines(p.listing);
    for (std::string line; std::getline(lines, line);) {
      char* end = nullptr;
      auto offset = std::strtoul(line.c_str(), &end, 10);
      bool is_instruction = !line.empty() && line[0] == ' ' && end != line.c_str();
      std::fprintf(out, "%12llu %s\n", is_instruction ? static_cast<unsigned long long>(p.program->hits[offset]) : 0ULL, line.c_str());
    }
  }
  std::fclose(out);
}

}  // namespace

void profile_program(const Program& program, std::string listing) {
  std::lock_guard lock(mutex);
  if (profiled.empty()) std::atexit(write_profile);
  program.hits.assign(program.code.size() + 1, 0);
  profiled.push_back({&program, std::move(listing)});
}

void profile_step(const uint64_t* pc, uint64_t* fp) {
  if (fp == nullptr) return;
  const auto& program = *reinterpret_cast<const Program*>(fp[frame_program]);
  ++program.hits[static_cast<size_t>(pc - program.code.data())];
}

}  // namespace px::jit::interp
#endif
