"""Generated programs: whatever Hypothesis writes, px code does as Python does."""

from __future__ import annotations

from typing import Any

from agreement import assert_agrees
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from traced import T, note

NAMES = ("a", "b", "c", "d")
names = st.sampled_from(NAMES)


def join(template: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Texts made of a template and generated parts."""
    return st.tuples(*parts).map(lambda values: template.format(*values))


def extend(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    arithmetic = st.sampled_from(["+", "-", "*", "&", "|", "^"])
    comparison = st.sampled_from(["<", "<=", ">", ">=", "==", "!=", "is", "is not"])
    return st.one_of(
        join("({} {} {})", inner, arithmetic, inner),
        join("({} {} {})", inner, comparison, inner),
        join("({} {} {} {} {})", inner, comparison, inner, comparison, inner),
        join("({} and {})", inner, inner),
        join("({} or {} and {})", inner, inner, inner),
        join("(not {})", inner),
        join("({} if {} else {})", inner, inner, inner),
        join("note({})", inner),
        join("t[{}]", inner),
        join("t[{}:{}, {}]", inner, inner, inner),
        join("t({}, k={})", inner, inner),
        join("({} := {})", names, inner),
    )


atoms = st.one_of(names, st.sampled_from(["0", "1", "2", "-1", "True", "T(0)", "T(3)"]))
expressions = st.recursive(atoms, extend, max_leaves=6)
targets = st.recursive(
    st.one_of(names, join("t[{}]", atoms), join("t[{}]", join("({} := {})", names, atoms))),
    lambda inner: join("({}, {})", inner, inner),
    max_leaves=3,
)


def indent(lines: list[str]) -> list[str]:
    return ["  " + line for line in lines]


def flat(blocks: list[list[str]]) -> list[str]:
    return [line for block in blocks for line in block]


def statements(depth: int, in_loop: bool) -> st.SearchStrategy[list[str]]:
    """One statement, as lines."""
    simple = [
        join("{} = {}", names, expressions),
        join("{}, {} = {}, {}", targets, targets, expressions, expressions),
        join("{} = {} = {}", targets, targets, join("({}, {})", expressions, expressions)),
        join("t[{}] = {} = {}", atoms, names, names),
        join("{} {}= {}", names, st.sampled_from(["+", "-", "*", "|"]), expressions),
        join("t[{}] += {}", expressions, expressions),
        join("note({})", expressions),
        join("assert {}, {}", expressions, expressions),
        join("if {}: return {}", expressions, expressions),
        join("if {}: raise ValueError({}, {})", expressions, expressions, expressions),
    ]
    if in_loop:
        simple += [join("if {}: break", expressions), join("if {}: continue", expressions), st.sampled_from(["break", "continue"])]
    one_line = st.one_of(*simple).map(lambda line: [line])
    if not depth:
        return one_line
    body, loop = block(depth - 1, in_loop), block(depth - 1, in_loop=True)
    fueled = loop.map(lambda lines: ["fuel -= 1", "if fuel < 0: return 'no fuel'", *lines])
    return st.one_of(
        one_line,
        st.builds(lambda test, yes, no: [f"if {test}:", *indent(yes), "else:", *indent(no)], expressions, body, body),
        st.builds(lambda test, yes: [f"if {test}:", *indent(yes)], expressions, body),
        st.builds(
            lambda n, k, do, no: [f"for {n} in range({k}):", *indent(do), "else:", *indent(no)], names, st.integers(0, 3), loop, body
        ),
        st.builds(lambda test, do, no: [f"while {test}:", *indent(do), "else:", *indent(no)], expressions, fueled, body),
        st.builds(lambda do: ["while True:", *indent(do)], fueled),
    )


def block(depth: int, in_loop: bool = False) -> st.SearchStrategy[list[str]]:
    return st.lists(statements(depth, in_loop), min_size=1, max_size=3).map(flat)


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(body=block(2), values=st.tuples(*[st.integers(-2, 3)] * 2))
def test_generated_program(body: list[str], values: tuple[int, int]) -> None:
    text = "\n".join(["def f(t, a, b, c=T(2)):", "  d = 1", "  fuel = 6", *indent(body), "  return a, b, c, d", ""])
    text = text.replace("c=T(2)", "c=2")
    scope: dict[str, Any] = {"T": T, "note": note}
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # `1 is 2`
        exec(compile(text, "<generated>", "exec", dont_inherit=True), scope)
        assert_agrees(scope["f"], (T(1), *values), (T(2), T(values[0]), T(values[1])), source=text)
