#include "bridge/gil.h"

#include <unistd.h>

namespace px::bridge {

void take_gil(PyThreadState* state) {
  try {
    PyEval_RestoreThread(state);
  } catch (...) {  // what pthread_exit unwinds the stack with: held up for as long as this block does not end
    for (;;) pause();
  }
}

}  // namespace px::bridge
