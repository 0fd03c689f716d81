// The assembler: typed code → basic blocks → clean-up → tiles → threaded code.
#include <algorithm>
#include <cstring>

#include "jit/flow/optimise.h"
#include "jit/interp/interp.h"
#include "jit/interp/profile.h"
#include "jit/interp/program.h"
#include "jit/interp/tile.h"

namespace px::jit::interp {

using namespace flow;
using typed::Instr;
using typed::Op;

namespace {

constexpr Key key_nothing = key_node(Tag::nothing, 0);
constexpr size_t longest_join = 4;  // statements in one instruction

class Encoder {
 public:
  Encoder(const Flow& flow, Program& program, std::string* listing)
      : flow_(flow), program_(program), listing_(listing), position_(flow.blocks.size(), UINT32_MAX), starts_(flow.blocks.size()) {
    for (uint32_t i = 0; i < flow.layout.size(); ++i) position_[flow.layout[i]] = i;
  }

  void encode() {
    encode_blocks();
    flow::Nest nest = flow::find_nest(flow_);
    program_.loop_count = static_cast<uint32_t>(nest.loops.size());
    program_.loops = std::make_unique<ProgramLoop[]>(nest.loops.size());
    for (size_t i = 0; i < nest.loops.size(); ++i) {
      const flow::NestedLoop& from = nest.loops[i];
      ProgramLoop& to = program_.loops[i];
      to.header = from.header;
      to.outer = from.outer;
      to.outermost = from.outermost;
      to.offset = starts_[from.header];
      to.handler = program_.code[to.offset];
      to.iterator = from.iterator;
      to.unit = from.unit;
    }
    for (BlockIndex block : flow_.layout) {
      const Instr& last = flow_.blocks[block].last();
      program_.starts.push_back({starts_[block], block, nest.loop_of[block], last.op == Op::guard_ ? starts_[last.target2] : no_handler});
    }
    // An empty block begins where the next one does, which then is what runs there.
    std::ranges::stable_sort(program_.starts, {}, &BlockStart::offset);
  }

 private:
  void encode_blocks() {
    for (uint32_t i = 0; i < flow_.layout.size(); ++i) encode_block(i);
    for (const Jump& jump : jumps_) {
      auto offset = static_cast<int32_t>(static_cast<int64_t>(starts_[jump.target]) - static_cast<int64_t>(jump.instruction));
      std::memcpy(reinterpret_cast<char*>(&program_.code[jump.instruction + 1]) + 2 * jump.lane, &offset, sizeof offset);
    }
  }

  struct Jump {
    uint32_t instruction;
    size_t lane;
    BlockIndex target;
  };

  const Flow& flow_;
  Program& program_;
  std::string* listing_;
  std::vector<uint32_t> position_;  // by block: place in the layout
  std::vector<uint32_t> starts_;    // by block: first word
  std::vector<Jump> jumps_;

  static constexpr BlockIndex no_target = UINT32_MAX;

  void emit(Handler* handler, const Tile& tile, BlockIndex target, const std::string& text) {
    auto start = static_cast<uint32_t>(program_.code.size());
    program_.origins.push_back({start, static_cast<uint32_t>(program_.parts.size())});
    if (tile.parts.empty()) program_.parts.push_back({tile.line, tile.unsigned_index});
    program_.parts.insert(program_.parts.end(), tile.parts.begin(), tile.parts.end());
    program_.code.push_back(reinterpret_cast<uint64_t>(handler));
    program_.code.insert(program_.code.end(), tile.words.begin(), tile.words.end());
    std::vector<uint16_t> lanes = tile.lanes;
    if (target != no_target) {
      jumps_.push_back({start, lanes.size() + 4 * tile.words.size(), target});
      lanes.resize(lanes.size() + 2);
    }
    size_t first = program_.code.size();
    program_.code.resize(first + (lanes.size() + 3) / 4);
    if (!lanes.empty()) std::memcpy(&program_.code[first], lanes.data(), lanes.size() * sizeof(uint16_t));
    if (listing_ != nullptr) {
      *listing_ += "  " + std::to_string(start) + "  " + text;
      if (target != no_target) *listing_ += " -> b" + std::to_string(target);
      *listing_ += "  ; line " + std::to_string(program_.parts[program_.origins.back().first].line) + "\n";
    }
  }
  void emit_statement(const Tile& tile) {
    emit(tile.handler != nullptr ? tile.handler : Registry::instance().find(tile.key), tile, no_target, tile.text);
  }

  bool goes_back(uint32_t from, BlockIndex target) const { return position_[target] <= from; }

  // How a block's end is encoded once its tail of statements may be joined to it: `key_with(statements)` is the key to look up.
  template <class KeyWith>
  void emit_block(const std::vector<Tile>& statements, const Tile* end, KeyWith key_with, BlockIndex target, const std::string& end_text) {
    const Registry& registry = Registry::instance();
    // fewest[i]: instructions for statements i … and the end; length[i]: how many statements the first of them joins.
    size_t count = statements.size();
    std::vector<uint32_t> fewest(count + 1), length(count + 1);
    std::vector<uint8_t> joins_end(count + 1);
    fewest[count] = end != nullptr;
    for (size_t i = count; i-- > 0;) {
      fewest[i] = UINT32_MAX;
      Tile joined = statements[i];
      for (size_t n = 1; n <= longest_join && i + n <= count; ++n) {
        if (n > 1) {
          if (joined.handler != nullptr || statements[i + n - 1].handler != nullptr) break;
          joined = join(joined, statements[i + n - 1]);
        }
        if ((n == 1 || registry.find(joined.key) != nullptr) && fewest[i + n] + 1 < fewest[i]) {
          fewest[i] = fewest[i + n] + 1;
          length[i] = static_cast<uint32_t>(n);
        }
        bool last = end != nullptr && i + n == count && joined.handler == nullptr;
        if (last && 1 < fewest[i] && registry.find(key_with(joined.key)) != nullptr) {
          fewest[i] = 1;
          length[i] = static_cast<uint32_t>(n);
          joins_end[i] = 1;
        }
      }
    }
    for (size_t i = 0; i < count; i += length[i]) {
      Tile joined = statements[i];
      for (size_t n = 1; n < length[i]; ++n) joined = join(joined, statements[i + n]);
      if (!joins_end[i]) {
        emit_statement(joined);
        continue;
      }
      Tile with_end = join(joined, *end);
      return emit(registry.find(key_with(joined.key)), with_end, target, joined.text + "; " + end_text);
    }
    if (end != nullptr) emit(registry.find(key_with(key_nothing)), *end, target, end_text);
  }

  void emit_jump(uint32_t from, BlockIndex target, int32_t line) {
    Tile tile;
    tile.line = line;
    emit(Registry::instance().find(key_node(Tag::jump, goes_back(from, target), key_nothing)), tile, target, "jump");
  }

  void encode_block(uint32_t at) {
    BlockIndex index = flow_.layout[at];
    BlockIndex next = at + 1 < flow_.layout.size() ? flow_.layout[at + 1] : no_target;
    starts_[index] = static_cast<uint32_t>(program_.code.size());
    if (listing_ != nullptr) *listing_ += "b" + std::to_string(index) + ":\n";
    TiledBlock tiled = tile_block(flow_, *program_.function, index, listing_ != nullptr);
    const Instr& last = flow_.blocks[index].last();
    switch (last.op) {
      case Op::guard_:
      case Op::jump_: {
        if (last.target == next) return emit_block(tiled.statements, nullptr, [](Key) { return Key{}; }, no_target, "");
        bool back = goes_back(at, last.target);
        return emit_block(tiled.statements, &tiled.end, [&](Key s) { return key_node(Tag::jump, back, s); }, last.target, "jump");
      }
      case Op::range_next_:
        if (last.aux != unit_step) {
          emit_block(tiled.statements, nullptr, [](Key) { return Key{}; }, no_target, "");
          return encode_range(at, last, tiled.end, next);
        }
        [[fallthrough]];
      case Op::branch_: {
        // Where a range goes round is its second target.
        bool range = last.op == Op::range_next_;
        BlockIndex yes = range ? last.target2 : last.target, no = range ? last.target : last.target2;
        bool when = yes != next;
        BlockIndex target = when ? yes : no, other = when ? no : yes;
        uint32_t detail = when | static_cast<uint32_t>(goes_back(at, target)) << 1;
        Key condition = tiled.end.key;
        emit_block(
            tiled.statements, &tiled.end, [&](Key s) { return key_node(Tag::branch, detail, s, condition); }, target,
            (when ? "if " : "unless ") + tiled.end.text);
        if (other != next) emit_jump(at, other, last.line);
        return;
      }
      case Op::ret_:
        if (last.aux == 1) {
          Key value = tiled.end.key;
          return emit_block(
              tiled.statements, &tiled.end, [&](Key s) { return key_node(Tag::ret, 0, s, value); }, no_target, "return " + tiled.end.text);
        }
        [[fallthrough]];
      default:  // raise
        emit_block(tiled.statements, nullptr, [](Key) { return Key{}; }, no_target, "");
        return emit_statement(tiled.end);
    }
  }

  void encode_range(uint32_t at, const Instr& last, Tile& end, BlockIndex next) {
    if (goes_back(at, last.target2) && last.target2 != next) {
      emit(Registry::instance().find(key_special(Special::range_back)), end, last.target2, end.text + " back");
      if (last.target != next) emit_jump(at, last.target, last.line);
      return;
    }
    emit(end.handler, end, last.target, end.text + " exhausted");
    if (last.target2 != next) emit_jump(at, last.target2, last.line);
  }
};

std::unique_ptr<Program> make_program(const typed::Function& function, Specialisation& owner, std::string* listing) {
  auto program = std::make_unique<Program>();
  program->owner = &owner;
  program->function = &function;
  program->frame_slots = function.frame_slots;
  program->parameter_slots = function.parameter_slots;
  if (function.frame_slots > max_frame_slots) return program;

  Flow flow = build_flow(function);
  optimise(flow);
  find_liveness(flow);
  Encoder(flow, *program, listing).encode();

  std::vector<typed::Constant> constants = function.constants;
  std::sort(constants.begin(), constants.end(), [](const auto& a, const auto& b) { return a.slot < b.slot; });
  for (const typed::Constant& constant : constants) {
    std::vector<uint64_t>& row = program->constants_in_row;
    if (row.empty()) program->constants_first = constant.slot;
    if (constant.slot == program->constants_first + row.size()) {
      row.push_back(constant.bits);
    } else {
      program->constants.push_back(constant);
    }
  }
  return program;
}

}  // namespace

std::unique_ptr<Program> assemble(const typed::Function& function, Specialisation& owner) {
#ifdef PX_INTERP_PROFILE
  std::string listing;
  auto program = make_program(function, owner, &listing);
  profile_program(*program, std::move(listing));
  return program;
#else
  return make_program(function, owner, nullptr);
#endif
}

std::string disassemble(const Program& program) {
  std::string listing;
  make_program(*program.function, *program.owner, &listing);
  return listing;
}

}  // namespace px::jit::interp
