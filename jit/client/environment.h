// What objects depend on besides the program: made once, a part of every key of the disk cache.
#pragma once

#include <string>
#include <vector>

namespace px::jit::client {

// The processor with its features, libc, and the variables NUMBA_* of `environment` ("NAME=value" each), one a line.
std::string machine_environment(const std::vector<std::string>& environment);

// The compile service's own files in the script's folder, with their sizes and times: another service makes other objects.
std::string service_environment(const std::string& script);

// The versions of Numba, llvmlite, NumPy and px, one a line: read off the names of `*.dist-info` in the folders that Python imports from,
// the first one found of each. Importing any of them costs more than a first call may.
std::string distributions(const std::vector<std::string>& folders);

// A copy of the process's environment. Main thread: another thread may not read `environ` while Python changes it.
std::vector<std::string> copy_environment();

}  // namespace px::jit::client
