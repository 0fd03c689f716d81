// What objects depend on besides the program: made once, a part of every key of the disk cache.
#pragma once

#include <string>
#include <vector>

namespace px::jit::client {

// The processor with its features, libc, and the variables NUMBA_* of `environment` ("NAME=value" each), one a line.
std::string machine_environment(const std::vector<std::string>& environment);

// The compile service's own files in the script's folder, with their sizes and times: another service makes other objects.
std::string service_environment(const std::string& script);

// A copy of the process's environment. Main thread: another thread may not read `environ` while Python changes it.
std::vector<std::string> copy_environment();

}  // namespace px::jit::client
