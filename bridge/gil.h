// Python's lock, given away and taken again.
#pragma once

#include "bridge/object.h"

namespace px::bridge {

// Takes the GIL again for a thread that has given it away. Where the interpreter has ended meanwhile the thread stays here for ever, as
// Python itself does it from 3.14 on: before, Python would end it, through frames of C++ that nothing may be unwound from.
void take_gil(PyThreadState* state);

// The calling thread ends the interpreter, and is never held up by it (object.h). GIL held.
void note_interpreter_ends();

// Releases the GIL for as long as it lives.
class Unlocked {
 public:
  Unlocked() : state_(PyEval_SaveThread()) {}
  ~Unlocked() { take_gil(state_); }
  Unlocked(const Unlocked&) = delete;
  Unlocked& operator=(const Unlocked&) = delete;

 private:
  PyThreadState* state_;
};

}  // namespace px::bridge
