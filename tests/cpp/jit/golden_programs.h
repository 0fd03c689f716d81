// What the front end makes of real programs (tests/python/frontend/golden), as px code: more to damage than could be written by hand.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "core_assembler.h"

namespace px::jit::test {

class GoldenPrograms {
 public:
  // All that the small assembler understands: no nested functions, no exception handlers. Each is called by its file's name.
  static const std::vector<CodeObject>& all() {
    static const std::vector<CodeObject> list = read_all();
    return list;
  }

 private:
  static std::vector<CodeObject> read_all() {
    namespace fs = std::filesystem;
    const fs::path folder = fs::path(__FILE__).parent_path().parent_path().parent_path() / "python/frontend/golden";
    std::vector<fs::path> files;
    std::error_code ignored;
    for (auto& entry : fs::directory_iterator(folder, ignored)) files.push_back(entry.path());
    std::ranges::sort(files);
    std::vector<CodeObject> list;
    for (auto& file : files) {
      try {
        std::ifstream in(file);
        CodeObject code = Assembler::one(assembly(in));
        code.name = code.qualified_name = file.stem().string();
        if (!verify(code)) list.push_back(std::move(code));
      } catch (const std::exception&) {
      }
    }
    return list;
  }

  // At spaces that are in no text and no parentheses.
  static std::vector<std::string> words(std::string_view text) {
    std::vector<std::string> list;
    std::string word;
    int depth = 0;
    bool quoted = false;
    for (char c : text) {
      if (c == '\'') quoted = !quoted;
      if (!quoted) depth += (c == '(') - (c == ')');
      if (c == ' ' && !quoted && depth == 0) {
        if (!word.empty()) list.push_back(std::move(word));
        word.clear();
      } else {
        word += c;
      }
    }
    if (!word.empty()) list.push_back(word);
    return list;
  }
  static std::string in_parentheses(const std::string& word) {
    if (word.size() < 2 || word[0] != '(') throw std::invalid_argument("no list: " + word);
    std::string inner = word.substr(1, word.size() - 2);
    std::ranges::replace(inner, ',', ' ');
    return inner;
  }

  // The listing in the file's lower half, as the assembler has it.
  static std::string assembly(std::istream& in) {
    std::string text, row;
    while (std::getline(in, row) && !row.starts_with("---"))
      if (row.starts_with("def f(")) text = row.substr(0, row.find(')') + 1) + "\n";
    if (text.empty()) throw std::invalid_argument("no function f");
    while (std::getline(in, row)) {
      auto all = words(row.substr(0, row.rfind(';')));
      if (all.size() < 2) throw std::invalid_argument(row);
      text += "L" + all[0] + ":\n";
      const OpcodeInfo* op = nullptr;
      for (auto& candidate : opcode_table())
        if (candidate.name == all[1]) op = &candidate;
      if (!op) throw std::invalid_argument(row);
      std::string to, operands;
      size_t next = 2;
      for (char letter : op->operands) {
        std::string word = all.at(next++);
        if (letter == 'd') {
          to += (to.empty() ? "" : " ") + word;
        } else if (letter == 'D') {
          to += in_parentheses(word);
        } else if (letter == 'R') {
          operands += " " + in_parentheses(word);
        } else if (letter == 'L') {
          operands += " L" + word.substr(2);
        } else {
          operands += " " + word;
        }
      }
      if (next != all.size()) throw std::invalid_argument(row);  // a handler
      text += (to.empty() ? "" : to + " = ") + all[1] + operands + "\n";
    }
    return text;
  }
};

}  // namespace px::jit::test
