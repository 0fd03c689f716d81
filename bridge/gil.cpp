#include "bridge/gil.h"

#include <pthread.h>
#include <unistd.h>

namespace px::bridge {

namespace {

pthread_t ending_thread;  // written before `interpreter_ends`, read after it

}  // namespace

void note_interpreter_ends() {
  if (interpreter_ends.load(std::memory_order_relaxed)) return;
  ending_thread = pthread_self();
  interpreter_ends.store(true, std::memory_order_release);
}

void stay_if_ended() {
  if (!interpreter_ends.load(std::memory_order_acquire) || pthread_equal(pthread_self(), ending_thread)) return;
  while (!PyGILState_Check()) pause();
}

void take_gil(PyThreadState* state) {
  try {
    PyEval_RestoreThread(state);
  } catch (...) {  // what pthread_exit unwinds the stack with: held up for as long as this block does not end
    for (;;) pause();
  }
}

}  // namespace px::bridge
