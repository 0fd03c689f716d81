#include "jit/infer/races.h"

#include <array>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "jit/builtins/fancy.h"
#include "jit/builtins/strided.h"
#include "jit/library.h"
#include "runtime/context.h"

namespace px::jit {

using typed::Slot;

namespace {

struct Access {
  uint64_t context = 0;  // its number; 0: nobody's
  const Function* function = nullptr;
  int32_t line = 0;
};
struct Element {
  Access writer, reader, other_reader;  // the last to write; the first to read, and the first to do so in another context
};

// By address, in shards so that workers rarely wait for each other.
struct Shard {
  std::mutex mutex;
  std::unordered_map<uint64_t, Element> elements;
};
std::array<Shard, 64>& shards() {
  static auto& all = *new std::array<Shard, 64>;
  return all;
}

std::string place(const Access& touch) {
  const CodeObject& code = touch.function->code();
  return code.file + ":" + std::to_string(code.first_line + touch.line) + " in " + code.name;
}

// What comes before what, of contexts with children: a number's two predecessors, which are smaller. Others have none.
struct Order {
  std::mutex mutex;
  std::unordered_map<uint64_t, std::array<uint64_t, 2>> before;
  std::atomic<bool> some{false};  // any thread, relaxed: set before a number of it is in use
};
Order& order() {
  static auto& the = *new Order;
  return the;
}

// Whether what was done as number `a` is over when `b` begins.
bool comes_before(uint64_t a, uint64_t b) {
  if (a == b) return true;
  Order& o = order();
  if (!o.some.load(std::memory_order_relaxed)) return false;
  std::lock_guard lock(o.mutex);
  std::vector<uint64_t> todo{b};
  std::unordered_set<uint64_t> seen;
  while (!todo.empty()) {
    const auto place = o.before.find(todo.back());
    todo.pop_back();
    if (place == o.before.end()) continue;
    for (uint64_t n : place->second) {
      if (n == a) return true;
      if (n > a && seen.insert(n).second) todo.push_back(n);
    }
  }
  return false;
}

uint64_t number_after(uint64_t first, uint64_t second = 0) {
  const uint64_t made = next_context_number();
  Order& o = order();
  std::lock_guard lock(o.mutex);
  o.before[made] = {first, second};
  o.some.store(true, std::memory_order_relaxed);
  return made;
}

// False, and the exception set, where another context has touched the element.
bool note(runtime::Context& context, uint64_t address, const Access& now, bool writes) {
  Access before;
  bool before_wrote = false;
  {
    Shard& shard = shards()[(address >> 6) * 0x9e3779b97f4a7c15u >> 58];
    std::lock_guard lock(shard.mutex);
    Element& e = shard.elements[address];
    auto clashes = [&](const Access& other) { return other.context && !comes_before(other.context, now.context); };
    if (clashes(e.writer)) {
      before = e.writer;
      before_wrote = true;
    } else if (writes && clashes(e.reader)) {
      before = e.reader;
    } else if (writes && clashes(e.other_reader)) {
      before = e.other_reader;
    }
    if (writes) {
      e.writer = now;
      if (!before.context) e.reader = e.other_reader = {};
    } else if (!clashes(e.reader)) {
      e.reader = now;
    } else if (!clashes(e.other_reader)) {
      e.other_reader = now;
    }
    if (!before.context) return true;
  }
  context.exc.set(runtime::ExcKind::RaceError, std::string("two contexts of one run touch one element: ") +
                                                   (writes ? "written at " : "read at ") + place(now) + ", and " +
                                                   (before_wrote ? "written at " : "read at ") + place(before));
  return false;
}

bool is_watched(runtime::Context& context, uint64_t address) {
  return context.number != 0 && !context.arena.contains(reinterpret_cast<const void*>(address));
}

// Where the calling thread's callback last called a function of the library.
constinit thread_local const Function* origin_function = nullptr;
constinit thread_local int32_t origin_line = 0;

int32_t set_origin(const uint64_t* x, uint64_t*) {
  origin_function = reinterpret_cast<const Function*>(x[0]);
  origin_line = static_cast<int32_t>(x[1]);
  return 0;
}

// The access as its site has it: the function, line; no function: code of the library.
Access access_from(const runtime::Context& context, const uint64_t* site) {
  if (site[0] == 0) return {context.number, origin_function, origin_line};
  return {context.number, reinterpret_cast<const Function*>(site[0]), static_cast<int32_t>(site[1])};
}

// Arguments: the function, line, whether it writes, ndim, whether indices are unsigned, the array, the indices.
int32_t touch_element(const uint64_t* x, uint64_t*) {
  auto& context = *runtime::Context::current();
  const int ndim = static_cast<int>(x[3]);
  const uint64_t *array = x + 5, *index = array + 2 + 2 * ndim;
  const auto address = element_place(array, ndim, index, x[4] != 0);
  if (!address) return 0;  // the access itself raises
  if (!is_watched(context, *address)) return 0;
  return !note(context, *address, access_from(context, x), x[2] != 0);
}

// Arguments: the function, line, whether it writes, ndim, the array.
int32_t touch_view(const uint64_t* x, uint64_t*) {
  auto& context = *runtime::Context::current();
  auto a = Strided::of(x + 4, static_cast<int>(x[3]));
  const Access now = access_from(context, x);
  if (a.size() == 0 || !is_watched(context, reinterpret_cast<uint64_t>(a.data))) return 0;
  bool passed = for_lines(a, a, [&](const char* p, int64_t n, int64_t stride, const char*, int64_t) {
    for (int64_t k = 0; k < n; ++k, p += stride)
      if (!note(context, reinterpret_cast<uint64_t>(p), now, x[2] != 0)) return false;
    return true;
  });
  return !passed;
}

// Arguments: the function, line, whether it writes, then what fancy_get begins with.
int32_t touch_selection(const uint64_t* x, uint64_t*) {
  auto& context = *runtime::Context::current();
  const Access now = access_from(context, x);
  bool first = true, watched = false;
  const bool passed = fancy_elements(x + 3, [&](const char* p) {
    const auto address = reinterpret_cast<uint64_t>(p);
    if (std::exchange(first, false)) watched = is_watched(context, address);
    return !watched || note(context, address, now, x[2] != 0);
  });
  return !passed;
}

std::vector<Slot> site(Lowering& low) {
  auto& e = low.emitter;
  const Function* function = low.inference().spec().function;
  return {e.int_constant(is_library(*function) ? 0 : reinterpret_cast<int64_t>(function)), e.int_constant(e.line)};
}

}  // namespace

std::atomic<bool>& race_check() {
  static std::atomic<bool> on{false};
  return on;
}

void emit_race_check(Lowering& low, const typed::Access& access, bool writes) {
  if (!race_check().load(std::memory_order_relaxed)) return;
  auto& e = low.emitter;
  auto slots = site(low);
  slots.insert(slots.end(), {e.int_constant(writes), e.int_constant(access.type->ndim), e.int_constant(access.index_unsigned)});
  for (uint32_t k = 0; k < access.type->slots; ++k) slots.push_back(access.array + k);
  slots.insert(slots.end(), access.index.begin(), access.index.end());
  e.call_runtime("px_race_element", touch_element, std::move(slots), e.temporary(types::int64()), 1);
}

void emit_race_check(Lowering& low, const Type* view, Slot at, bool writes) {
  if (!race_check().load(std::memory_order_relaxed)) return;
  auto& e = low.emitter;
  auto slots = site(low);
  slots.insert(slots.end(), {e.int_constant(writes), e.int_constant(view->ndim)});
  for (uint32_t k = 0; k < view->slots; ++k) slots.push_back(at + k);
  e.call_runtime("px_race_view", touch_view, std::move(slots), e.temporary(types::int64()), 1);
}

void emit_race_check(Lowering& low, const std::vector<Slot>& selection, bool writes) {
  if (!race_check().load(std::memory_order_relaxed)) return;
  auto& e = low.emitter;
  auto slots = site(low);
  slots.push_back(e.int_constant(writes));
  slots.insert(slots.end(), selection.begin(), selection.end());
  e.call_runtime("px_race_selection", touch_selection, std::move(slots), e.temporary(types::int64()), 1);
}

void emit_race_origin(Lowering& low, const Function& callee) {
  if (!race_check().load(std::memory_order_relaxed) || !is_library(callee) || is_library(*low.inference().spec().function)) return;
  auto& e = low.emitter;
  e.call_runtime("px_race_origin", set_origin, site(low), e.temporary(types::int64()), 1);
}

void forget_touched() {
  {
    Order& o = order();
    std::lock_guard lock(o.mutex);
    o.before.clear();
    o.some.store(false, std::memory_order_relaxed);
  }
  for (Shard& shard : shards()) {
    std::lock_guard lock(shard.mutex);
    shard.elements.clear();
  }
}

uint64_t next_context_number() {
  static std::atomic<uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

uint64_t fork_number(runtime::Context& context) {
  if (context.number == 0) return 0;
  const uint64_t child = number_after(context.number);
  context.number = number_after(context.number);
  return child;
}

void join_number(runtime::Context& context, uint64_t child) {
  if (context.number != 0 && child != 0) context.number = number_after(context.number, child);
}

}  // namespace px::jit
