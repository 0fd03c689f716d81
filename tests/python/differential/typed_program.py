"""Random programs over all of NumPy's numbers, each made from a seed: scalars and arrays of every width, views, masks, broadcasting,
ufuncs, reductions, tuples, lists, loops and branches whose variables take the common type of their values.

What Numba makes of a program is right. Not every program can be typed: one that Numba refuses px has to refuse as well.
Left out is what is undefined in Numba: floats outside of the integer type that they are converted to, shifts by more bits than there are;
and the truth of arrays.
"""

from __future__ import annotations

import random
import re
from typing import Any

import numpy as np

from differential.program import Node, Program
from differential.typed_grammar import (
    ABOUT_NONE,
    ACCUMULATE,
    CHANGES,
    COLUMNS,
    COMPLEX,
    FLOATS,
    INNER,
    LEAVES,
    LENGTH,
    RETURNS,
    ROWS,
    SIGNED,
    UNSIGNED,
)

HEAD = [
    "import math",
    "import numpy as np",
    "",
    "",
    "def whole(x):",
    "    if not abs(x) < 1000.0:",
    "        return 7",
    "    return int(x)",
    "",
    "",
]


def _numbers(rng: np.random.Generator, dtype: str, shape: Any) -> np.ndarray:
    """Small numbers mostly, and now and then the odd ones of the type."""
    kind = np.dtype(dtype)
    odd = rng.random(shape) < 0.12
    if kind.kind in "iu":
        info = np.iinfo(kind)
        small = rng.integers(0 if kind.kind == "u" else -6, 12, shape).astype(kind)
        edge = np.array([info.min, info.max, info.max - 1, info.max // 2], kind)[rng.integers(0, 4, shape)]
        return np.where(odd, edge, small).astype(kind)
    if kind.kind == "b":
        return rng.random(shape) < 0.5
    real = "float32" if kind.itemsize in (4, 8) and kind.kind == "c" or dtype == "float32" else "float64"
    edges = np.array([0.0, -0.0, np.nan, np.inf, -np.inf, np.finfo(real).max, np.finfo(real).tiny, 1e-3])
    parts = [np.where(odd, edges[rng.integers(0, 8, shape)], np.round(rng.normal(0, 3, shape), 2)) for _ in range(2)]
    made = np.empty(shape, kind)
    made.real = parts[0]
    if kind.kind == "c":
        made.imag = np.where(odd, parts[1], np.round(rng.normal(0, 3, shape), 1))
    return made


def _laid_out(array: np.ndarray, layout: str) -> np.ndarray:
    """The array in C or F order, or every other element of a larger one."""
    if layout == "A":
        wide = np.zeros(tuple(2 * n for n in array.shape), array.dtype)
        view = wide[tuple(slice(None, None, 2) for _ in array.shape)]
        view[...] = array
        return view
    return np.array(array, order=layout)  # type: ignore[call-overload]


class TypedWriter:
    """Writes one program; the types of its arguments belong to it."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.random = random.Random(seed)
        pick = self.random.choice
        self.parameters = {  # name → (type, dimensions, layout)
            "p0": (pick(SIGNED + UNSIGNED), 0, ""),
            "p1": (pick(FLOATS + SIGNED), 0, ""),
            "p2": (pick(COMPLEX + FLOATS), 0, ""),
            "p3": ("bool", 0, ""),
            "a0": (pick(SIGNED + UNSIGNED), 1, pick("CCA")),
            "a1": (pick(FLOATS), 1, pick("CCA")),
            "a2": (pick(COMPLEX + FLOATS), 1, pick("CCA")),
            "a3": ("bool", 1, "C"),
            "m0": (pick(SIGNED + UNSIGNED), 2, pick("CFA")),
            "m1": (pick(FLOATS), 2, pick("CFA")),
            "m2": (pick(COMPLEX + FLOATS), 2, pick("CFA")),
            "q0": (pick(["none", "none", "none", *FLOATS, *SIGNED, "bool"]), 0, ""),  # by default None
        }
        self.names = {"si": ["p0"], "sr": ["p1", "p0"], "sz": ["p2"], "sb": ["p3"], "ai": ["a0"], "ar": ["a1"], "az": ["a2"], "ab": ["a3"]}
        self.names |= {"mi": ["m0"], "mr": ["m1"], "mz": ["m2"]}
        self.loops: list[str] = []
        self.made = 0
        self.optional = True  # nothing is assigned to q0 yet

    def chance(self, p: float) -> bool:
        return self.random.random() < p

    def fill(self, template: str, depth: int = 2) -> str:
        return re.sub(r"{([a-zA-Z]+)(\d?)}", lambda m: self.expand(m[1], int(m[2]) if m[2] else depth), template)

    def expand(self, name: str, depth: int) -> str:
        pick = self.random.choice
        if name in self.names:
            return pick(self.names[name])
        fixed = {
            "n": "3",
            "row": str(self.random.randrange(-3, 3)),
            "col": str(self.random.randrange(-4, 4)),
            "lit": str(self.random.randint(-90, 90)),
        }
        if name in fixed:
            return "6" if depth == 6 else fixed[name]
        if name in ("int", "float", "complex"):
            return pick({"int": SIGNED + UNSIGNED, "float": FLOATS, "complex": COMPLEX}[name])
        if name == "slice":
            return pick([":", "1:4", "::2", "-3:", ":-2", "4:0:-1", "{k}:".format(k=self.random.randrange(-7, 8))])
        if name == "loop":
            return pick(self.loops) if self.loops else "1"
        if depth <= 0 or self.chance(0.3):
            return self.fill(pick(LEAVES[name]), 0)
        return self.fill(pick(INNER[name]), depth - 1)

    def fresh(self) -> str:
        self.made += 1
        return f"v{self.made}"

    def statement(self, depth: int) -> list[Node]:
        roll = self.random.random()
        kind = self.random.choice(["i", "r", "r", "z", "I", "R", "R", "Z", "B", "N", "M", "O"])
        slot = {"i": "si", "r": "sr", "z": "sz", "I": "ai", "R": "ar", "Z": "az", "B": "ab", "M": "mi", "N": "mr", "O": "mz"}[kind]
        if roll < 0.12 and self.optional:
            return self.about_none(depth)
        if roll < 0.35:
            name = self.fresh()
            node = Node(f"{name} = {self.fill('{' + kind + '}', 3)}", fixed=True)
            # A view or a copy, of a type that is not known here: it is read, not written.
            if kind in "irz":
                self.names[slot].append(name)
            return [node]
        if roll < 0.6:
            return [Node(self.fill(self.random.choice(CHANGES)))]
        if roll < 0.72:
            kind = self.random.choice("irz")
            name = self.fresh()
            head = Node(f"if {self.fill('{c}')}:", [("", [Node(f"{name} = {self.fill('{' + kind + '}')}", fixed=True)])], fixed=True)
            head.blocks.append(("else:", [Node(f"{name} = {self.fill('{' + kind + '}')}", fixed=True)]))
            self.names["s" + kind].append(name)
            return [head]
        if roll < 0.92 and depth > 0:
            return self.loop(depth)
        test = self.fill("{c}")
        return [
            Node(
                f"if {test}:",
                [("", [Node(self.random.choice([f"raise ValueError('case {self.made}')", self.fill(self.random.choice(CHANGES))]))])],
            )
        ]

    def about_none(self, depth: int) -> list[Node]:
        """What asks whether the last argument is None, which decides branches before types are known."""
        name = self.fresh()
        line = self.random.choice(ABOUT_NONE)
        if line.startswith("q0 = ") and (depth < 2 or self.loops):
            line = "{v} = {r} if q0 is None else q0"  # once, for all that follows
        line = self.fill(line.replace("{v}", name))
        if line.startswith(name):
            kind = "sb" if " if " not in line else "sr"
            self.names[kind].append(name)
            return [Node(line, fixed=True)]
        if line.startswith("q0 = "):
            self.optional = False
            self.names["sr"].append("q0")
            return [Node(line, fixed=True)]
        if "else" not in line:
            return [Node(line, [("", [Node(self.fill(self.random.choice(CHANGES)))])])]
        self.names["sr"].append(name)
        ways = [Node(f"{name} = {self.fill('{r}')}", fixed=True), Node(f"{name} = q0", fixed=True)]
        if " is not " in line or "!=" in line:
            ways.reverse()
        return [Node(line.removesuffix(" else:"), [("", ways[:1]), ("else:", ways[1:])], fixed=True)]

    def loop(self, depth: int) -> list[Node]:
        kind = self.random.choice("irrz")
        total, i = self.fresh(), f"i{len(self.loops)}"
        start = Node(f"{total} = {self.fill('{' + kind + '}', 1)}", fixed=True)
        items = {"i": "{I1}", "r": "{R1}", "z": "{Z1}"}[kind]
        way = self.random.randrange(5)
        heads = [f"for {i} in range({self.random.randint(1, 3)}):", f"for {i}, x{i} in enumerate({self.fill(items)}[:3]):"]
        heads += [
            f"for {i}, x{i}, y{i} in zip(range(3), {self.fill(items)}, {self.fill('{R1}')}):",
            heads[0],
            f"for {i} in range(2, -1, -1):",
        ]
        self.loops.append(i)
        step = self.fill(self.random.choice(ACCUMULATE[kind]).replace("{v}", total))
        body = [Node(f"{total} = {step}", fixed=True)]
        if way in (1, 2):
            body.append(Node(f"{total} = {total} + x{i}"))
        if depth > 1 and self.chance(0.3):
            saved = {k: list(v) for k, v in self.names.items()}
            body += [n for _ in range(2) for n in self.statement(depth - 1)]
            self.names = saved  # what is made in the loop may not be there after it
        if self.chance(0.2):
            body.append(Node(f"if {self.fill('{c}', 1)}:", [("", [Node(self.random.choice(["break", "continue"]))])]))
        self.loops.pop()
        self.names["s" + kind].append(total)
        return [start, Node(heads[way], [("", body)], fixed=True)]

    def opening(self) -> list[Node]:
        """A loop before anything else, in which a parameter may become another type."""
        if not self.chance(0.25):
            return []
        name = self.random.choice(["p0", "p1"])
        step = self.random.choice(["1", "0.75", "True", "np.int16(2)", "np.float32(1.5)", "(p3 + 1)", "(1 + a3[0])"])
        test = self.random.choice([f"-9 < {name} < 6", f"{name} > -9 and {name} < 6"])
        change = self.random.choice([f"{name} += {step}", f"{name} = {name} + {step}"])
        return [Node(f"while {test}:", [("", [Node(change, fixed=True)])])]

    def program(self) -> Program:
        body = self.opening() + [n for _ in range(self.random.randint(2, 5)) for n in self.statement(2)]
        results = [self.fill("{" + self.random.choice(RETURNS) + "}") for _ in range(self.random.randint(1, 3))]
        results += [n for names in (self.names["si"], self.names["sr"], self.names["sz"]) for n in names if n.startswith("v")][:4]
        body.append(Node(f"return {', '.join(results)},", fixed=True))
        main = Node(f"def main({', '.join(self.parameters)}=None):", [("", body)], fixed=True)
        return TypedProgram(self.seed, [main], self.parameters)


class TypedProgram(Program):
    """A program whose arguments have the types that it was written for; Numba is its reference."""

    def __init__(self, seed: int, functions: list[Node], parameters: dict[str, tuple[str, int, str]]) -> None:
        super().__init__(seed, functions, python=False, numba=True, head=HEAD)
        self.parameters = parameters

    def arguments(self) -> list[tuple[object, ...]]:
        made = []
        for k in range(2):
            rng = np.random.default_rng([self.seed, k])
            values: list[object] = []
            for dtype, dimensions, layout in self.parameters.values():
                if dtype == "none":
                    if self.seed % 2:
                        values.append(None)
                    continue
                array = _numbers(rng, dtype, [(), (LENGTH,), (ROWS, COLUMNS)][dimensions])
                scalar = np.dtype(dtype).type(array) if not dimensions else None
                plain = {"int64": int, "float64": float, "complex128": complex, "bool": bool}.get(dtype)
                values.append(_laid_out(array, layout) if dimensions else plain(scalar) if plain else scalar)
            made.append(tuple(values))
        return made


def make_typed_program(seed: int) -> Program:
    return TypedWriter(seed).program()
