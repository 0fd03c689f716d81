#include "jit/infer/regions.h"

#include <algorithm>
#include <new>

#include "jit/builtins/list.h"
#include "runtime/context.h"

namespace px::jit {

namespace {

enum class Memory : uint8_t { none, refers, list, unknown };

// Whether a value may refer to memory of the arena; list: and may be changed to refer to other memory, which a look at its items finds;
// unknown: of a kind that may be changed to refer to any.
Memory memory_of(const Type* t) {
  switch (t->kind) {
    case TypeKind::none:
    case TypeKind::scalar:
    case TypeKind::complex:
    case TypeKind::range:
    case TypeKind::range_iter:
    case TypeKind::string:
    case TypeKind::dtype:
    case TypeKind::tuple_class:
    case TypeKind::builtin:
    case TypeKind::exception:
    case TypeKind::module:
    case TypeKind::slice:
    case TypeKind::ellipsis:
    case TypeKind::interlocked:
    case TypeKind::python:
    case TypeKind::work:
    case TypeKind::enum_member:
    case TypeKind::choice:
      return Memory::none;
    case TypeKind::array:
    case TypeKind::array_iter:
    case TypeKind::record:
    case TypeKind::records:
      return Memory::refers;
    case TypeKind::list:
      return t->elements.empty() ? Memory::list : std::max(Memory::list, memory_of(t->elements[0]));
    case TypeKind::optional: {
      const Memory held = memory_of(t->elements[0]);
      return held == Memory::list ? Memory::unknown : held;  // there may be no list to look at
    }
    case TypeKind::iterator:
      if (t->text == "shared") return Memory::unknown;  // it changes where it is
      [[fallthrough]];
    case TypeKind::tuple:
    case TypeKind::function:
    case TypeKind::method: {
      Memory most = Memory::none;
      for (auto* e : t->elements) most = std::max(most, memory_of(e));
      return most;
    }
    default:
      return Memory::unknown;
  }
}

constexpr size_t most_roots = 40;

// Calls `each(place, list)` for each address that a value of this kind has, `offset` slots into its run; `list`: its type, where it is a
// list's.
template <class Each>
void for_addresses(const Type* t, uint32_t offset, Each each) {
  if (memory_of(t) == Memory::none) return;
  if (t->kind == TypeKind::list) return each(offset, t);
  if (t->kind == TypeKind::array || t->kind == TypeKind::array_iter || t->is_record() || t->is_records())
    return each(offset + array_data_slot, nullptr);
  // What such a value has of its own comes before its elements.
  uint32_t own = t->slots;
  for (auto* e : t->elements) own -= e->slots;
  offset += own;
  for (auto* e : t->elements) {
    for_addresses(e, offset, each);
    offset += e->slots;
  }
}

// Instructions that give what was there already.
bool only_passes_on(Opcode op) {
  switch (op) {
    case Opcode::constant_:
    case Opcode::global_:
    case Opcode::move_:
    case Opcode::getattr_:
    case Opcode::getitem_:
    case Opcode::build_tuple_:
    case Opcode::build_slice_:
    case Opcode::unpack_:
    case Opcode::unpack_star_:
    case Opcode::make_function_:
    case Opcode::iter_:
    case Opcode::next_:
      return true;
    default:
      return false;
  }
}

}  // namespace

Regions::Regions(Inference& inference) : inference_(inference) {
  auto& cfg = inference.cfg();
  for (uint32_t b = 0; b < cfg.blocks.size() && !allocates_; ++b) {
    if (!inference.entry(b).reached) continue;
    for (uint32_t at = cfg.blocks[b].begin; at < cfg.blocks[b].end; ++at) allocates_ = allocates_ || makes_memory(at);
  }
  if (!allocates_) return;
  const auto count = static_cast<uint32_t>(cfg.blocks.size());
  std::vector<std::vector<uint32_t>> before(count);
  for (uint32_t b = 0; b < count; ++b)
    for (uint32_t s : cfg.blocks[b].successors)
      if (inference.entry(b).reached) before[s].push_back(b);
  for (uint32_t header = 1; header < count; ++header) {
    Region region{header, std::vector<bool>(count), {}};
    std::vector<uint32_t> todo;
    for (uint32_t b : before[header])
      if (b >= header) todo.push_back(b);
    if (todo.empty()) continue;
    region.body[header] = true;
    while (!todo.empty()) {
      uint32_t b = todo.back();
      todo.pop_back();
      if (region.body[b]) continue;
      region.body[b] = true;
      todo.insert(todo.end(), before[b].begin(), before[b].end());
    }
    if (region.body[0]) continue;  // entered elsewhere than at its header
    bool makes = false;
    for (uint32_t b = 0; b < count && !makes; ++b)
      for (uint32_t at = cfg.blocks[b].begin; region.body[b] && at < cfg.blocks[b].end; ++at) makes = makes || makes_memory(at);
    if (makes && find_kept(region)) regions_.push_back(std::move(region));
  }
}

bool Regions::makes_memory(uint32_t at) const {
  auto& i = inference_.code().instructions[at];
  auto& plan = inference_.plan(at);
  if (plan.allocates) return true;
  if (only_passes_on(i.op)) return false;
  if (i.op == Opcode::inplace_ && plan.results[0].type && plan.results[0].type->is_array()) return false;  // its operand
  for (auto* callee : plan.callees)
    if (!callee->typed || callee->typed->allocates) return true;  // without typed code: in a recursive cycle
  return std::ranges::any_of(plan.results, [](const Argument& r) { return r.type && memory_of(r.type) != Memory::none; });
}

// What is needed: registers that the next round reads and that this one may have set, and every list that it reads, which may have grown.
// A list that no register has any more may still be the caller's, who gets back what it handed over.
bool Regions::find_kept(Region& region) const {
  auto& cfg = inference_.cfg();
  auto& code = inference_.code();
  std::vector<bool> set(code.registers.size());
  bool has_lists = false;
  auto note = [&](const Argument& a) { has_lists = has_lists || (a.type && memory_of(a.type) >= Memory::list); };
  for (uint32_t b = 0; b < cfg.blocks.size(); ++b) {
    if (!region.body[b] || !inference_.entry(b).reached) continue;
    std::ranges::for_each(inference_.entry(b).registers, note);
    for (uint32_t at = cfg.blocks[b].begin; at < cfg.blocks[b].end; ++at) {
      std::ranges::for_each(inference_.plan(at).results, note);
      auto& i = code.instructions[at];
      auto operands = code.operands_of(i);
      bool same = i.op == Opcode::inplace_ && operands[0] == operands[2];  // an array stays where it is
      if (same && inference_.plan(at).results[0].type && inference_.plan(at).results[0].type->is_array()) continue;
      for_registers(code, i, [](int32_t) {}, [&](int32_t reg) { set[static_cast<size_t>(reg)] = true; });
    }
  }
  auto keep = [&](const Type* type, int32_t reg, bool entered) {
    for_addresses(type, 0, [&](uint32_t at, const Type* list) { region.kept.push_back({reg, type, at, list, entered}); });
  };
  auto& next = inference_.entry(region.header);
  for (size_t r = 0; r < next.registers.size(); ++r) {
    const Type* type = next.registers[r].type;
    if (!type) continue;
    const Memory memory = memory_of(type);
    if (memory == Memory::unknown || (memory == Memory::list && next.maybe_unset[r])) return false;
    if (memory == Memory::list || (memory == Memory::refers && set[r])) keep(type, static_cast<int32_t>(r), false);
  }
  auto& parameters = inference_.spec().parameters;
  for (size_t p = 0; has_lists && p < parameters.size(); ++p) {
    const Memory memory = memory_of(parameters[p]);
    if (memory == Memory::unknown) return false;
    if (memory == Memory::list) keep(parameters[p], static_cast<int32_t>(p), true);
  }
  return region.kept.size() <= most_roots;
}

std::optional<Regions::Crossing> Regions::crossing(uint32_t from, uint32_t to) const {
  for (uint32_t k = 0; k < regions_.size(); ++k)
    if (regions_[k].header == to) return Crossing{k, !regions_[k].body[from]};
  return {};
}

int32_t region_mark(const uint64_t*, uint64_t* result) {
  const auto& arena = runtime::Context::current()->arena;
  const auto mark = arena.mark();
  result[0] = mark.serial;
  result[1] = reinterpret_cast<uint64_t>(mark.next);
  result[2] = mark.carved;
  result[3] = arena.bytes() + arena.sweep_after();
  return 0;
}

int32_t region_release(const uint64_t* x, uint64_t*) {
  runtime::Context::current()->arena.release({x[0], reinterpret_cast<char*>(x[1]), x[2]});
  return 0;
}

namespace {

// The addresses that a list has, its items' included. False where there are more than `most`: it is in itself many times.
bool trace(uint64_t address, const Type* list, size_t most, std::vector<uint64_t>& out) {
  auto* header = reinterpret_cast<const ListHeader*>(address);
  if (!header) return true;
  out.insert(out.end(), {address, reinterpret_cast<uint64_t>(header->items)});
  const Type* item = list->elements.empty() ? nullptr : list->elements[0];
  if (!item || memory_of(item) == Memory::none) return out.size() <= most;
  bool all = true;
  const uint64_t* slots = header->items;
  for (int64_t k = 0; all && k < header->size; ++k, slots += item->slots) {
    for_addresses(item, 0, [&](uint32_t at, const Type* inner) {
      if (inner) {
        all = all && trace(slots[at], inner, most, out);
      } else {
        out.push_back(slots[at]);
      }
    });
    all = all && out.size() <= most;
  }
  return all;
}

}  // namespace

int32_t region_sweep(const uint64_t* x, uint64_t* result) {
  auto& arena = runtime::Context::current()->arena;
  *result = x[3];
  if (arena.bytes() < x[3]) return 0;
  const uint64_t* at = x + mark_slots + 2;
  const uint64_t *lists = at + x[mark_slots], *end = lists + 2 * x[mark_slots + 1];
  try {
    std::vector<uint64_t> addresses(at, lists);
    const size_t most = arena.bytes() / sizeof(uint64_t) + 2 * most_roots;
    bool all = true;
    for (; all && lists < end; lists += 2) all = trace(lists[0], reinterpret_cast<const Type*>(lists[1]), most, addresses);
    if (all) arena.sweep({x[0], reinterpret_cast<char*>(x[1]), x[2]}, addresses);
  } catch (const std::bad_alloc&) {  // then what is there stays
  }
  // In proportion to what is left, so that looking costs a part of making at most.
  *result = arena.bytes() + std::max(arena.sweep_after(), arena.bytes() / 2);
  return 0;
}

}  // namespace px::jit
