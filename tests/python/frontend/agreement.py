"""Compares px code, run by the machine, with the Python function it was made from."""

from __future__ import annotations

import copy
import math
from types import FunctionType
from typing import Any

import machine
from traced import LOG, T

from px.frontend import Code, UnresolvedError, compile_function


def canonical(value: Any) -> Any:
    """A form in which equal means the same type and the same bits."""
    if isinstance(value, tuple | list):
        return (type(value).__name__, [canonical(element) for element in value])
    if isinstance(value, T):
        return ("T", value.value)
    if isinstance(value, float):
        return ("float", "nan" if math.isnan(value) else value.hex())
    return (type(value).__name__, repr(value))


def outcome(call: Any, function: FunctionType, first_line: int, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Result or exception with its line, changes to the arguments, and the log of operations."""
    args = copy.deepcopy(args)
    LOG.clear()
    try:
        result: tuple[Any, ...] = ("returned", canonical(call(*args)))
    except Exception as error:
        line, trace = None, error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code is function.__code__:
                line = trace.tb_lineno - first_line
            trace = trace.tb_next
        if line is None:
            line = error.px_line  # type: ignore[attr-defined]
        arguments = () if isinstance(error, NameError) or "unpack" in str(error) else error.args
        kind = NameError if isinstance(error, UnresolvedError) else type(error)
        result = ("raised", kind.__name__, canonical(arguments), line)
    return (*result, canonical(args), events())


def events() -> list[str]:
    """The log. How often Python asks one value for its truth in a row depends on its version: here, once."""
    return [event for event, before in zip(LOG, ["", *LOG], strict=False) if event != before or not event.startswith("bool")]


def assert_agrees(function: FunctionType, *calls: tuple[Any, ...], source: str | None = None) -> Code:
    """px code of `function` is sound and behaves as it does, for each tuple of arguments."""
    code = compile_function(function, source=source)
    machine.check(code)
    for args in calls:
        expected = outcome(function, function, code.first_line, args)
        found = outcome(lambda *a: machine.run(code, function, *a), function, code.first_line, args)
        assert found == expected, f"{function.__qualname__}{args}\n{machine.listing(code)}"
    return code
