// Basic blocks of px code, and which registers are live where.
#pragma once

#include <cstdint>
#include <vector>

#include "jit/code/code.h"

namespace px::jit {

struct Block {
  uint32_t begin, end;               // instructions [begin, end)
  std::vector<uint32_t> successors;  // block indices, in operand order; for `next`: the loop's body first, then its exit
  std::vector<uint64_t> live_in;     // bit set of registers
};

struct Cfg {
  std::vector<Block> blocks;               // in code order; block 0 is the entry
  std::vector<uint32_t> block_of;          // instruction → block
  std::vector<uint32_t> definition_count;  // register → number of instructions that write it (a parameter's arrival included)

  bool live_in(uint32_t block, int32_t reg) const { return blocks[block].live_in[static_cast<size_t>(reg) / 64] >> (reg % 64) & 1; }
};

// `code` must have passed `verify`.
Cfg build_cfg(const CodeObject& code);

// Calls `read(register)` for each source and `write(register)` for each destination of an instruction, sources first.
template <class Read, class Write>
void for_registers(const CodeObject& code, const Instruction& i, Read read, Write write) {
  auto operands = code.operands_of(i);
  for (int pass = 0; pass < 2; ++pass) {
    size_t next = 0;
    for (char letter : info(i.op).operands) {
      int32_t x = operands[next++];
      if (letter == 'r' && pass == 0) read(x);
      if (letter == 'd' && pass == 1) write(x);
      if (letter == 'R' || letter == 'D') {
        for (int32_t k = 0; k < x; ++k, ++next) {
          if (letter == 'R' && pass == 0) read(operands[next]);
          if (letter == 'D' && pass == 1) write(operands[next]);
        }
      }
    }
  }
}

}  // namespace px::jit
