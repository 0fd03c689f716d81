// What the names outside a px function mean now, and whether that is still so: px never goes stale on a global.
#pragma once

#include <cstdint>
#include <vector>

#include "bridge/object.h"
#include "jit/function.h"

namespace px::bridge {

struct Callable;

#if PY_VERSION_HEX < 0x030D0000
// Changes whenever the dictionary does. Gone from Python 3.13 on, deprecated in 3.12.
inline uint64_t version_of(PyObject* dict) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  return reinterpret_cast<PyDictObject*>(dict)->ma_version_tag;
#pragma GCC diagnostic pop
}
#endif

// A px function as the bridge knows it. Made at the function's first use. The GIL guards all of it. The jit::Function is never freed:
// native code, tracebacks and other functions' specialisations refer to it for as long as the process lives.
struct State {
  Callable* callable = nullptr;  // borrowed; null once the Python object has gone
  jit::Function* function = nullptr;
  std::vector<Object> defaults;                     // one a parameter, null where there is none
  std::vector<std::vector<Object>> paths;           // CodeObject::globals, cut at the dots: interned str
  std::vector<std::pair<Object, Object>> children;  // names that the front end made, and what they mean (px/frontend/outline.py)
  std::vector<Object> seen;                         // what each path led to at the last look; null: nothing
  std::vector<Object> values;                       // the same, another compiler's functions replaced by px's
  std::vector<State*> callees;                      // px functions among the values
  bool resolved = false;
};

// Everything that the meaning of a function and of all it reaches depends on, in a form that is cheap to check before every call.
class Watch {
 public:
  // True while nothing has changed since `renew`. No allocation, no Python code.
  bool unchanged() const {
#if PY_VERSION_HEX < 0x030D0000
    for (const auto& c : cells_) {
      if (PyCell_GET(c.cell) != c.contents) return false;
    }
    for (const auto& d : dicts_) {
      if (version_of(d.dict) != d.version) return false;
    }
    return arrays_.empty() || arrays_unchanged();
#else
    return values_unchanged() && (arrays_.empty() || arrays_unchanged());
#endif
  }

  // Looks everything up again for `root` and what it reaches, gives changed globals to their functions, and watches the result. False with
  // a Python exception set where a reached function cannot be made.
  bool renew(State& root);

  // Counts up whenever some function's globals changed: inline caches older than that are void.
  static uint64_t generation() { return generation_; }

 private:
  struct Dict {
    PyObject*
        dict;  // of a function, or of a module that was found through the cells and dictionaries before it: alive while those are unchanged
    uint64_t version;
  };
  struct Cell {
    PyObject* cell;
    PyObject* contents;
  };
  struct Array {
    PyObject* array;
    void* descr;
    int ndim, flags;
  };
  bool arrays_unchanged() const;
  bool values_unchanged() const;
  void watch(State&);
  void watch_dict(PyObject* dict);

  std::vector<Dict> dicts_;
  std::vector<Cell> cells_;
  std::vector<Array> arrays_;
  std::vector<State*> states_;
  static inline uint64_t generation_ = 1;
};

// Another compiler's dispatcher, a function that Numba was taught, or a px function: its px function as a new reference, null without an
// exception if `value` is none of these. GIL.
Object as_px_function(PyObject* value);

// The array or interlocked object that a hidden argument stands for now; borrowed.
PyObject* hidden_value(const jit::HiddenArgument& hidden);

}  // namespace px::bridge
