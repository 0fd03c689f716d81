#include "jit/client/environment.h"

#include <sys/stat.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>

namespace px::jit::client {

std::string machine_environment(const std::vector<std::string>& environment) {
  std::string text;
  // The first processor's lines name its model and features; frequencies and the like change from moment to moment.
  std::ifstream processors("/proc/cpuinfo");
  for (std::string line; std::getline(processors, line) && !line.empty();) {
    for (const char* wanted : {"vendor_id", "cpu family", "model", "stepping", "flags", "CPU ", "Features"}) {
      if (line.starts_with(wanted)) {
        text += line + "\n";
        break;
      }
    }
  }
#ifdef __GLIBC__
  text += std::string("libc ") + gnu_get_libc_version() + "\n";
#endif
  std::vector<std::string> settings;
  for (const std::string& variable : environment) {
    if (variable.starts_with("NUMBA_")) settings.push_back(variable);
  }
  std::sort(settings.begin(), settings.end());
  for (const std::string& setting : settings) text += setting + "\n";
  return text;
}

std::string service_environment(const std::string& script) {
  std::vector<std::string> files;
  std::error_code error;
  for (std::filesystem::directory_iterator at(std::filesystem::path(script).parent_path(), error), end; !error && at != end;
       at.increment(error)) {
    struct stat status;
    std::string path = at->path().string();
    if (at->path().extension() != ".py" || stat(path.c_str(), &status) != 0) continue;
    files.push_back(at->path().filename().string() + " " + std::to_string(status.st_size) + " " + std::to_string(status.st_mtim.tv_sec) +
                    "." + std::to_string(status.st_mtim.tv_nsec));
  }
  std::sort(files.begin(), files.end());
  std::string text;
  for (const std::string& file : files) text += file + "\n";
  return text;
}

std::string distributions(const std::vector<std::string>& folders) {
  constexpr std::string_view wanted[] = {"numba", "llvmlite", "numpy", "px"};
  constexpr std::string_view ending = ".dist-info";
  std::string versions[std::size(wanted)];
  for (const std::string& folder : folders) {
    std::error_code error;
    for (std::filesystem::directory_iterator at(folder.empty() ? "." : folder, error), end; !error && at != end; at.increment(error)) {
      const std::string file = at->path().filename().string();
      std::string_view name = file;
      const size_t dash = name.find('-');
      if (dash == name.npos || !name.ends_with(ending)) continue;
      for (size_t i = 0; i < std::size(wanted); ++i) {
        if (name.substr(0, dash) == wanted[i] && versions[i].empty())
          versions[i] = name.substr(dash + 1, name.size() - ending.size() - dash - 1);
      }
    }
  }
  std::string text;
  for (size_t i = 0; i < std::size(wanted); ++i) text += std::string(wanted[i]) + " " + (versions[i].empty() ? "?" : versions[i]) + "\n";
  return text;
}

std::vector<std::string> copy_environment() {
  std::vector<std::string> copy;
  for (char** variable = environ; variable && *variable; ++variable) copy.emplace_back(*variable);
  return copy;
}

}  // namespace px::jit::client
