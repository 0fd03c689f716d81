// Moves, copies and values that nobody reads.
#include <algorithm>
#include <unordered_map>

#include "jit/flow/optimise.h"

namespace px::jit::flow {

using typed::Instr;
using typed::Op;
using typed::Slot;

namespace {

constexpr uint32_t longest_split = 4;  // slots; longer runs are arrays, moved as one

bool is_single_move(const Instr& i) {
  return i.op == Op::move_ && i.aux == 1;
}

}  // namespace

void split_moves(Flow& flow) {
  for (BlockIndex b : flow.layout) {
    std::vector<Instr> code;
    for (const Instr& instr : flow.blocks[b].code) {
      bool apart = instr.d + instr.aux <= instr.a || instr.a + instr.aux <= instr.d;
      if (instr.op != Op::move_ || instr.aux < 2 || instr.aux > longest_split || !apart) {
        code.push_back(instr);
        continue;
      }
      for (uint32_t k = 0; k < instr.aux; ++k) {
        Instr move = instr;
        move.d += k;
        move.a += k;
        move.aux = 1;
        code.push_back(move);
      }
    }
    flow.blocks[b].code = std::move(code);
  }
}

void forward_constants(Flow& flow) {
  find_liveness(flow);
  typed::Function& function = *flow.function;
  std::vector<uint32_t> definitions(function.frame_slots + 1);
  for (BlockIndex b : flow.layout) {
    for (const Instr& instr : flow.blocks[b].code) for_each_definition(function, instr, [&](Slot s) { ++definitions[s]; });
  }
  // A slot that is live on entry may be read before its only definition.
  std::unordered_map<Slot, Slot> source;
  for (BlockIndex b : flow.layout) {
    for (const Instr& instr : flow.blocks[b].code) {
      bool once = is_single_move(instr) && definitions[instr.d] == 1 && definitions[instr.a] == 0;
      if (once && instr.d >= function.parameter_slots && !is_live(flow.blocks[0].live_in, instr.d)) source[instr.d] = instr.a;
    }
  }
  if (source.empty()) return;
  for (BlockIndex b : flow.layout) {
    for (Instr& instr : flow.blocks[b].code) {
      rewrite_uses(function, instr, [&](Slot& s) {
        for (auto found = source.find(s); found != source.end(); found = source.find(s)) s = found->second;
      });
    }
  }
}

void forward_copies(Flow& flow) {
  typed::Function& function = *flow.function;
  for (BlockIndex b : flow.layout) {
    std::unordered_map<Slot, Slot> original;  // of a copy that still equals it
    for (Instr& instr : flow.blocks[b].code) {
      rewrite_uses(function, instr, [&](Slot& s) {
        if (auto found = original.find(s); found != original.end()) s = found->second;
      });
      for_each_definition(function, instr, [&](Slot d) {
        original.erase(d);
        std::erase_if(original, [&](const auto& pair) { return pair.second == d; });
      });
      if (is_single_move(instr) && instr.d != instr.a) original[instr.d] = instr.a;
    }
  }
}

void coalesce_moves(Flow& flow) {
  find_liveness(flow);
  typed::Function& function = *flow.function;
  for (BlockIndex b : flow.layout) {
    Block& block = flow.blocks[b];
    std::vector<Instr>& code = block.code;
    for (size_t j = 0; j < code.size(); ++j) {
      if (!is_single_move(code[j])) continue;
      Slot from = code[j].a, to = code[j].d;
      if (from == to) continue;
      // The definition of `from`, nothing since having touched either slot; and nothing afterwards reads `from`.
      auto touches = [&](const Instr& instr, Slot slot) {
        bool found = false;
        for_each_use(function, instr, [&](Slot s) { found |= s == slot; });
        for_each_definition(function, instr, [&](Slot s) { found |= s == slot; });
        return found;
      };
      size_t i = j;
      bool reached = false;
      while (i-- > 0 && !reached) {
        bool defines = false;
        for_each_definition(function, code[i], [&](Slot s) { defines |= s == from; });
        if (defines) {
          reached = true;
          break;
        }
        if (touches(code[i], from) || touches(code[i], to)) break;
      }
      if (!reached) continue;
      bool call = (code[i].op == Op::call_ && function.calls[code[i].aux].result_slots == 1) ||
                  (code[i].op == Op::runtime_ && function.runtime_calls[code[i].aux].result_slots == 1);
      if (!yields_value(code[i].op) && !is_single_move(code[i]) && !call) continue;
      bool read_later = false, redefined = false;
      for (size_t k = j + 1; k < code.size() && !redefined && !read_later; ++k) {
        for_each_use(function, code[k], [&](Slot s) { read_later |= s == from; });
        for_each_definition(function, code[k], [&](Slot s) { redefined |= s == from && code[k].op != Op::range_next_; });
      }
      if (read_later || (!redefined && is_live(block.live_out, from))) continue;
      if (code[i].op == Op::call_) {
        function.calls[code[i].aux].result = to;
      } else if (code[i].op == Op::runtime_) {
        function.runtime_calls[code[i].aux].result = to;
      } else {
        code[i].d = to;
      }
      code.erase(code.begin() + static_cast<ptrdiff_t>(j));
      --j;
    }
  }
}

void drop_dead(Flow& flow) {
  find_liveness(flow);
  typed::Function& function = *flow.function;
  for (BlockIndex b : flow.layout) {
    Block& block = flow.blocks[b];
    std::vector<uint64_t> live = block.live_out;
    std::vector<Instr> kept;
    for (size_t j = block.code.size(); j-- > 0;) {
      const Instr& instr = block.code[j];
      bool wanted = !is_pure(function, instr);
      for_each_definition(function, instr, [&](Slot s) { wanted |= is_live(live, s); });
      if (!wanted || (is_single_move(instr) && instr.a == instr.d)) continue;
      if (instr.op != Op::range_next_) for_each_definition(function, instr, [&](Slot s) { live[s / 64] &= ~(uint64_t{1} << s % 64); });
      for_each_use(function, instr, [&](Slot s) { live[s / 64] |= uint64_t{1} << s % 64; });
      kept.push_back(instr);
    }
    std::reverse(kept.begin(), kept.end());
    block.code = std::move(kept);
  }
}

}  // namespace px::jit::flow
