"""Random programs in px's language, each made from a seed: loops in loops, arrays, arithmetic, tuples,
lists, calls, recursion, exceptions, try.

Every name has one type throughout: `n*`, `i*` and `w*` are integers, `f*` floats, `p0` a tuple (int, float), `x0` a list of
integers that is never empty. A small program goes without most of these and most arrays: Numba compiles it in a tenth of the time.
Integers are kept small, so that Python's and 64-bit arithmetic agree. What an array holds is read through `float` and `int`: a NumPy
scalar would divide by zero without an exception in CPython.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

HEAD = ["import math", "import numpy as np", "", ""]
ARRAYS = {"a": 7, "b": 5}  # float64 and int64, with their lengths
ROWS, COLUMNS = 3, 4  # of the float64 array `c`
PARAMETERS = ["a", "b", "c", "fuel", "n0", "f0"]
# What a small program may go without, and what begins it.
PARTS = {"p0": "p0 = (n0, f0 + 0.0)", "w": "w = np.zeros(4)", "x0": "x0 = [n0, 1, 2]", "a": "", "b": "", "c": ""}


@dataclass
class Node:
    """A line, with blocks below it: ("", block) follows the line itself, ("else:", block) a line of its own."""

    line: str
    blocks: list[tuple[str, list[Node]]] = field(default_factory=list)
    fixed: bool = False  # shrinking leaves it

    def text(self, indent: int) -> Iterator[str]:
        yield "    " * indent + self.line
        for head, block in self.blocks:
            if head:
                yield "    " * indent + head
            for node in block or [Node("pass")]:
                yield from node.text(indent + 1)


@dataclass
class Program:
    """Functions, callees first; the last is called with two floats' worth of arrays and numbers (`arguments`)."""

    seed: int
    functions: list[Node]
    python: bool  # CPython does the same
    native: bool = True  # there is native code
    numba: bool = False  # Numba itself says what is right
    head: list[str] = field(default_factory=lambda: HEAD)
    without: frozenset[str] = frozenset()  # the parts that a small program does not have

    def source(self) -> str:
        lines = list(self.head)
        for function in self.functions:
            lines += [*function.text(0), "", ""]
        return "\n".join(lines)

    def arguments(self) -> list[tuple[object, ...]]:
        """Two tuples of the same types."""
        made = np.random.default_rng(self.seed)
        a, b = made.integers(-8, 9, ARRAYS["a"]) / 4, made.integers(-9, 10, ARRAYS["b"])
        c = np.round(made.normal(0, 2, (ROWS, COLUMNS)), 2)
        one = (a, b, c, np.array([40]), int(made.integers(0, 9)), float(made.integers(-4, 5)) / 2)
        other = (a[::-1].copy(), b + 1, -c, np.array([40]), int(made.integers(-9, 30)), 0.5)
        used = [name not in self.without for name in PARAMETERS]
        return [tuple(value for value, use in zip(all_, used, strict=True) if use) for all_ in (one, other)]


# What stands for a name in braces, by depth: {int} becomes one of these, whose own names are replaced one level lower; {int0} has no names.
LEAVES = {
    "int": ["n0", "n1", "n2", "-2", "3", "7", "{loop}", "{loop}"],
    "float": ["f0", "f1", "f2", "0.5", "-1.5", "3.0", "(n0 + 0.5)", "({loop} * 0.5)"],
    "cond": ["{int0} < {int0}", "{float0} <= {float0}", "{int0} != {int0}", "n1 > 4"],
}
INNER = {
    "int": [
        "({int} + {int})",
        "({int} - {int})",
        "({int} * {int})",
        "({int} // ({int0} | 1))",
        "({int} % ({int} | 64))",
        "({int} // 3 + {int})",
        "({int} // {int})",
    ]
    + ["({int} & {int})", "({int} ^ {int})", "({int} >> 2)", "({int} if {cond} else {int})", "int(b[{index_b}])", "abs({int})"]
    + ["min({int}, {int})", "max({int}, {int0})", "p0[0]", "(-{int})", "x0[{int0} % len(x0)]", "x0[-1]", "len(x0)", "x0.count({int0})"],
    "wrapping": ["(n1 * {int} * 3037000507)", "((n1 + {int}) << 40)", "(n2 * {int0} * n1 * 1000003 - {int})"],
    "float": ["({float} + {float})", "({float} - {float})", "({float} * {float})", "({float} * {float} + {float})", "({float} / {float})"]
    + [
        "({float} / ({float} + 0.25))",
        "({float} / 3.0)",
        "float(a[{index_a}])",
        "float(c[{index_row}, {index_column}])",
        "float(w[{index_w}])",
    ]
    + ["({float} if {cond} else {float})", "math.sqrt(abs({float}))", "math.cos({float0})", "abs({float})", "p0[1]", "(-{float})"],
    "cond": [
        "({cond} and {cond})",
        "({cond} or {cond})",
        "(not {cond})",
        "({int} in x0)",
        "{int} == {int}",
        "{int} > {int}",
        "{float} < {float}",
    ]
    + ["{float} >= {int}", "{int} <= {int} < {int}"],
}
SIMPLE = [
    *["n1 = {small}", "n2 = {small}", "f0 = {float2}", "f1 = {float2}", "f2 = {float2}", "f1 = {float1}; n1 = {small}"],
    *[
        "f0 = f0 * 0.5 + {float1}",
        "a[{index_a}] = {float2}",
        "a[{index_a}] += {float1}",
        "w[{index_w}] = {float1}",
        "b[{index_b}] = {small}",
    ],
    *["c[{index_row}, {index_column}] = {float1}", "p0 = ({small}, {float1} + 0.0)", "n1, f1 = p0", "n1, n2 = n2, n1", "f1, f2 = f2, f0"],
    *["x0.append({small})", "x0[{int0} % len(x0)] = {small}", "x0 = x0[1:] + [{small}, n1]", "x0.insert(n1, n2)", "x0.reverse()"],
    *["x0 = [x * 2 % 50 for x in x0 if x > {int0}] + [n0]", "x0.sort()", "n1 = x0.pop(); x0.append(n0)", "x0.extend(x0[:2])"],
]
FAILURES = ["ValueError", "KeyError(n0)", "IndexError('none', n1)", "ValueError(f0, n2)", "OverflowError('large')"]
RANGES = [
    *["range({n})", "range({int1} % 6)", "range(-2, {n})", "range({n}, -1, -1)", "range(1, 9, {n})", "range({int0} % 9, {int0} % 9)"],
    *["range(2, 9, {int0} % 4)", "range(b.shape[0])", "range(len(a) - 1)"],
]


class Writer:
    """Writes one program."""

    def __init__(self, seed: int, *, small: bool = False) -> None:
        self.seed = seed
        self.random = random.Random(seed)
        self.small = small
        self.without: frozenset[str] = frozenset()
        self.wraps = self.random.random() < 0.15  # integers grow out of 64 bits: CPython differs
        self.callees: list[str] = []
        self.loops: list[str] = []  # the variables of the loops around
        self.while_loops = 0
        self.tries = self.random.random() < 0.25  # the program has `try`, and so no native code
        self.native = True
        if small:
            self.tries = False
            self.calls = self.chance(0.1)
            self.without = frozenset(part for part in PARTS if self.chance(0.8)) | ({"fuel"} if not self.calls else set())

    def pick(self, *choices: str) -> str:
        if not self.without:
            return self.random.choice(choices)
        return self.random.choice([choice for choice in choices if not self.without & set(re.findall(r"\w+", choice))])

    def chance(self, p: float) -> bool:
        return self.random.random() < p

    def fill(self, template: str, depth: int = 2) -> str:
        """The template with each name in braces replaced."""
        return re.sub(r"{(\w+?)(\d?)}", lambda m: self.expand(m[1], int(m[2]) if m[2] else depth), template)

    def expand(self, name: str, depth: int) -> str:
        if name.startswith("index_"):
            return self.index(name[len("index_") :])
        if name == "loop":
            return self.pick(*self.loops or ["n0"])
        if name == "n":
            return str(self.random.randint(1, 5))
        if name == "small":  # an integer that is stored
            return self.fill("{int2}" if self.wraps else "{int2} % 101 - 20")
        if depth == 0 or self.chance(0.25):
            return self.fill(self.pick(*LEAVES[name]), 0)
        kind = "wrapping" if name == "int" and self.wraps and self.chance(0.3) else name
        return self.fill(self.pick(*INNER[kind]), depth - 1)

    def index(self, array: str) -> str:
        size = {"row": ROWS, "column": COLUMNS, "w": 4, **ARRAYS}[array]
        if self.chance(0.03):
            return self.fill(self.pick("n0", "n1", str(size), str(-size - 1), "{int1}"), 1)
        good = [str(self.random.randrange(-size, size)), f"{self.pick('n0', 'n1', 'n2')} % {size}"]
        good += [f"{i} % {size}" for i in self.loops] + [f"-1 - {i} % {size}" for i in self.loops]
        return self.pick(*good)

    def condition(self) -> str:
        return self.fill("{cond}", 1)

    def call(self) -> str:
        return self.fill(f"{self.pick(*self.callees)}({self.handed_on()}{{int1}} % 5, {{float1}} + 0.0)")

    def handed_on(self) -> str:
        """What a call passes as it is."""
        return "".join(f"{name}, " for name in PARAMETERS[:4] if name not in self.without)

    # Statements.
    def block(self, depth: int, most: int = 4) -> list[Node]:
        return [self.statement(depth) for _ in range(self.random.randint(1, most))]

    def statement(self, depth: int) -> Node:
        if depth > 0 and self.chance(0.45):
            return self.random.choice([self.for_loop, self.for_loop, self.while_loop, self.branch])(depth)
        if depth > 0 and self.tries and self.chance(0.2):
            return self.attempt(depth)
        if self.chance(0.04):
            return self.failure()
        if self.loops and self.chance(0.12):
            return Node(f"if {self.condition()}:", [("", [Node(self.pick("break", "continue"))])])
        if self.callees and self.chance(0.15):
            return Node(self.pick(f"f1 = {self.call()}", f"f2 = f2 + {self.call()}"))
        return Node(self.fill(self.pick(*SIMPLE)))

    def attempt(self, depth: int) -> Node:
        self.native = False
        node = Node("try:", [("", [*self.block(depth - 1, 3), self.failure(), *self.block(depth - 1, 2)])])
        if catches := self.chance(0.8):
            again = [Node(f"if {self.condition()}:", [("", [Node("raise")])])] if self.chance(0.2) else []
            node.blocks.append((self.pick("except Exception:", "except:"), [*self.block(depth - 1, 2), *again]))
            if self.chance(0.3):
                node.blocks.append(("else:", self.block(depth - 1, 2)))
        if not catches or self.chance(0.3):
            node.blocks.append(("finally:", [Node("n2 = n2 + 1"), *self.block(0, 1)]))
        return node

    def failure(self) -> Node:
        test = self.condition()
        if self.chance(0.4):
            return Node(self.pick(f"assert {test}", f"assert {test}, 'not so'"))
        what = self.pick(*FAILURES)
        return Node(f"if {test}:", [("", [Node(f"raise {what}")])])

    def branch(self, depth: int) -> Node:
        node = Node(f"if {self.condition()}:", [("", self.block(depth - 1, 3))])
        if self.chance(0.3):
            node.blocks.append((f"elif {self.condition()}:", self.block(depth - 1, 2)))
        if self.chance(0.5):
            node.blocks.append(("else:", self.block(depth - 1, 2)))
        return node

    def for_loop(self, depth: int) -> Node:
        i = f"i{len(self.loops)}"
        node = Node(f"for {i} in {self.fill(self.pick(*RANGES))}:")
        self.loops.append(i)
        node.blocks.append(("", self.block(depth - 1)))
        self.loops.pop()
        self.maybe_else(node, depth)
        return node

    def while_loop(self, depth: int) -> Node:
        """Counts down first of all: `continue` leaves nothing out."""
        i = f"w{self.while_loops}"
        self.while_loops += 1
        rounds = self.fill(self.pick("{n}", "{int1} % 6"))
        test = f"{i} > 0" if self.chance(0.7) else f"{i} > 0 and {self.condition()}"
        self.loops.append(i)
        body = [Node(f"{i} = {i} - 1", fixed=True), *self.block(depth - 1)]
        self.loops.pop()
        node = Node(f"while {test}:", [("", body)])
        self.maybe_else(node, depth)
        return Node("if True:", [("", [Node(f"{i} = {rounds}", fixed=True), node])])

    def maybe_else(self, node: Node, depth: int) -> None:
        if self.chance(0.25):
            node.blocks.append(("else:", self.block(depth - 1, 2)))

    # Functions.
    def function(self, name: str, depth: int, *, recursive: bool) -> Node:
        self.while_loops = 0
        begin = [line for part, line in PARTS.items() if line and part not in self.without]
        body = ["n1 = n0 + 1", "n2 = 3", "f1 = f0 * 0.5", "f2 = 1.0", *begin]
        nodes = [Node("fuel[0] -= 1", fixed=True), Node("if fuel[0] < 0:", [("", [Node("return 0.25", fixed=True)])], fixed=True)]
        main = name == "main"
        nodes = [] if main else nodes
        nodes += [Node(line, fixed=True) for line in body]
        if recursive:
            nodes.append(Node("if n0 <= 0:", [("", [Node("return f0 + 0.0", fixed=True)])], fixed=True))
        nodes += self.block(depth, 3 if self.small else 5)
        if recursive:
            inner = Node(f"f1 = f1 + {name}({self.handed_on()}n0 - 1, {self.fill('{float1}')} + 0.0)")
            nodes += [inner if self.chance(0.5) else Node("for r in range(2):", [("", [inner])])]
            nodes += self.block(1, 2)
        every = ["f0 + f1", "n1", "p0", "w", "f2", "len(x0)", "sum(x0)"]
        results = ", ".join(result for result in every if not self.without & set(re.findall(r"\w+", result)))
        nodes.append(Node(f"return ({results})" if main else f"return {self.fill('{float1}')} + f1", fixed=True))
        return Node(f"def {name}({self.handed_on()}n0, f0):", [("", nodes)], fixed=True)

    def program(self) -> Program:
        functions = []
        depth = 1 if self.small else 2
        for k in range(self.calls if self.small else self.random.randrange(3)):
            functions.append(self.function(f"g{k}", depth, recursive=self.chance(0.4)))
            self.callees.append(f"g{k}")
        functions.append(self.function("main", 2 if self.small else 3, recursive=False))
        return Program(self.seed, functions, python=not self.wraps, native=self.native, numba=self.small, without=self.without)


def make_program(seed: int) -> Program:
    return Writer(seed).program()


def make_small_program(seed: int) -> Program:
    return Writer(seed, small=True).program()
