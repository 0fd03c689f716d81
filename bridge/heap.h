// The heap of contexts that are submitted now: what px.heap says, a setting of each Python thread.
#pragma once

#include <cstddef>
#include <optional>
#include <tuple>

#include "runtime/arena.h"

namespace px::bridge {

// (2 MiB pages, limit in bytes or 0, whether memory is used again early)
using HeapChoice = std::optional<std::tuple<bool, size_t, bool>>;

// Sets the calling thread's choice, nothing for the pool's own, and returns the one before it. GIL held.
HeapChoice set_heap(const HeapChoice& choice);

// As runtime::Task::heap wants it: null where nothing was chosen. GIL held.
const runtime::HeapOptions* current_heap();

}  // namespace px::bridge
