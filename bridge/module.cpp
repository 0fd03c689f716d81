// The module px._px: what python/px/*.py call. Nothing here is public.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <map>
#include <string_view>

#include "bridge/ahead.h"
#include "bridge/batch.h"
#include "bridge/callable.h"
#include "bridge/code.h"
#include "bridge/compiler.h"
#include "bridge/direct.h"
#include "bridge/heap.h"
#include "bridge/interlocked.h"
#include "bridge/lasting.h"
#include "bridge/library.h"
#include "bridge/native.h"
#include "bridge/process.h"
#include "bridge/run.h"
#include "bridge/stats.h"
#include "bridge/work.h"
#include "jit/builtins/builtin.h"
#include "jit/code/code.h"
#include "jit/infer/races.h"
#include "jit/interp/hooks.h"
#include "jit/native/budget.h"
#include "jit/tiering.h"

namespace py = pybind11;

namespace px::bridge {
namespace {

// A new reference from the C API as pybind11's; passes a Python exception on.
py::object checked(Object object) {
  if (!object) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(object.release());
}

PyObject* px_function(py::handle function) {
  if (!as_callable(function.ptr())) throw py::type_error("a px function was expected: mark it with @px.jit");
  return function.ptr();
}

jit::CodeObject code_of(py::handle code) {
  jit::CodeObject out;
  if (!to_code(code.ptr(), out)) throw py::error_already_set();
  return out;
}

py::tuple opcodes() {
  py::list out;
  for (const auto& row : jit::opcode_table())
    out.append(py::make_tuple(std::string(row.name), std::string(row.operands), std::string(row.doc)));
  return py::tuple(out);
}

py::tuple operators() {
  py::list out;
  for (const auto& row : jit::operator_table()) out.append(py::make_tuple(std::string(row.name), std::string(row.symbol), row.arity));
  return py::tuple(out);
}

py::object make_function(py::handle function, py::handle source, bool fastmath, bool boundscheck, bool cache, bool parallel,
                         bool python_error_model, bool inline_always, const py::list& signatures, bool other_types,
                         const py::dict& locals) {
  jit::Options options;
  options.fastmath = fastmath;
  options.boundscheck = boundscheck;
  options.cache = cache;
  options.parallel = parallel;
  options.python_error_model = python_error_model;
  options.inline_always = inline_always;
  options.other_types = other_types;
  auto type = [](const py::handle& text) {
    const jit::Type* t = jit::parse_type(text.cast<std::string>());
    if (!t) throw py::value_error("px has no type " + text.cast<std::string>());
    return t;
  };
  for (const auto& row : signatures) {  // ([argument types], result type or None)
    jit::Signature signature;
    for (const auto& text : row[py::int_(0)]) signature.parameters.push_back(type(text));
    if (!row[py::int_(1)].is_none()) signature.result = type(row[py::int_(1)]);
    options.signatures.push_back(std::move(signature));
  }
  for (const auto& [name, text] : locals)
    options.locals.emplace_back(name.cast<std::string>(), type(py::reinterpret_borrow<py::object>(text)));
  return checked(make_callable(function.ptr(), source.ptr(), options));
}

void set_tier(const std::string& name) {
  using jit::TierPolicy;
  static const std::map<std::string_view, TierPolicy> policies = {{"auto", TierPolicy::automatic},
                                                                  {"interp", TierPolicy::interpreter},
                                                                  {"baseline", TierPolicy::baseline},
                                                                  {"native", TierPolicy::native},
                                                                  {"moves", TierPolicy::moves}};
  auto found = policies.find(name);
  if (found == policies.end()) throw py::value_error("a tier is 'auto', 'interp', 'baseline', 'native' or, in tests, 'moves'");
  jit::set_tier_policy(found->second);
}

void set_first_safepoint(int64_t back_edges) {
  if (back_edges < 1) throw py::value_error("at least one back-edge");
  jit::interp::first_safepoint().store(back_edges, std::memory_order_relaxed);
}

// Called for each work: without pybind11 between.
PyObject* submit_work(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (count != 5 && count != 6) return PyErr_Format(PyExc_TypeError, "submit takes 5 or 6 arguments, not %zd", count);
  PyObject* lasting = count == 6 ? args[5] : nullptr;
  if (lasting && !LastingContext::of(lasting)) {
    PyErr_SetString(PyExc_TypeError, "a px._px.LastingContext was expected");
    return nullptr;
  }
  if (!as_callable(args[0]) || !PyTuple_Check(args[1])) {
    PyErr_SetString(PyExc_TypeError, "a px function and a tuple were expected");
    return nullptr;
  }
  PyObject* names = args[2] == Py_None ? nullptr : args[2];
  if (names && !PyDict_Check(names)) {
    PyErr_SetString(PyExc_TypeError, "kwds must be a dict");
    return nullptr;
  }
  return submit(args[0], args[1], names, args[3], args[4], lasting).release();
}

// Called for each small loop: as above.
PyObject* run_parallel_for(PyObject*, PyObject* const* args, Py_ssize_t count) {
  if (count != 6) return PyErr_Format(PyExc_TypeError, "parallel_for takes 6 arguments, not %zd", count);
  if (!as_callable(args[0]) || !PyTuple_Check(args[4])) {
    PyErr_SetString(PyExc_TypeError, "a px function and a tuple were expected");
    return nullptr;
  }
  const int64_t start = PyLong_AsLongLong(args[1]), stop = PyLong_AsLongLong(args[2]), step = PyLong_AsLongLong(args[3]);
  const Py_ssize_t chunk = PyLong_AsSsize_t(args[5]);
  if ((start == -1 || stop == -1 || step == -1 || chunk == -1) && PyErr_Occurred()) return nullptr;
  return parallel_for(args[0], start, stop, step, args[4], chunk).release();
}

PyObject* take_main_calls_now(PyObject*, PyObject*) {
  return take_main_calls().release();
}

PyMethodDef fast_functions[] = {
    {"submit", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(submit_work)), METH_FASTCALL,
     "submit(function: object, args: tuple, keywords: object, callback: object, errback: object, lasting: object = ...) -> "
     "object\n\nQueues a call."},
    {"parallel_for", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(run_parallel_for)), METH_FASTCALL,
     "parallel_for(function: object, start: int, stop: int, step: int, args: tuple, chunk: int) -> None"},
    {"take_main_calls", take_main_calls_now, METH_NOARGS, "take_main_calls() -> list\n\nWhat contexts have queued: (function, arguments)."},
    {nullptr, nullptr, 0, nullptr},
};

// px belongs to one interpreter with one lock.
void refuse_other_interpreters() {
#ifdef Py_GIL_DISABLED
  throw py::import_error("px needs a CPython with the GIL; this is a free-threaded build");
#endif
  if (PyThreadState_GetInterpreter(PyThreadState_Get()) != PyInterpreterState_Main()) {
    throw py::import_error("px cannot be imported in a subinterpreter");
  }
}

}  // namespace
}  // namespace px::bridge

PYBIND11_MODULE(_px, module) {
  using namespace px::bridge;
  namespace jit = px::jit;
  refuse_other_interpreters();
  if (!make_callable_type(module.ptr()) || !make_work_type(module.ptr()) || !make_lasting_type(module.ptr()) ||
      !make_interlocked_types(module.ptr()))
    throw py::error_already_set();
  jit::start_tiering();
  Direct::listen();
  serve_regions();
  serve_main_calls();
  process_generation();  // listens for forks from here on

  module.doc() = "px's machinery: px code, specialisations, workers. Not for direct use: see px.";
  module.attr("OPCODES") = opcodes();
  module.attr("OPERATORS") = operators();
  module.def("verify", [](py::handle code) { return jit::verify(code_of(code)); }, py::arg("code"), "What is wrong with `code`, or None.");
  module.def(
      "disassemble", [](py::handle code) { return jit::disassemble(code_of(code)); }, py::arg("code"),
      "One line an instruction, with names and source lines.");
  module.def(
      "builtin_names",
      [] {
        std::vector<std::string> names;
        for (const auto* builtin : jit::all_builtins()) names.emplace_back(builtin->name);
        return names;
      },
      "Full names of the built-in functions that px functions may call.");

  module.def(
      "builtins",
      [] {
        py::list rows;
        for (const auto* b : jit::all_builtins())
          if (!b->name.starts_with("px.library."))
            rows.append(py::make_tuple(std::string(b->name), std::string(b->doc), std::string(b->tests)));
        return rows;
      },
      "The table of built-ins: full name, documentation line, test expressions separated by ';'.");

  module.def("make_function", make_function, py::arg("function"), py::arg("source"), py::arg("fastmath"), py::arg("boundscheck"),
             py::arg("cache"), py::arg("parallel"), py::arg("python_error_model"), py::arg("inline_always"),
             py::arg("signatures") = py::list(), py::arg("other_types") = false, py::arg("locals") = py::dict());
  module.def(
      "note_overloaded",
      [](py::handle function, const std::string& key) {
        if (!note_overloaded(as_callable(px_function(function)), key)) throw py::error_already_set();
      },
      py::arg("function"), py::arg("key"),
      "Calls of the function mean what px.dispatchers.implementation makes of the key and their types.");
  module.def(
      "note_intrinsic",
      [](py::handle function, std::string name, std::string pickled, std::string trouble, bool prefers_literals, bool self_contained) {
        px::jit::Intrinsic intrinsic{std::move(name), std::move(pickled), std::move(trouble), prefers_literals, self_contained};
        if (!note_intrinsic(as_callable(px_function(function)), std::move(intrinsic))) throw py::error_already_set();
      },
      py::arg("function"), py::arg("name"), py::arg("pickled"), py::arg("trouble"), py::arg("prefers_literals"), py::arg("self_contained"),
      "Calls of the function mean Numba's intrinsic that the compile service makes of `pickled`.");
  module.def("set_first_safepoint", set_first_safepoint, py::arg("back_edges") = jit::interp::safepoint_interval,
             "How many back-edges and calls a run makes before its first safepoint, and with the tier 'moves' between any two: for tests.");
  module.def(
      "compile_ahead",
      [](py::handle function, const std::vector<std::string>& types) {
        if (!compile_ahead(as_callable(px_function(function)), types)) throw py::error_already_set();
      },
      py::arg("function"), py::arg("types"), "Types the function for these argument types and asks for native code, without waiting.");
  module.def("set_tier", set_tier, py::arg("tier"), "The tier of calls from now on; no run may be on.");
  module.def(
      "set_pool",
      [](unsigned workers, bool huge_pages) {
        px::runtime::PoolOptions options;
        options.workers = workers;
        options.pages = huge_pages ? px::runtime::PageSize::huge : px::runtime::PageSize::small;
        set_pool_options(options);
      },
      py::arg("workers"), py::arg("huge_pages"), "How the pool will be made; 0 workers: one a core.");
  module.def("set_heap", set_heap, py::arg("choice"),
             "The heap of what this thread submits from now on: (2 MiB pages, limit or 0, reuse), None for the pool's own. Returns the one "
             "before.");
  module.def(
      "set_race_check", [](bool on) { jit::race_check() = on; }, py::arg("on"),
      "Whether contexts' accesses to arrays are watched: for functions that are typed from now on.");
  module.def("fail_after", px::runtime::fail_after, py::arg("allocations"),
             "For tests: one allocation for contexts fails after as many more; negative: none. Returns how many there were since.");
  if (PyModule_AddFunctions(module.ptr(), fast_functions) < 0) throw py::error_already_set();
  module.def(
      "drain", [](Py_ssize_t limit) { return checked(drain(limit)); }, py::arg("limit"),
      "Runs up to `limit` queued works (negative: all): (how many, those with callbacks, in the order of submission).");
  module.def(
      "map", [](py::handle function, py::list items, Py_ssize_t chunk) { return checked(map(px_function(function), items.ptr(), chunk)); },
      py::arg("function"), py::arg("items"), py::arg("chunk"));
  module.def(
      "reduce",
      [](py::handle op, py::handle function, int64_t start, int64_t stop, int64_t step, py::tuple args, py::handle init) {
        PyObject* first = init.is_none() ? nullptr : init.ptr();
        return checked(reduce(px_function(op), px_function(function), start, stop, step, args.ptr(), first));
      },
      py::arg("op"), py::arg("function"), py::arg("start"), py::arg("stop"), py::arg("step"), py::arg("args"), py::arg("init"));
  module.def("queued", queued, "The number of works that wait for px.run.");
  module.def(
      "wait_idle",
      [](double seconds) {
        const int idle = wait_idle(seconds);
        if (idle < 0) throw py::error_already_set();
        return idle == 1;
      },
      py::arg("seconds"));
  module.def("function_stats", [](py::handle function) { return checked(function_stats(function.ptr())); }, py::arg("function"));
  module.def("stats", [] { return checked(process_stats()); });
  module.def(
      "set_compiler",
      [](std::string python, std::string script, std::string cache_directory, std::string llvm_directory, std::string log, py::handle warn,
         bool functions) {
        set_compiler({std::move(python), std::move(script), std::move(cache_directory), std::move(llvm_directory), std::move(log),
                      warn.ptr(), functions});
      },
      py::arg("python"), py::arg("script"), py::arg("cache_directory"), py::arg("llvm_directory"), py::arg("log"), py::arg("warn"),
      py::arg("functions") = true,
      "How the compile client will be made. An empty python: no service; an empty cache_directory: no cache; functions: whether they run "
      "Numba's code, or intrinsics alone.");
  module.def("set_code_limit", px::jit::native::set_code_limit, py::arg("bytes"), "The bound on native code in use; 0: none.");
  module.def("compiler_stats", [] { return checked(compiler_stats()); });
  module.def("baseline_stats", [] { return checked(baseline_stats()); });
  module.def(
      "shut_down",
      [] {
        forget_queue();
        stop_compiler();
        shut_down();
      },
      "At exit: stops the workers and the compile client, waiting a second at most.");
}
