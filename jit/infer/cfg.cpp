#include "jit/infer/cfg.h"

#include <algorithm>

namespace px::jit {

namespace {

std::vector<uint32_t> going_on(const CodeObject& code, uint32_t at) {
  auto& i = code.instructions[at];
  auto operands = code.operands_of(i);
  auto target = [&](size_t k) { return static_cast<uint32_t>(operands[k]); };
  switch (i.op) {
    case Opcode::jump_:
      return {target(0)};
    case Opcode::branch_:
      return {target(1), target(2)};
    case Opcode::next_:
      return {at + 1, target(2)};
    case Opcode::ret_:
    case Opcode::raise_:
    case Opcode::reraise_:
      return {};
    default:
      return {at + 1};
  }
}

// The instructions that may run after `at`: its handler last.
std::vector<uint32_t> following(const CodeObject& code, uint32_t at) {
  auto list = going_on(code, at);
  if (code.instructions[at].handler >= 0) list.push_back(static_cast<uint32_t>(code.instructions[at].handler));
  return list;
}

bool ends_block(const Instruction& i) {
  Opcode op = i.op;
  return i.handler >= 0 || op == Opcode::reraise_ || op == Opcode::jump_ || op == Opcode::branch_ || op == Opcode::next_ ||
         op == Opcode::ret_ || op == Opcode::raise_;
}

void compute_liveness(const CodeObject& code, Cfg& cfg) {
  size_t words = (code.registers.size() + 63) / 64;
  std::vector<std::vector<uint64_t>> use(cfg.blocks.size()), def(cfg.blocks.size()), before(cfg.blocks.size());
  for (size_t b = 0; b < cfg.blocks.size(); ++b) {
    use[b].resize(words);
    def[b].resize(words);
    for (uint32_t at = cfg.blocks[b].begin; at < cfg.blocks[b].end; ++at)
      for_registers(
          code, code.instructions[at],
          [&](int32_t r) {
            if (!(def[b][r / 64] >> (r % 64) & 1)) use[b][r / 64] |= uint64_t{1} << (r % 64);
          },
          [&](int32_t r) { def[b][r / 64] |= uint64_t{1} << (r % 64); });
    // `next` writes its destination on the way into the body alone: on the exit edge the old value is still there.
    auto& last = code.instructions[cfg.blocks[b].end - 1];
    if (last.op == Opcode::next_) {
      int32_t r = code.operands_of(last)[0];
      bool earlier = false;
      for (uint32_t at = cfg.blocks[b].begin; at + 1 < cfg.blocks[b].end; ++at)
        for_registers(code, code.instructions[at], [](int32_t) {}, [&](int32_t d) { earlier |= d == r; });
      if (!earlier) def[b][r / 64] &= ~(uint64_t{1} << (r % 64));
    }
    cfg.blocks[b].live_in = use[b];
    // What the last instruction would have written where it raised is what it was.
    if (last.handler >= 0) {
      before[b] = def[b];
      for_registers(code, last, [](int32_t) {}, [&](int32_t r) { before[b][r / 64] &= ~(uint64_t{1} << (r % 64)); });
      for (uint32_t at = cfg.blocks[b].begin; at + 1 < cfg.blocks[b].end; ++at)
        for_registers(code, code.instructions[at], [](int32_t) {}, [&](int32_t r) { before[b][r / 64] |= uint64_t{1} << (r % 64); });
    }
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t b = cfg.blocks.size(); b-- > 0;)
      for (uint32_t s : cfg.blocks[b].successors)
        for (size_t w = 0; w < words; ++w) {
          uint64_t live = cfg.blocks[s].live_in[w];
          auto& last = code.instructions[cfg.blocks[b].end - 1];
          if (last.op == Opcode::next_ && s == cfg.blocks[b].successors[0]) {
            int32_t r = code.operands_of(last)[0];
            if (static_cast<size_t>(r) / 64 == w) live &= ~(uint64_t{1} << (r % 64));
          }
          bool raised = last.handler >= 0 && s == cfg.blocks[b].successors.back();
          uint64_t in = cfg.blocks[b].live_in[w] | (live & ~(raised ? before : def)[b][w]);
          changed |= in != cfg.blocks[b].live_in[w];
          cfg.blocks[b].live_in[w] = in;
        }
  }
}

}  // namespace

Cfg build_cfg(const CodeObject& code) {
  auto count = static_cast<uint32_t>(code.instructions.size());
  std::vector<bool> leader(count + 1);
  leader[0] = true;
  for (uint32_t at = 0; at < count; ++at) {
    if (!ends_block(code.instructions[at])) continue;
    leader[at + 1] = true;
    for (uint32_t target : following(code, at)) leader[target] = true;
  }
  Cfg cfg;
  cfg.block_of.resize(count);
  for (uint32_t at = 0; at < count; ++at) {
    if (leader[at]) cfg.blocks.push_back({at, at, {}, {}});
    cfg.blocks.back().end = at + 1;
    cfg.block_of[at] = static_cast<uint32_t>(cfg.blocks.size() - 1);
  }
  for (auto& block : cfg.blocks)
    for (uint32_t target : following(code, block.end - 1)) block.successors.push_back(cfg.block_of[target]);
  cfg.definition_count.assign(code.registers.size(), 0);
  for (size_t p = 0; p < code.parameters.size(); ++p) cfg.definition_count[p] = 1;
  for (auto& i : code.instructions) for_registers(code, i, [](int32_t) {}, [&](int32_t r) { ++cfg.definition_count[r]; });
  compute_liveness(code, cfg);
  return cfg;
}

}  // namespace px::jit
