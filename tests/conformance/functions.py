"""The functions that are run: those of Numba's own test modules and of numba_stats, found in what is installed."""

from __future__ import annotations

import importlib
import inspect
import warnings
from collections.abc import Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

MODULES = """
usecases test_flow_control test_dataflow test_range test_operators test_builtins test_mathlib complex_usecases test_casting
test_indexing test_array_iterators test_array_reductions test_ssa test_tuples test_globals test_array_methods test_array_manipulation
test_array_constants test_array_exprs test_np_functions test_dyn_array test_enums enum_usecases test_optional test_lists test_exceptions
test_return_values test_unpack_sequence test_random test_recursion recursion_usecases test_nested_calls test_ufuncs test_mandelbrot
test_linalg matmul_usecase test_heapq test_iteration test_slices test_sort test_numberctor test_polynomial test_object_mode
test_blackscholes
test_copy_propagate test_array_attr test_array_return test_maxmin test_intwidth test_svml test_storeslice test_remove_dead test_looplifting
test_conversion test_record_dtype test_dispatcher test_comprehension test_mixed_tuple_unroller test_nan test_hashing test_types test_locals
test_vectorization_type_inference test_buffer_protocol test_parfors chained_assign_usecases test_print test_generators test_sets test_dicts
test_unicode test_debug test_withlifting test_analysis
""".split()
STATISTICS = [
    f"numba_stats.{name}"
    for name in """argus bernstein binom chi2 cmsshape cpoisson cruijff crystalball crystalball_ex expon exponnorm gamma hypatia2 laplace
    lognorm ncx2 norm novosibirsk poisson qgaussian skewnorm t truncexpon truncexponnorm truncnorm tsallis uniform voigt""".split()
]


# Loops that end only because LLVM finds out that they compute nothing.
ENDLESS = {"double_infinite_loop", "while_loop_usecase2", "while_loop_usecase3"}


def module_of(name: str) -> ModuleType | None:
    """The module, None where this installation cannot import it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return importlib.import_module(name if "." in name else f"numba.tests.{name}")
        except Exception:  # noqa: BLE001 - whatever an optional part of Numba's tests lacks
            return None


def functions(name: str) -> dict[str, Any]:
    """The module's functions and dispatchers by name, those of its classes without a `self` included, and those that its tests define."""
    module = module_of(name)
    found: dict[str, Any] = {}
    if module is None:
        return found

    def add(label: str, value: Any) -> None:
        if label in ENDLESS:
            return
        if isinstance(value, FunctionType):
            if value.__module__ == module.__name__ and not value.__name__.startswith("test_"):
                found[label] = value
        elif type(value).__name__ == "CPUDispatcher" and value.py_func.__module__ == module.__name__:
            found[label] = value

    for label, value in list(vars(module).items()):
        add(label, value)
        if inspect.isclass(value) and value.__module__ == module.__name__:
            for inner, member in vars(value).items():
                if isinstance(member, staticmethod):
                    add(f"{label}.{inner}", member.__func__)
                elif isinstance(member, FunctionType):
                    for code in inner_functions(member.__code__):
                        add(f"{label}.{inner}.{code.co_name}", FunctionType(code, vars(module), code.co_name))
    return found


def inner_functions(outer: CodeType) -> Iterator[CodeType]:
    """The functions that a test defines and that use nothing of it."""
    for code in outer.co_consts:
        if isinstance(code, CodeType) and not code.co_freevars and not code.co_name.startswith("<"):
            yield code


def parameter_count(function: Any) -> int | None:
    """How many positional arguments a call needs, None where it takes what no case gives."""
    plain = getattr(function, "py_func", function)
    parameters = inspect.signature(plain).parameters.values()
    if any(p.kind in (p.VAR_KEYWORD, p.KEYWORD_ONLY) for p in parameters):
        return None
    return sum(p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters)
