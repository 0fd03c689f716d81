// A strong reference to a Python object. The GIL must be held wherever one is made, copied or destroyed.
//
// Where the interpreter ends while a thread is in Python code that px has called, Python ends the thread by unwinding its stack, without
// the GIL (until 3.13). The first reference on the way holds it up for ever, as take_gil does (gil.h): nothing above may be unwound either.
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <atomic>
#include <utility>

namespace px::bridge {

// The interpreter is about to end: set once, by the thread that ends it, with the GIL held; read by any thread (relaxed).
inline std::atomic<bool> interpreter_ends{false};
// Does not return in a thread that Python is ending.
void stay_if_ended();

class Object {
 public:
  Object() = default;
  static Object steal(PyObject* p) { return Object(p); }
  static Object borrow(PyObject* p) {
    Py_XINCREF(p);
    return Object(p);
  }
  Object(const Object& other) : p_(other.p_) { Py_XINCREF(p_); }
  Object(Object&& other) noexcept : p_(std::exchange(other.p_, nullptr)) {}
  Object& operator=(Object other) noexcept {
    std::swap(p_, other.p_);
    return *this;
  }
  ~Object() {
    if (interpreter_ends.load(std::memory_order_relaxed)) [[unlikely]]
      stay_if_ended();
    Py_XDECREF(p_);
  }

  PyObject* get() const { return p_; }
  PyObject* release() { return std::exchange(p_, nullptr); }
  explicit operator bool() const { return p_ != nullptr; }

 private:
  explicit Object(PyObject* p) : p_(p) {}
  PyObject* p_ = nullptr;
};

}  // namespace px::bridge
