// The module px._px.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "bridge/code.h"
#include "jit/code/code.h"

namespace py = pybind11;

namespace px::bridge {
namespace {

jit::CodeObject code_of(py::handle code) {
  jit::CodeObject out;
  if (!to_code(code.ptr(), out)) throw py::error_already_set();
  return out;
}

py::tuple opcodes() {
  py::list out;
  for (const auto& row : jit::opcode_table()) out.append(py::make_tuple(std::string(row.name), std::string(row.operands), std::string(row.doc)));
  return py::tuple(out);
}

py::tuple operators() {
  py::list out;
  for (const auto& row : jit::operator_table()) out.append(py::make_tuple(std::string(row.name), std::string(row.symbol), row.arity));
  return py::tuple(out);
}

}  // namespace
}  // namespace px::bridge

PYBIND11_MODULE(_px, module) {
  using namespace px::bridge;
  module.doc() = "px's machinery: px code, specialisations, workers. Not for direct use: see px.";
  module.attr("OPCODES") = opcodes();
  module.attr("OPERATORS") = operators();
  module.def(
      "verify", [](py::handle code) { return px::jit::verify(code_of(code)); }, py::arg("code"),
      "What is wrong with `code`, or None.");
  module.def(
      "disassemble", [](py::handle code) { return px::jit::disassemble(code_of(code)); }, py::arg("code"),
      "One line an instruction, with names and source lines.");
}
