// What `px.stats` tells.
#pragma once

#include "bridge/object.h"

namespace px::bridge {

// Of a px function: a dict as python/px/stats.py documents; null with a Python exception set.
Object function_stats(PyObject* function);

// Of the process: workers, contexts, pages, bytes.
Object process_stats();

}  // namespace px::bridge
