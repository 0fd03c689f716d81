// Many calls as one task that workers share, a chunk of indices a context: `map`, `parallel_for`, `reduce`.
// Every function here runs contexts to the end before it returns, and returns null with a Python exception set where the lowest failing
// index raised, where arguments do not fit, or where a signal handler raised.
#pragma once

#include "bridge/object.h"

namespace px::bridge {

// [f(*item) for item in items]; `items` is a list of tuples. `chunk` 0: chosen by the number of items and workers.
Object map(PyObject* function, PyObject* items, Py_ssize_t chunk);

// f(i, *args) for i in range(start, stop, step); None.
Object parallel_for(PyObject* function, int64_t start, int64_t stop, int64_t step, PyObject* args, Py_ssize_t chunk);

// op(… op(op(f(i0), f(i1)), f(i2)) …) over fixed blocks of indices, then over the blocks in order: how the sum is grouped depends on the
// range alone. `init` comes first where it is given; null: none. An empty range gives `init`, or ValueError.
Object reduce(PyObject* op, PyObject* function, int64_t start, int64_t stop, int64_t step, PyObject* args, PyObject* init);

}  // namespace px::bridge
