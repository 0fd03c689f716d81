// The compile service's protocol (docs/compile-service.md): frames cut out of a stream of bytes, hellos and answers decoded. Whatever the
// bytes are, nothing here trusts them: a wrong type, a number out of range or a missing field makes the whole frame garbage.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace px::jit::client {

constexpr uint32_t max_header = 16u << 20, max_blob = 64u << 20;  // bytes

struct Frame {
  std::string header;
  std::vector<char> blob;
};

std::string encode_frame(std::string_view header, std::string_view blob = {});

// Cuts a stream into frames, whatever the pieces it comes in.
class FrameReader {
 public:
  void feed(std::span<const char> bytes);
  std::optional<Frame> next();               // the next whole frame
  bool garbage() const { return garbage_; }  // lengths out of bounds: nothing after that can be understood

 private:
  std::vector<char> buffer_;
  size_t begin_ = 0;  // first byte of `buffer_` not taken yet
  bool garbage_ = false;
};

struct Hello {
  std::string error;  // "": none
  std::string numba, llvmlite, numpy, python, cpu, features;
};

struct AnswerSite {
  std::string exception;
  std::optional<std::string> message;
  std::vector<std::string> types;
  int32_t function = 0, line = 0;  // function -1: library code, which has no line of the user's
};
struct AnswerDefinition {
  std::string variable;
  int32_t line = 0;
  std::string type;
};
struct AnswerSpecialisation {
  int32_t function = 0;
  std::vector<std::string> arguments;
  std::string result;
  std::vector<AnswerDefinition> definitions;
};
struct Answer {
  int64_t id = 0;
  bool ok = false;
  std::string kind, reason;  // where not ok
  std::string result;
  double seconds = 0;
  std::vector<AnswerSite> sites;
  std::vector<AnswerSpecialisation> specialisations;
};

// Nothing where the header is not what the protocol says; `why` then says what is wrong with it.
std::optional<Hello> parse_hello(std::string_view header, std::string& why);
std::optional<Answer> parse_answer(std::string_view header, std::string& why);

}  // namespace px::jit::client
