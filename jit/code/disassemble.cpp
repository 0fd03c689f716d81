#include "jit/code/code.h"

namespace px::jit {

std::string disassemble(const CodeObject& code) {
  auto reg = [&](int32_t r) { return code.registers[r].empty() ? "t" + std::to_string(r) : code.registers[r]; };
  std::string text;
  for (size_t at = 0; at < code.instructions.size(); ++at) {
    auto& i = code.instructions[at];
    auto operands = code.operands_of(i);
    std::string destination, sources;
    size_t next = 0;
    for (char letter : info(i.op).operands) {
      int32_t x = operands[next++];
      switch (letter) {
        case 'd':
          destination = reg(x) + " = ";
          break;
        case 'r':
          sources += " " + reg(x);
          break;
        case 'k':
          sources += " " + to_string(code.constants[x]);
          break;
        case 'g':
          sources += " " + code.globals[x].path;
          break;
        case 'n':
          sources += " ." + code.names[x];
          break;
        case 'o':
          sources += " " + std::string(info(static_cast<Operator>(x)).symbol);
          break;
        case 'i':
          sources += " " + std::to_string(x);
          break;
        case 'L':
          sources += " ->" + std::to_string(x);
          break;
        default:
          sources += letter == 'D' ? " to (" : " (";
          for (int32_t k = 0; k < x; ++k) sources += (k ? " " : "") + reg(operands[next++]);
          sources += ")";
      }
    }
    if (i.handler >= 0) sources += " except ->" + std::to_string(i.handler);
    std::string number = std::to_string(at);
    std::string line =
        std::string(number.size() < 4 ? 4 - number.size() : 0, ' ') + number + "  " + destination + std::string(info(i.op).name) + sources;
    if (line.size() < 44) line.resize(44, ' ');
    text += line + "  ; line " + std::to_string(code.first_line + i.line) + "\n";
  }
  return text;
}

}  // namespace px::jit
