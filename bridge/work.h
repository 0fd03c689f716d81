// `px.Work`: one queued call, and the queue.
#pragma once

#include "bridge/object.h"

namespace px::bridge {

bool make_work_type(PyObject* module);

// Queues a call: a new Work, null with a Python exception set where the arguments do not fit. Runs nothing. `lasting`: null, or the Python
// object of a LastingContext, whose state comes before the arguments and is replaced by the result.
Object submit(PyObject* function, PyObject* args, PyObject* keywords, PyObject* callback, PyObject* errback, PyObject* lasting);

// Runs up to `limit` queued works (negative: all); returns how many, and a list of those with a callback or errback, done, in the order of
// submission. What a signal handler raised comes after the works have been told that they were dropped.
Object drain(Py_ssize_t limit);

size_t queued();
void forget_queue();  // at exit

}  // namespace px::bridge
