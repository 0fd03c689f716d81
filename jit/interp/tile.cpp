#include "jit/interp/tile.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace px::jit::interp {

using namespace flow;
using typed::Access;
using typed::Instr;
using typed::Op;
using typed::Slot;

namespace {

constexpr std::string_view op_names[] = {
#define PX_TYPED_OP(name, kinds, doc) #name,
#include "jit/typed/ops.def"
#undef PX_TYPED_OP
};
constexpr size_t max_variants = 96;
constexpr uint32_t none = UINT32_MAX;

std::string operation_name(const Instr& instr) {
  std::string name(op_names[static_cast<size_t>(instr.op)]);
  if (instr.op == Op::convert_) return std::string(numpy_name(instr.to)) + "<-" + std::string(numpy_name(instr.kind));
  return name + "." + std::string(numpy_name(instr.kind));
}

void add_pointer(std::vector<uint16_t>& lanes, const void* pointer) {
  uint16_t parts[4];
  std::memcpy(parts, &pointer, sizeof parts);
  lanes.insert(lanes.end(), parts, parts + 4);
}

AccessMode mode_of(const Access& access) {
  const Type& type = *access.type;
  bool contiguous = type.layout == Layout::c;
  Reach reach = type.ndim == 1   ? (contiguous ? Reach::c1 : Reach::s1)
                : type.ndim == 2 ? (contiguous ? Reach::c2 : Reach::g2)
                : type.ndim == 3 ? Reach::g3
                                 : Reach::gn;
  return {type.scalar, reach, access.bounds_check, access.wraparound && !access.index_unsigned};
}

class BlockTiler {
 public:
  BlockTiler(const Flow& flow, const typed::Function& original, BlockIndex index, bool text)
      : function_(*flow.function), original_(original), block_(flow.blocks[index]), code_(block_.code), text_(text), taken_(code_.size()) {
    find_single_uses();
  }

  TiledBlock tile() {
    TiledBlock result;
    result.end = tile_end();
    for (uint32_t j = static_cast<uint32_t>(code_.size()) - 1; j-- > 0;) {
      if (!taken_[j]) result.statements.push_back(tile_statement(j));
    }
    std::reverse(result.statements.begin(), result.statements.end());
    return result;
  }

 private:
  const typed::Function& function_;
  const typed::Function& original_;  // lives as long as the program
  const Block& block_;
  const std::vector<Instr>& code_;
  bool text_;
  std::vector<uint8_t> taken_;                    // by instruction: absorbed into a later one
  std::vector<uint32_t> single_use_;              // by instruction: the only one that uses its value, or none
  std::vector<std::array<uint32_t, 6>> sources_;  // by instruction: who defines operands a, b and the indices, or none

  void find_single_uses() {
    std::vector<uint32_t> defined(function_.frame_slots, none), uses(code_.size());
    single_use_.assign(code_.size(), none);
    sources_.assign(code_.size(), {none, none, none, none, none, none});
    for (uint32_t j = 0; j < code_.size(); ++j) {
      const Instr& instr = code_[j];
      for_each_use(function_, instr, [&](Slot s) {
        uint32_t i = defined[s];
        if (i == none) return;
        ++uses[i];
        single_use_[i] = j;
      });
      auto source = [&](Slot s) { return s == typed::no_slot ? none : defined[s]; };
      if (instr.op == Op::load_ || instr.op == Op::store_) {
        const Access& access = function_.accesses[instr.aux];
        for (size_t k = 0; k < access.index.size() && k < 3; ++k) sources_[j][2 + k] = source(access.index[k]);
        if (instr.op == Op::store_) sources_[j][0] = source(instr.a);
      } else if (instr.op != Op::call_ && instr.op != Op::runtime_ && instr.op != Op::raise_ && instr.op != Op::jump_ &&
                 instr.op != Op::guard_) {
        if (instr.op != Op::ret_ || instr.aux == 1) sources_[j][0] = source(instr.a);
        sources_[j][1] = source(instr.b);
      }
      // A range that is exhausted leaves its variable as it was.
      if (instr.op != Op::range_next_) for_each_definition(function_, instr, [&](Slot s) { defined[s] = j; });
    }
    for (uint32_t i = 0; i < code_.size(); ++i) {
      // Both operands of one operation are one use: see Tag::square.
      uint32_t user = single_use_[i];
      bool twice = uses[i] == 2 && yields_value(code_[user].op) && code_[user].op != Op::load_ && code_[user].a == code_[user].b;
      bool once = uses[i] == 1 || twice;
      bool escapes = !once || !yields_value(code_[i].op) || (is_live(block_.live_out, code_[i].d) && defined[code_[i].d] == i);
      if (escapes) single_use_[i] = none;
    }
  }

  Tile leaf(Slot slot) const {
    Tile tile;
    tile.key = key_slot;
    tile.lanes.push_back(static_cast<uint16_t>(slot));
    if (text_) tile.text = slot_text(slot);
    return tile;
  }
  std::string slot_text(Slot slot) const {
    std::string text = "s" + std::to_string(slot);
    if (slot < function_.slot_names.size() && !function_.slot_names[slot].empty()) text += ":" + function_.slot_names[slot];
    return text;
  }

  static bool take(Tile& into, const Tile& part) {
    if (part.fails) {
      if (into.fails && (into.line != part.line || into.unsigned_index != part.unsigned_index)) return false;
      into.fails = true;
      into.line = part.line;
      into.unsigned_index = part.unsigned_index;
    }
    into.lanes.insert(into.lanes.end(), part.lanes.begin(), part.lanes.end());
    into.absorbed.insert(into.absorbed.end(), part.absorbed.begin(), part.absorbed.end());
    return true;
  }

  // Tiles for the value in `slot` as instruction j's operand, the definition (if any) being `source`.
  std::vector<Tile> operand(Slot slot, uint32_t source, uint32_t j, int depth) const {
    std::vector<Tile> variants{leaf(slot)};
    if (depth > 0 && source != none && single_use_[source] == j && !taken_[source]) {
      for (Tile& tile : value(source, depth - 1)) {
        tile.absorbed.push_back(source);
        variants.push_back(std::move(tile));
      }
    }
    return variants;
  }

  void finish(Tile& tile, const Instr& instr, std::vector<Tile>& out) const {
    bool fails = may_fail(function_, instr);
    bool is_access = instr.op == Op::load_ || instr.op == Op::store_;
    bool is_unsigned = is_access && function_.accesses[instr.aux].index_unsigned;
    if (fails && tile.fails && (tile.line != instr.line || tile.unsigned_index != is_unsigned)) return;
    if (fails) tile.unsigned_index = is_unsigned;
    if (fails || !tile.fails) tile.line = instr.line;
    tile.fails |= fails;
    if (out.size() < max_variants) out.push_back(std::move(tile));
  }

  // All tiles for the value that instruction j computes.
  std::vector<Tile> value(uint32_t j, int depth) const {
    const Instr& instr = code_[j];
    std::vector<Tile> out;
    if (instr.op == Op::load_) {
      const Access& access = function_.accesses[instr.aux];
      AccessMode mode = mode_of(access);
      if (mode.reach == Reach::gn) return out;
      places(j, access, depth, [&](Tile tile, const std::array<Key, 3>& keys) {
        tile.key = key_node(Tag::load, mode.detail(), keys[0], keys[1], keys[2]);
        finish(tile, instr, out);
      });
      return out;
    }
    bool two = instr.b != typed::no_slot;
    if (two && instr.a == instr.b && instr.op != Op::call_math2_) {
      for (Tile& a : operand(instr.a, sources_[j][0], j, depth)) {
        if (a.key == key_slot) continue;  // two lanes do as well
        Tile tile;
        take(tile, a);
        tile.key = key_node(Tag::square, operation_detail(instr.op, instr.kind), a.key);
        if (text_) tile.text = operation_name(instr) + "(" + a.text + " twice)";
        if (!may_fail(function_, instr)) finish(tile, instr, out);
      }
    }
    std::vector<Tile> first = operand(instr.a, sources_[j][0], j, two && instr.a == instr.b ? 0 : depth);
    std::vector<Tile> second;
    if (two) second = operand(instr.b, sources_[j][1], j, instr.a == instr.b ? 0 : depth);
    for (const Tile& a : first) {
      if (!two) {
        Tile tile;
        take(tile, a);
        tile.key = operation_key(instr, a.key, 0, tile.lanes);
        if (text_) tile.text = operation_name(instr) + "(" + a.text + ")";
        finish(tile, instr, out);
        continue;
      }
      for (const Tile& b : second) {
        Tile tile;
        if (!take(tile, a) || !take(tile, b)) continue;
        tile.key = operation_key(instr, a.key, b.key, tile.lanes);
        if (text_) tile.text = operation_name(instr) + "(" + a.text + ", " + b.text + ")";
        finish(tile, instr, out);
      }
    }
    return out;
  }

  Key operation_key(const Instr& instr, Key a, Key b, std::vector<uint16_t>& lanes) const {
    if (instr.op == Op::call_math1_ || instr.op == Op::call_math2_) {
      add_pointer(lanes, function_.pointers[instr.aux]);
      return key_node(instr.op == Op::call_math1_ ? Tag::math1 : Tag::math2, static_cast<uint32_t>(instr.kind), a, b);
    }
    bool division = instr.op == Op::truediv_ || instr.op == Op::floordiv_ || instr.op == Op::mod_;
    Scalar to = instr.op == Op::convert_ ? instr.to : Scalar::i64;
    return key_operation(operation_detail(instr.op, instr.kind, to, division && instr.aux != 0), a, b);
  }

  // Calls visit(tile, index keys) for each way to compute the indices; the tile has the lanes of the place.
  template <class Visit>
  void places(uint32_t j, const Access& access, int depth, Visit visit) const {
    std::vector<Tile> index[3];
    size_t axes = access.index.size();
    for (size_t k = 0; k < 3; ++k) {
      index[k] = k < axes ? operand(access.index[k], sources_[j][2 + k], j, access.index_unsigned ? 0 : depth) : std::vector<Tile>(1);
    }
    for (const Tile& x : index[0]) {
      for (const Tile& y : index[1]) {
        for (const Tile& z : index[2]) {
          Tile tile;
          tile.lanes.push_back(static_cast<uint16_t>(access.array));
          if (!take(tile, x) || !take(tile, y) || !take(tile, z)) continue;
          if (text_) {
            tile.text = slot_text(access.array) + "[" + x.text;
            if (axes > 1) tile.text += ", " + y.text;
            if (axes > 2) tile.text += ", " + z.text;
            tile.text += access.bounds_check ? "]" : "] unchecked";
          }
          visit(std::move(tile), {x.key, y.key, z.key});
        }
      }
    }
  }

  // May everything that `tile` absorbed be done at instruction j instead of where it stands?
  bool movable(const Tile& tile, uint32_t j) const {
    if (tile.absorbed.empty()) return true;
    uint32_t last_failing = 0;
    auto absorbed = [&](uint32_t k) { return std::find(tile.absorbed.begin(), tile.absorbed.end(), k) != tile.absorbed.end(); };
    for (uint32_t i : tile.absorbed) {
      bool fails = may_fail(function_, code_[i]), loads = code_[i].op == Op::load_;
      if (fails) {
        if (i < last_failing) return false;
        last_failing = i;
      }
      for (uint32_t k = i + 1; k < j; ++k) {
        const Instr& between = code_[k];
        if (!absorbed(k)) {
          if (loads && writes_memory(between)) return false;
          if (fails && (writes_memory(between) || may_fail(function_, between))) return false;
        }
        bool changes_operand = false;
        for_each_definition(function_, between,
                            [&](Slot d) { for_each_use(function_, code_[i], [&](Slot u) { changes_operand |= d == u; }); });
        if (changes_operand && !absorbed(k)) return false;
      }
    }
    return true;
  }

  // The largest of `variants` that has a handler and may be done at j.
  template <class KeyOf>
  const Tile* choose(const std::vector<Tile>& variants, uint32_t j, KeyOf key_of) const {
    const Tile* best = nullptr;
    for (const Tile& tile : variants) {
      if (best != nullptr && tile.absorbed.size() <= best->absorbed.size()) continue;
      if (Registry::instance().find(key_of(tile)) != nullptr && movable(tile, j)) best = &tile;
    }
    return best;
  }

  void mark_taken(const Tile& tile) {
    for (uint32_t i : tile.absorbed) taken_[i] = 1;
  }

  Tile special(Special which, const Instr& instr, std::vector<uint16_t> lanes, uint32_t detail = 0) const {
    Tile tile;
    tile.handler = Registry::instance().find(key_special(which, detail));
    tile.lanes = std::move(lanes);
    tile.line = instr.line;
    tile.fails = true;
    if (text_) {
      tile.text = operation_name(instr);
      for (uint16_t lane : tile.lanes) tile.text += " " + std::to_string(lane);
    }
    return tile;
  }

  static uint16_t lane(Slot slot) { return static_cast<uint16_t>(slot); }

  Tile tile_access_n(const Instr& instr) const {
    const Access& access = function_.accesses[instr.aux];
    bool load = instr.op == Op::load_;
    int flags = access.bounds_check | (access.wraparound && !access.index_unsigned) << 1;
    std::vector<uint16_t> lanes{lane(load ? instr.d : instr.a), lane(access.array), access.type->ndim, static_cast<uint16_t>(flags)};
    for (Slot s : access.index) lanes.push_back(lane(s));
    Tile tile = special(load ? Special::load_n : Special::store_n, instr, lanes, static_cast<uint32_t>(access.type->scalar));
    tile.unsigned_index = access.index_unsigned;
    return tile;
  }

  template <class Called>
  Tile tile_call(const Instr& instr, Special which, const Called& call, uint64_t callee) const {
    std::vector<uint16_t> lanes{lane(call.result_slots ? call.result : 0), lane(function_.frame_slots),
                                lane(static_cast<Slot>(call.arguments.size()))};
    for (Slot s : call.arguments) lanes.push_back(lane(s));
    Tile tile = special(which, instr, lanes);
    tile.words.push_back(callee);
    return tile;
  }

  Tile tile_store(uint32_t j) {
    const Instr& instr = code_[j];
    const Access& access = function_.accesses[instr.aux];
    AccessMode mode = mode_of(access);
    if (mode.reach == Reach::gn) return tile_access_n(instr);
    std::vector<Tile> variants;
    std::vector<Tile> values = operand(instr.a, sources_[j][0], j, 3);
    for (const Tile& v : values) {
      places(j, access, 2, [&](const Tile& at, const std::array<Key, 3>& keys) {
        Tile tile;
        if (!take(tile, v) || !take(tile, at)) return;
        tile.key = key_node(Tag::store, mode.detail(), v.key, key_node(Tag::nothing, 1, keys[0], keys[1], keys[2]));
        if (text_) tile.text = at.text + " = " + v.text;
        finish(tile, instr, variants);
      });
    }
    return choose_statement(variants, j);
  }

  Tile choose_statement(const std::vector<Tile>& variants, uint32_t j) {
    const Tile* best = choose(variants, j, [](const Tile& t) { return t.key; });
    mark_taken(*best);
    return *best;
  }

  Tile tile_statement(uint32_t j) {
    const Instr& instr = code_[j];
    switch (instr.op) {
      case Op::move_: {
        if (instr.aux != 1) return special(Special::move_n, instr, {lane(instr.a), lane(instr.d), lane(instr.aux)});
        Tile tile = leaf(instr.a);
        tile.key = key_node(Tag::set, 0, key_slot);
        tile.lanes.push_back(lane(instr.d));
        tile.line = instr.line;
        if (text_) tile.text = slot_text(instr.d) + " = " + tile.text;
        return tile;
      }
      case Op::range_init_:
        if (instr.aux == unit_step) return special(Special::unit_init, instr, {lane(instr.d), lane(instr.a), lane(instr.b)});
        return special(Special::range_init, instr, {lane(instr.d), lane(instr.a)}, static_cast<uint32_t>(instr.kind));
      case Op::call_: {
        const typed::Call& call = function_.calls[instr.aux];
        return tile_call(instr, Special::call, call, reinterpret_cast<uint64_t>(call.callee));
      }
      case Op::runtime_: {
        const typed::RuntimeCall& call = function_.runtime_calls[instr.aux];
        return tile_call(instr, Special::runtime, call, reinterpret_cast<uint64_t>(call.function));
      }
      case Op::store_:
        return tile_store(j);
      case Op::load_:
        if (mode_of(function_.accesses[instr.aux]).reach == Reach::gn) return tile_access_n(instr);
        break;
      default:
        break;
    }
    std::vector<Tile> variants = value(j, 3);
    for (Tile& tile : variants) {
      tile.key = key_node(Tag::set, 0, tile.key);
      tile.lanes.push_back(lane(instr.d));
      if (text_) tile.text = slot_text(instr.d) + " = " + tile.text;
    }
    return choose_statement(variants, j);
  }

  // A range of step 1 going round is a condition with an effect, and so joins with the statements before it.
  Tile tile_unit_next(const Instr& instr) const {
    Tile tile;
    tile.key = key_node(Tag::next, static_cast<uint32_t>(instr.kind));
    tile.lanes = {lane(instr.a), lane(instr.d)};
    tile.line = instr.line;
    if (text_) tile.text = slot_text(instr.d) + " has a next in s" + std::to_string(instr.a);
    return tile;
  }

  Tile tile_return(uint32_t j) {
    std::vector<Tile> variants = operand(code_[j].a, sources_[j][0], j, 3);
    const Tile* best = choose(variants, j, [](const Tile& t) { return key_node(Tag::ret, 0, key_node(Tag::nothing, 0), t.key); });
    mark_taken(*best);
    Tile tile = *best;
    if (!tile.fails) tile.line = code_[j].line;
    return tile;
  }

  Tile tile_end() {
    auto j = static_cast<uint32_t>(code_.size()) - 1;
    const Instr& instr = code_[j];
    switch (instr.op) {
      case Op::branch_: {
        std::vector<Tile> variants = operand(instr.a, sources_[j][0], j, 4);
        const Tile* best = choose(variants, j, [](const Tile& t) { return key_node(Tag::branch, 1, key_node(Tag::nothing, 0), t.key); });
        mark_taken(*best);
        Tile tile = *best;
        if (!tile.fails) tile.line = instr.line;
        return tile;
      }
      case Op::range_next_:
        if (instr.aux == unit_step) return tile_unit_next(instr);
        return special(Special::range_next, instr, {lane(instr.d), lane(instr.a)});
      case Op::ret_:
        if (instr.aux == 0) return special(Special::ret0, instr, {});
        if (instr.aux == 1) return tile_return(j);
        return special(Special::ret_n, instr, {lane(instr.a), lane(instr.aux)});
      case Op::raise_: {
        Tile tile = special(Special::raise, instr, {});
        tile.words.push_back(reinterpret_cast<uint64_t>(&original_.raises[instr.aux]));
        return tile;
      }
      default: {
        Tile tile;
        tile.line = instr.line;
        return tile;
      }
    }
  }
};

}  // namespace

TiledBlock tile_block(const Flow& flow, const typed::Function& original, BlockIndex index, bool text) {
  return BlockTiler(flow, original, index, text).tile();
}

Tile join(const Tile& a, const Tile& b) {
  Tile both = a;
  if (both.parts.empty()) both.parts.push_back({a.line, a.unsigned_index});
  both.parts.push_back({b.line, b.unsigned_index});
  both.lanes.insert(both.lanes.end(), b.lanes.begin(), b.lanes.end());
  both.key = key_node(Tag::sequence, 0, a.key, b.key);
  if (!b.text.empty()) both.text = a.text + "; " + b.text;
  return both;
}

}  // namespace px::jit::interp
