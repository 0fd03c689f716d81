"""What px does not support is an error that names file, line, construct and what to write instead."""
# ruff: noqa

from __future__ import annotations

import ast
import textwrap
from typing import Any

import pytest
from px.errors import UnsupportedError
from px.frontend import compile_function
from px.frontend.advice import ADVICE

# Text below `def f(a, b):`, its line relative to `def`, and words of the message.
REFUSED: list[tuple[str, int, str]] = [
    ("x = 1\nyield x", 0, "a generator function .* instead: fill an array"),
    ("try: a()\nexcept ValueError: pass", 2, "`except` of some exceptions"),
    ("try: a()\nexcept Exception as e: pass", 2, "an exception as the variable 'e'"),
    ("try: a()\nexcept ValueError: pass\nexcept: pass", 3, "a second `except`"),
    ("with a: pass", 1, "`with`"),
    ("x = {i for i in a}", 1, "a set comprehension"),
    ("x = {i: 1 for i in a}", 1, "a dict comprehension"),
    ("return tuple(i for i in a)", 1, "a generator expression"),
    ("x = {1, 2}", 1, "a set display"),
    ("x = {1: 2}", 1, "a dict display"),
    ("x = 1\ny = f'{x}'", 2, "an f-string .* main thread"),
    ("raise ValueError(f'{a:{b}}')", 1, "an f-string with a computed format"),
    ("async def g(): pass", 1, "an async function"),
    ("class A: pass", 1, "a class definition"),
    ("import math", 1, "`import` .* top of the file"),
    ("from math import pi", 1, "`import` .* top of the file"),
    ("global g\ng = 1", 1, "`global`"),
    ("match a:\n  case 1: pass", 1, "`match` .* if and elif"),
    ("x = a(**b)", 1, r"`\*\*` in a call"),
    ("raise ValueError from a", 1, "`raise … from`"),
    ("raise ValueError(a=1)", 1, "keyword arguments of an exception"),
    ("raise ValueError(*a)", 1, r"`\*`"),
    ("x = a(*b, c=1)", 1, r"`\*` and keywords"),
    ("del a.b", 1, "this target of `del`"),
    ("@a\ndef g(): pass", 1, "a decorator inside a function"),
    ("def g(*x): pass", 1, r"`\*` among the parameters"),
    ("def g(): yield 1", 1, "a generator inside a function"),
    ("def g(): return g()", 1, "which calls itself"),
    ("g = lambda: a\na = 1", 2, "which a function inside this one reads and which is assigned after it"),
    ("def g(x=a): pass", 1, "a default that is no number or text"),
    ("return [(lambda: i) for i in a]", 1, "a function inside a comprehension"),
    ("return b'x'", 1, "a bytes literal"),
    ("x = 1\nreturn 18446744073709551616", 2, "the integer 18446744073709551616, which has more than 64 bits"),
    ("return -9223372036854775809", 1, "more than 64 bits"),
    ("return 2 ** 64", 1, "more than 64 bits"),
]


def define(text: str) -> tuple[Any, str]:
    names: dict[str, Any] = {}
    exec(compile(text, "<sample>", "exec", dont_inherit=True), names)
    return names["f"], text


@pytest.mark.parametrize(("body", "line", "words"), REFUSED, ids=[body.partition("\n")[0] for body, _, _ in REFUSED])
def test_refused(body: str, line: int, words: str) -> None:
    function, text = define("\ndef f(a, b):\n" + textwrap.indent(body, "  ") + "\n")
    with pytest.raises(UnsupportedError, match=words) as caught:
        compile_function(function, source=text)
    assert str(caught.value).startswith(f"<sample>:{2 + line}: px does not support ")
    assert " (in f); instead: " in str(caught.value)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("def f(**a)", r"a `\*\*kwargs` parameter"),
        ("def f(*a, b)", "a keyword-only parameter after"),
        ("async def f(a)", "an async function"),
    ],
)
def test_refused_signature(header: str, words: str) -> None:
    function, text = define(f"{header}:\n  pass\n")
    with pytest.raises(UnsupportedError, match=words):
        compile_function(function, source=text)


def test_the_limits_of_integers_are_accepted() -> None:
    function, text = define("def f(): return -9223372036854775808, 18446744073709551615, 1 << 63\n")
    assert compile_function(function, source=text).constants == [-(2**63), 2**64 - 1, 2**63]


def test_code_that_cannot_run_is_not_looked_at() -> None:
    function, text = define("def f(a):\n  if 0:\n    x = {i for i in a}\n  return a\n  del a\n")
    assert len(compile_function(function, source=text).instructions) == 1


def test_every_kind_of_node_has_a_function_or_advice() -> None:
    from px.frontend.lowering import EXPRESSIONS, STATEMENTS

    known = {node.__name__ for node in (*EXPRESSIONS, *STATEMENTS)} | set(ADVICE)
    nodes = {n.__name__ for base in (ast.expr, ast.stmt) for n in base.__subclasses__()} - {
        "Num",
        "Str",
        "Bytes",
        "NameConstant",
        "Ellipsis",
        "FormattedValue",  # inside of JoinedStr alone
    }
    assert nodes <= known
