// What the tests of linker, cache and compile client share: a temporary folder, and objects compiled from C.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace px::jit::test {

// For functions that call linked code: UBSan's check of a called function's type reads the bytes before it.
#define PX_CALLS_LINKED_CODE __attribute__((no_sanitize("function")))

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "px-test-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::string string() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

inline std::vector<char> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
inline void write_file(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::binary).write(text.data(), static_cast<std::streamsize>(text.size()));
}

// A relocatable object, as the compile service sends them, from C. The same text is compiled once a process.
inline std::vector<char> compile_c(const std::string& source, const std::string& flags = "-mcmodel=large") {
  static std::map<std::string, std::vector<char>> done;
  std::vector<char>& object = done[flags + '\n' + source];
  if (object.empty()) {
    TemporaryFolder folder;
    write_file(folder / "a.c", "#include <stdint.h>\n" + source);
    std::string command = "clang-22 -O2 -fno-builtin -c -o " + folder / "a.o" + " " + flags + " " + folder / "a.c";
    if (std::system(command.c_str()) == 0) object = read_file(folder / "a.o");
  }
  return object;
}

}  // namespace px::jit::test
