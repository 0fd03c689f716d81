"""Source is found by the code object, and only the source of exactly that code is accepted."""

from __future__ import annotations

import doctest
import functools
import importlib.util
import linecache
import math
import sys
import textwrap
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from agreement import assert_agrees, outcome

from px.errors import UnsupportedError
from px.frontend import compile_function
from px.frontend.code import NO_DEFAULT


def load(path: Path, text: str, name: str = "loaded") -> ModuleType:
    """Write a module and import it."""
    path.write_text(textwrap.dedent(text))
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def execute(text: str, **names: Any) -> dict[str, Any]:
    """Run text that is in no file."""
    exec(compile(textwrap.dedent(text), "<nowhere>", "exec", dont_inherit=True), names)
    return names


def plain(function: Any) -> Any:
    """A decorator that changes nothing."""
    return function


def with_argument(*_: Any) -> Any:
    """A decorator with arguments."""
    return plain


# -- where functions stand


@plain
@with_argument(
    1,
    lambda x: x,  # not the function
)
# a comment between
@plain
def decorated(x: int) -> int:
    return x + 1


def test_decorated() -> None:
    code = assert_agrees(decorated, (1,))
    assert code.source == "def decorated(x):\n    return x + 1\n"
    assert code.first_line == decorated.__code__.co_firstlineno + 7


def test_wrapped_is_not_followed() -> None:
    @functools.wraps(decorated)
    def wrapper(x: int) -> int:
        return x * 100

    assert compile_function(wrapper).name == "wrapper"
    assert_agrees(wrapper, (3,))


def test_nested_function_with_closure() -> None:
    factor, module = 3, math

    def inner(x: float) -> float:
        return module.floor(x) * factor

    code = assert_agrees(inner, (2.5,))
    assert code.globals == ["module.floor", "factor"]
    assert code.source == "def inner(x):\n    return module.floor(x) * factor\n"


def test_class_with_super_cell() -> None:
    class A:
        def method(self) -> Any:
            return __class__  # type: ignore[name-defined]  # noqa: F821

    assert compile_function(A.method).globals == ["__class__"]


def test_private_names_in_a_class() -> None:
    class _A:
        def method(self, __x: int) -> int:
            __y = __x + 1
            return __y

    code = compile_function(_A.method)
    assert code.registers[1:3] == ["_A__x", "_A__y"]
    assert code.source == ""  # alone it would have other names


def test_one_line_function() -> None:
    def one(x: int) -> int: y = x; return y + 1  # fmt: skip  # noqa: E701, E702

    assert assert_agrees(one, (1,)).source.startswith("def one(x): y = x; return y + 1")


def test_header_over_several_lines() -> None:
    # fmt: off
    def spread(
        x: int,
        # a comment
        y: float = 2.5,
    ) -> float:

        # before the body
        z = x + y
        return z / 0
    def tail(x,
             y): return x / y
    # fmt: on
    code = assert_agrees(spread, (1,))
    assert code.source.splitlines()[:8] == ["def spread(x, y=2.5):", *[""] * 6, "    z = x + y"]
    assert code.source.splitlines()[8] == "    return z / 0"
    assert assert_agrees(tail, (1, 0)).source == "def tail(x, y\n): return x / y\n"


def test_text_literals_keep_their_indentation() -> None:
    def literal() -> str:
        """First.

        Second.
        """
        return """a
    b
        c
d"""

    code = assert_agrees(literal, ())
    names: dict[str, Any] = {}
    exec(code.source, names)
    assert names["literal"]() == literal()


# fmt: off
def unindented_comment(x):
    if x:
# at the left
        y = """
left """
    z = (x +
1)
    return (x, y, z) \
or x
# fmt: on


def test_text_left_of_the_body() -> None:
    assert_agrees(unindented_comment, (1,))
    assert compile_function(unindented_comment).source.endswith("or x\n")


def test_defaults_stand_in_the_source_by_value() -> None:
    n = 5

    def f(a: int, b: int = n * 2, c: float = float("inf"), d: Any = (1, (2.5, "x")), e: Any = None) -> Any:
        return a, b, c, d, e

    code = compile_function(f)
    assert code.source.startswith("def f(a, b=10, c=float('inf'), d=(1, (2.5, 'x', ), ), e=None):\n")
    assert [default for _, default in code.parameters[1:]] == [10, math.inf, (1, (2.5, "x")), None]


def test_default_that_is_no_constant_is_a_global_by_a_name_of_its_own() -> None:
    given: list[int] = []

    def f(a: int, b: Any = given) -> Any:
        return b

    code = compile_function(f)
    assert code.parameters == [("a", NO_DEFAULT), ("b", given, code.globals.index("<default of b>"))]
    assert code.children["<default of b>"] is given
    assert code.source.startswith("def f(a, b=object()):\n")


# -- lambdas

# fmt: off
several = [lambda x: x + 1, lambda x: x + 2, (lambda x: (lambda y: y))]; more = lambda x: x + 3
spread_out = dict(
    first=lambda x: x - 1,
    second=lambda x: (
        x - 2),
    third=lambda x: x -
        3,
    fourth=plain(
        lambda x: x - 4))
same = [lambda x: x, lambda x: x]
after_text = ("é", lambda x: "é" + x + "ü", lambda x: "é" + x)
# fmt: on


def test_lambdas_on_one_line() -> None:
    for function in (*several[:2], more, *same):
        assert_agrees(function, (10,))
    assert [f(10) for f in (*several[:2], more)] == [11, 12, 13]
    assert compile_function(several[1]).source == "def _lambda_(x): return (x + 2)\n"
    assert compile_function(after_text[1]).source == 'def _lambda_(x): return ("é" + x + "ü")\n'
    assert compile_function(after_text[1]).qualified_name == "<lambda>"


def test_rendered_sources_are_functions_that_do_the_same() -> None:
    from programs import CASES

    for function, calls in CASES:
        code = compile_function(function)
        if code.source:
            scope: dict[str, Any] = dict(function.__globals__)
            scope |= {name: cell.cell_contents for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ())}
            exec(compile(code.source, "<rendered>", "exec", dont_inherit=True), scope)
            rendered = scope["_lambda_" if code.name == "<lambda>" else code.name]
            for args in calls:
                expected = outcome(function, function, code.first_line, args)
                assert outcome(rendered, rendered, 1, args) == expected, code.source


def test_lambda_inside_a_lambda() -> None:
    assert_agrees(several[2](1), (5,))
    assert len(compile_function(several[2]).functions) == 1


def test_lambdas_in_a_long_statement() -> None:
    for function in spread_out.values():
        assert_agrees(function, (10,))
    assert compile_function(spread_out["third"]).source == "def _lambda_(x): return (x -\n        3)\n"


def test_lambda_with_closure_and_default() -> None:
    functions = [lambda x, i=i: (x, i, several) for i in range(2)]
    assert compile_function(functions[1]).parameters[1] == ("i", 1)
    assert_agrees(functions[1], (7,))


def test_lambda_in_a_decorator_like_call() -> None:
    f = with_argument(1)(lambda x, y=2: x if x > y else (x and y))
    assert_agrees(f, (1,), (3,), (0,))


# -- files that change


def test_edited_file_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "edited.py"
    module = load(path, "def f(x):\n    return x + 1\n")
    assert compile_function(module.f).constants == [1]
    path.write_text("def f(x):\n    return x + 22\n\n")
    assert compile_function(module.f).constants == [1]  # Python's cache still has the text that runs
    linecache.clearcache()
    with pytest.raises(UnsupportedError, match=r"edited\.py:1: px cannot compile f: the source .* was edited"):
        compile_function(module.f)


def test_reloaded_after_an_edit(tmp_path: Path) -> None:
    path = tmp_path / "reloaded.py"
    first = load(path, "def f(x):\n    return x + 1\n")
    compile_function(first.f)
    second = load(path, "# moved\n\ndef f(x):\n    return x + 333\n")
    code = compile_function(second.f)
    assert (code.constants, code.first_line) == ([333], 3)


def test_shifted_lines_are_an_error(tmp_path: Path) -> None:
    path = tmp_path / "shifted.py"
    module = load(path, "def f(x):\n    return x + 1\n\ndef g(x):\n    return x + 2\n")
    linecache.clearcache()
    path.write_text("\n\n\ndef f(x):\n    return x + 1\n")
    with pytest.raises(UnsupportedError, match="edited"):
        compile_function(module.g)


def test_constants_of_another_type_are_other_code(tmp_path: Path) -> None:
    for old, new in (("1", "1.0"), ("1", "True"), ("0.0", "-0.0"), ("(1, 2)", "(1, 2.0)")):
        path = tmp_path / "constant.py"
        module = load(path, f"def f(x):\n    return x, {old}\n")
        linecache.clearcache()
        path.write_text(f"def f(x):\n    return x, {new} \n")
        with pytest.raises(UnsupportedError, match="edited"):
            compile_function(module.f)


def test_broken_file_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "broken.py"
    module = load(path, "def f(x):\n    return x + 1\n")
    linecache.clearcache()
    path.write_text("def f(x:\n    return x + 1\n")
    with pytest.raises(UnsupportedError, match="edited"):
        compile_function(module.f)
    path.unlink()
    linecache.clearcache()
    with pytest.raises(UnsupportedError, match="source cannot be found"):
        compile_function(module.f)


@pytest.mark.parametrize("imports", ["import math", "from math import floor as math", "math = __import__('math')", "if 1:\n  import math"])
def test_calls_of_imported_names(tmp_path: Path, imports: str) -> None:
    body = "return math(x)" if "floor" in imports else "return math.floor(x)"
    module = load(tmp_path / "imports.py", f"{imports}\ndef f(x):\n    {body}\n")
    assert_agrees(module.f, (2.5,))


def test_method_of_an_imported_object(tmp_path: Path) -> None:
    module = load(tmp_path / "imports.py", "from string import digits\nother = 'x'\ndef f(x):\n    return digits.find(x), other.find(x)\n")
    assert_agrees(module.f, ("3",))


@pytest.mark.parametrize("feature", ["annotations", "generator_stop", "division"])
def test_future_statements(tmp_path: Path, feature: str) -> None:
    module = load(
        tmp_path / "future.py",
        f"from __future__ import {feature}\ndef f(x: int = 1):\n    y: int = x\n    return y\n".replace(
            "int", "Undefined" if feature == "annotations" else "int"
        ),
    )
    assert_agrees(module.f, (3,))


def test_tabs_and_windows_lines(tmp_path: Path) -> None:
    path = tmp_path / "tabs.py"
    path.write_bytes(b"class A:\r\n\tdef f(x):\r\n\t\tif x:\r\n\t\t\treturn 1\r\n\t\treturn 2\r\n")
    module = load(path, path.read_bytes().decode())
    code = assert_agrees(module.A.f, (0,), (1,))
    assert code.source == "def f(x):\n\tif x:\n\t\treturn 1\n\treturn 2\n"


# -- text that is in no file


TEXT = """
    n = 3

    def f(x):
        return x + n

    g = lambda x: x * n
    """


def test_exec_without_source() -> None:
    names = execute(TEXT)
    with pytest.raises(UnsupportedError, match=r"<nowhere>:4: px cannot compile f: its source cannot be found; instead: .*`source="):
        compile_function(names["f"])


def test_exec_with_source() -> None:
    names = execute(TEXT)
    assert_agrees(names["f"], (1,), source=textwrap.dedent(TEXT))
    assert_agrees(names["g"], (2,), source=textwrap.dedent(TEXT))
    code = assert_agrees(names["f"], (1,), source="def f(x):\n    return x + n\n")
    assert code.first_line == 4
    assert_agrees(names["f"], (1,), source="    @decorator\n    def f(x):\n        return x + n\n")
    assert_agrees(names["g"], (2,), source="lambda x: x * n")


def test_exec_with_wrong_source() -> None:
    names = execute(TEXT)
    for wrong in (
        "def f(x):\n    return x - n\n",
        "def g(x):\n    return x + n\n",
        "",
        "def f(",
        TEXT.replace("n =", "m =").replace("+ n", "+ m"),
    ):
        with pytest.raises(UnsupportedError, match="`source=` does not define this function"):
            compile_function(names["f"], source=wrong)


def test_notebook_cell() -> None:
    text = "x = 1\ndef cell(a):\n    return a + x\n"
    name = "/tmp/ipykernel_1/123.py"
    names: dict[str, Any] = {}
    exec(compile(text, name, "exec", dont_inherit=True), names)
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    try:
        assert_agrees(names["cell"], (2,))
    finally:
        del linecache.cache[name]


def test_doctest() -> None:
    """Functions typed in a doctest are found while it runs."""
    text = """
    >>> def square(x):
    ...     return x * x
    >>> compile_function(square).name
    'square'
    >>> compile_function(lambda x: x + 1).name
    '<lambda>'
    """
    test = doctest.DocTestParser().get_doctest(text, {"compile_function": compile_function}, "sample", "sample", 0)
    assert doctest.DocTestRunner(verbose=False).run(test).failed == 0


@pytest.mark.skipif(sys.version_info < (3, 13), reason="earlier prompts keep no source")
def test_prompt() -> None:
    text = "def typed(x):\n    return x + 1\n"
    code = compile(text, "<python-input-7>", "exec", dont_inherit=True)
    if hasattr(linecache, "_getlines_from_code"):
        linecache._register_code(code, text, "<python-input-7>")
    else:
        linecache._register_code("<python-input-7>", text, "<stdin>")
    names: dict[str, Any] = {}
    exec(code, names)
    assert_agrees(names["typed"], (1,))


# -- what has no source


@pytest.mark.parametrize("function", [len, math.sqrt, "text".upper, int, functools.partial(decorated, 1), 3])
def test_no_python_function(function: Any) -> None:
    with pytest.raises(UnsupportedError, match="without Python source; instead: write"):
        compile_function(function)


def test_bound_method() -> None:
    class A:
        def method(self) -> None: ...

    with pytest.raises(UnsupportedError, match="bound method"):
        compile_function(A().method)


# -- functions that a tool rewrote


def test_assert_in_a_test_module() -> None:
    """pytest rewrites `assert` in this very file."""

    def f(x: int) -> int:
        assert x > 0, "positive"
        return x

    assert_agrees(f, (1,))
