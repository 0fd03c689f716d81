"""What an answer says beside the object, and the reasons for none."""

from typing import Any

import numpy as np
from px_service import maths, symbols
from service_object import ROOT
from service_request import make


def kinds(n, a):
    x, z = n, (n, a[0])
    y: float = 2
    for i in range(n):
        x += i * 0.5
        y, z = x, (n, a[i])
    flag = not n
    b = np.zeros(n, np.float32)
    for v in a:
        b[0] = v
    r = range(n)
    q = None
    if q is None:
        x = 1
    return x, y, flag, r.start + z[0]


def test_every_definition_of_every_variable(service: Any) -> None:
    header, _ = service.ask(make(kinds, ["int64", "readonly array(int32, 1d, A)"]))
    assert header["ok"], header["reason"]
    (typed,) = header["specialisations"]
    assert typed["function"] == 0
    assert typed["arguments"] == ["int64", "readonly array(int32, 1d, A)"]
    assert typed["result"] == header["result"] == "Tuple(int64, float64, bool, int64)"
    assert typed["definitions"] == [
        ["x", 1, "int64"],
        ["z", 1, "Tuple(int64, int32)"],
        ["y", 2, "int64"],
        ["i", 3, "int64"],
        ["x", 4, "float64"],
        ["y", 5, "float64"],
        ["z", 5, "Tuple(int64, int32)"],
        ["flag", 6, "bool"],
        ["b", 7, "array(float32, 1d, C)"],
        ["v", 8, "int32"],
        ["r", 10, "range(int64)"],
        ["q", 11, "none"],
        ["x", 13, "int64"],
    ]


SCALE = np.ones(3)


def callee(x, n=3):
    y = x * n
    return y * SCALE[0]


def caller(n):
    return callee(n), callee(n * 1.0), callee(1)


def test_every_signature_of_every_callee(service: Any) -> None:
    header, _ = service.ask(make(caller, ["int32"]))
    seen = [(t["function"], t["arguments"], t["result"]) for t in header["specialisations"]]
    assert sorted(seen) == [
        (0, ["int32"], "Tuple(float64, float64, float64)"),
        (1, ["float64", "int64"], "float64"),
        (1, ["int32", "int64"], "float64"),
        (1, ["int64", "int64"], "float64"),
    ]


def test_only_the_entry_is_visible(service: Any) -> None:
    _, blob = service.ask(make(caller, ["int32"]))
    assert symbols.visible(blob) == ["px_entry"]
    assert set(symbols.undefined(blob)) <= symbols.ALLOWED


def mistake(a):
    return a + "x"


def test_a_typing_error_names_what_the_user_wrote(refused: Any) -> None:
    answer = refused(mistake, ["int64"])
    assert answer["kind"] == "typing"
    assert "\n" not in answer["reason"] and "a.py" in answer["reason"] and "px_" not in answer["reason"]


def printing(x):
    print(x)


def test_code_that_needs_python_is_unsupported(refused: Any) -> None:
    assert refused(printing, ["int64"])["kind"] == "unsupported"


def value_of_function(x):
    f = callee if x else callee
    return f(x)


def test_a_function_with_hidden_arrays_is_not_a_value(refused: Any) -> None:
    answer = refused(value_of_function, ["int64"])
    assert answer["kind"] == "unsupported" and "callee" in answer["reason"]


def test_an_unknown_type_is_unsupported(service: Any) -> None:
    header, _ = service.ask(make(mistake, ["decimal"]))
    assert header == {"id": 1, "ok": False, "kind": "unsupported", "reason": "the type 'decimal'"}


def test_a_module_of_the_users_is_not_imported(service: Any) -> None:
    request = make(mistake, ["int64"])
    request["functions"][0]["globals"] = [{"path": "os", "kind": "constant", "value": {"module": "os"}}]
    header, _ = service.ask(request)
    assert not header["ok"] and header["kind"] == "unsupported"


def test_names_of_mathematics_are_the_tables() -> None:
    lines = (ROOT / "jit/builtins/mathlib.def").read_text().splitlines()
    unary = [line[len("PX_MATH1(") :].rstrip(")") for line in lines if line.startswith("PX_MATH1")]
    binary = [line[len("PX_MATH2(") :].rstrip(")") for line in lines if line.startswith("PX_MATH2")]
    assert (unary, binary) == (maths.UNARY, maths.BINARY)
