// Tiling: a block's instructions become handlers, as large as the registry has them. A value used once is computed where it is used
// ("absorbed"), so that it needs no slot.
#pragma once

#include <string>
#include <vector>

#include "jit/flow/flow.h"
#include "jit/interp/program.h"
#include "jit/interp/registry.h"

namespace px::jit::interp {

using flow::BlockIndex;
using flow::Flow;

// A piece of an instruction: an expression, a statement, or one of the special handlers.
struct Tile {
  Key key = 0;
  std::vector<uint16_t> lanes;
  std::vector<uint64_t> words;     // specials: between the handler and the lanes
  Handler* handler = nullptr;      // specials: known at once
  std::vector<uint32_t> absorbed;  // indices in the block, in the order of evaluation, the root not among them
  std::string text;                // for people
  // A single statement's line: what may fail in it has to be of one line and one signedness of indices.
  int32_t line = 0;
  bool fails = false, unsigned_index = false;
  std::vector<Origin> parts;  // of joined statements
};

// What a block becomes. `end` is the last instruction: the condition of a branch, the whole of ret and raise.
struct TiledBlock {
  std::vector<Tile> statements;
  Tile end;
};

// `original` is the typed function that the flow was made of; `text` asks for texts.
TiledBlock tile_block(const Flow&, const typed::Function& original, BlockIndex, bool text);

// `a` then `b` as one statement, for whose key there may be no handler. Neither may be special.
Tile join(const Tile& a, const Tile& b);

}  // namespace px::jit::interp
