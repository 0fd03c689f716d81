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
SIGNED = ["int8", "int16", "int32", "int64"]
UNSIGNED = ["uint8", "uint16", "uint32", "uint8", "uint16", "uint32", "uint64"]
FLOATS = ["float32", "float64"]
COMPLEX = ["complex64", "complex128"]
LENGTH, ROWS, COLUMNS = 6, 3, 4

# What stands for {name}. `i` is an integer of any type, `r` a real number, `z` any number, `c` a condition, `k` a valid index; capitals are
# one-dimensional arrays (I, R, Z; B of conditions, all of LENGTH elements), M, N, O two-dimensional ones: integer, real, any.
LEAVES = {
    "i": ["{si}", "{si}", "0", "1", "-3", "7", "{k}", "len({Z0})", "np.int8({lit})", "np.uint16(40000)", "np.int64({lit})"],
    "r": ["{sr}", "{sr}", "{si}", "0.5", "-2.0", "np.float32(1.25)", "3"],
    "z": ["{sz}", "{sz}", "{sr}", "{si}", "1.5", "2j", "np.complex64(1 - 2j)"],
    "c": ["({r0} < {r0})", "({i0} == {i0})", "{sb}", "True"],
    "k": ["0", "1", "2", "-1", "-2", "{loop}"],
    "I": ["{ai}"],
    "R": ["{ar}", "{ai}"],
    "Z": ["{az}", "{ar}", "{ai}"],
    "B": ["{ab}", "({R0} > {r0})"],
    "M": ["{mi}"],
    "N": ["{mr}", "{mi}"],
    "O": ["{mz}", "{mr}"],
}
INNER = {
    "i": ["({i} + {i})", "({i} - {i})", "({i} * {i})", "({i} // {i})", "({i} % {i})", "({i} & {i})", "({i} | {i})", "({i} ^ {i})"]
    + [
        "({i} << ({i0} & 7))",
        "({i} >> ({i0} & 7))",
        "(-{i})",
        "(~{i})",
        "abs({i})",
        "min({i}, {i})",
        "max({i}, {i})",
        "({i} if {c} else {i})",
    ]
    + [
        "{I}[{k}]",
        "{M}[{k}, {k}]",
        "{I}.sum()",
        "{I}.max()",
        "np.argmin({R})",
        "whole({r})",
        "int({c})",
        "{i} ** 2",
        "({B}).sum()",
        "{M}.size",
    ]
    + [
        "divmod({i}, {i})[1]",
        "np.int16(p0)",
        "np.uint8(p0)",
        "np.uint64(whole({i}))",
        "np.int8(whole({i}))",
        "{Z}.shape[0]",
        "len({Z}[{slice}])",
        "pow({i}, 3)",
    ],
    "r": ["({r} + {r})", "({r} - {r})", "({r} * {r})", "({r} / {r})", "({r} // {r})", "({r} % {r})", "(-{r})", "abs({r})", "min({r}, {r})"]
    + [
        "max({r}, {r})",
        "({r} if {c} else {r})",
        "{R}[{k}]",
        "{N}[{k}, {k}]",
        "math.sqrt(abs({r}))",
        "math.floor({r} * 0.001)",
        "np.sin({r})",
        "{i}",
    ]
    + [
        "np.float32({r})",
        "float({r})",
        "{R}.sum()",
        "{R}.mean()",
        "{R}.min()",
        "{N}.sum()",
        "{Z}.real[{k}]",
        "({z}).real",
        "({z}).imag",
        "abs({z})",
    ]
    + [
        "math.exp(-abs({r}))",
        "np.arctan2({r}, {r})",
        "math.copysign({r}, {r})",
        "{r} ** 2",
        "abs({r}) ** 0.5",
        "np.minimum({r}, {r})",
        "np.sign({r})",
    ]
    + ["{r} ** {i0}", "math.hypot({r}, {r})", "np.nanmax({R})", "{R}.var()", "round({r} * 0.01)", "np.prod({R}[:2])", "np.fmax({r}, {r})"],
    "z": [
        "({z} + {z})",
        "({z} - {z})",
        "({z} * {z})",
        "({z} / {z})",
        "(-{z})",
        "{Z}[{k}]",
        "{O}[{k}, {k}]",
        "complex({r}, {r})",
        "({z}).conjugate()",
    ]
    + ["{r}", "np.complex128({z})", "({z} if {c} else {z})", "{Z}.sum()", "{z} ** 2", "np.sqrt({z})", "np.exp(1j * {r0})", "np.conj({z})"],
    "c": [
        "({c} and {c})",
        "({c} or {c})",
        "(not {c})",
        "({r} < {r})",
        "({r} <= {r})",
        "({i} != {i})",
        "({i} >= {i})",
        "({z} == {z})",
        "({i} < {r})",
        "{B}[{k}]",
    ]
    + [
        "{B}.any()",
        "{B}.all()",
        "math.isnan({r})",
        "np.isfinite({r})",
        "({r} < {r} < {r})",
        "bool({i})",
        "({i} in ({i0}, 3, {i0}))",
        "({c} & {c})",
        "({c} ^ {c})",
    ],
    "k": ["whole({i0}) % {n}", "-1 - whole({i0}) % {n}"],
    "I": [
        "({I} + {I})",
        "({I} - {I})",
        "({I} * {I})",
        "({I} & {I})",
        "({I} | {i})",
        "({I} ^ {I})",
        "({I} + {i})",
        "({i} - {I})",
        "(-{I})",
        "(~{I})",
    ]
    + [
        "({I} << ({I} & 3))",
        "({I} >> 1)",
        "np.abs({I})",
        "np.where({B}, {I}, {I})",
        "np.where({B}, {I}, {i})",
        "{I}[::-1]",
        "{ai}.astype(np.{int})",
    ]
    + [
        "np.minimum({I}, {I})",
        "np.maximum({I}, {i})",
        "np.cumsum({I})",
        "np.sort({I})",
        "{I}.copy()",
        "np.arange({n6})",
        "{M}[{row}, :][:2].repeat(3)",
    ]
    + [
        "np.concatenate(({I}[:3], {I}[3:]))",
        "np.square({I})",
        "np.full({n6}, {i})",
        "np.zeros({n6}, np.{int})",
        "{I}[np.array([0, 5, -1, 2, 2, 1])]",
        "{M}.ravel()[:6]",
    ]
    + [
        "({I} // {I})",
        "({I} % {I})",
        "np.roll({I}, {i0})",
        "np.bitwise_xor({I}, {I})",
        "np.array([{i}, {i}, {i}, 1, 2, 3])",
        "np.flip({I})",
        "np.diff({M}.ravel())[:6]",
    ],
    "R": [
        "({R} + {R})",
        "({R} - {R})",
        "({R} * {R})",
        "({R} / {R})",
        "({R} + {r})",
        "({r} * {R})",
        "(-{R})",
        "np.abs({R})",
        "np.sqrt(np.abs({R}))",
    ]
    + [
        "np.where({B}, {R}, {R})",
        "{R}[::-1]",
        "{R}.astype(np.{float})",
        "np.maximum({R}, {R})",
        "np.minimum({R}, {r})",
        "np.cumsum({R})",
        "np.sort({R})",
    ]
    + [
        "np.sin({R})",
        "np.exp(-np.abs({R}))",
        "np.floor({R})",
        "np.rint({R})",
        "{Z}.real",
        "{Z}.imag",
        "np.abs({Z})",
        "np.clip({R}, -2, 3)",
        "{I}",
        "{N}[{k}, :2].repeat(3)",
    ]
    + [
        "({R} // {R})",
        "({R} % {R})",
        "({R} ** 2)",
        "np.arctan2({R}, {R})",
        "np.linspace({r0}, {r0}, 6)",
        "np.diff({N}.ravel())[:6]",
        "{N}.ravel()[3:9]",
        "np.copysign({R}, {R})",
    ]
    + [
        "np.concatenate(({R}[3:], {R}[:3]))",
        "np.array([{r}, {r}, 0.5, {r}, 1.0, 2.0])",
        "np.nan_to_num({R})",
        "np.hypot({R}, {R})",
        "np.sign({R})",
        "({R} if {c} else {R})",
    ],
    "Z": [
        "({Z} + {Z})",
        "({Z} - {Z})",
        "({Z} * {Z})",
        "({Z} + {z})",
        "({z} * {Z})",
        "(-{Z})",
        "np.conj({Z})",
        "{Z}[::-1]",
        "{R}",
        "np.where({B}, {Z}, {Z})",
    ]
    + ["({Z} / {Z})", "{Z}.astype(np.{complex})", "np.sqrt({Z})", "({Z} * 1j)", "{O}.ravel()[:6]", "np.square({Z})"],
    "B": [
        "({R} < {R})",
        "({R} >= {r})",
        "({I} == {I})",
        "({Z} != {Z})",
        "({B} & {B})",
        "({B} | {B})",
        "(~{B})",
        "np.isnan({R})",
        "np.logical_xor({B}, {B})",
        "({B} ^ {B})",
    ]
    + ["np.isfinite({R})", "np.logical_not({I})", "({I} % 2 == 0)", "np.signbit({R})"],
    "M": [
        "({M} + {M})",
        "({M} * {i})",
        "({M} - {M}[{row}])",
        "{M}[::-1]",
        "(-{M})",
        "{M}.T.copy().T",
        "np.where({M} > {i}, {M}, {M})",
        "{M}.copy()",
        "{mi}.astype(np.{int})",
    ]
    + ["np.zeros((3, 4), np.{int})", "({M} & {M}[:, 1:2])", "np.maximum({M}, {M})", "np.arange(12).reshape(3, 4)"],
    "N": [
        "({N} + {N})",
        "({N} * {r})",
        "({N} - {N}[{row}])",
        "({N} / {N})",
        "{N}[:, ::-1]",
        "np.sqrt(np.abs({N}))",
        "({N} + {N}[:, :1])",
        "{M}",
        "{N}.astype(np.{float})",
        "{N}.T.copy().T",
    ],
    "O": ["({O} + {O})", "({O} * {z})", "({O} - {O}[{row}])", "{N}", "np.conj({O})", "{O}[::-1, ::-1]"],
}
ACCUMULATE = {
    "i": ["{v} + {i1}", "{v} * 3 + {i1}", "{v} ^ {i1}", "max({v}, {i1})"],
    "r": ["{v} * 0.5 + {r1}", "{v} + {r1}", "min({v}, {r1})"],
    "z": ["{v} * 0.5 + {z1}"],
}
CHANGES = [
    "{ai}[{k}] = whole({i})", "{ar}[{k}] = {r}", "{az}[{k}] = {z}", "{ai}[{slice}] = whole({i1})", "{ar}[{B1}] = {r1}", "{ar}[:] = {R}",
    "{az}[:] = {Z}", "{ai}[:] = ({I1} & 127)", "{mi}[{k}, {k}] += whole({i1})", "{mr}[{row}] = {r1}", "{mr}[:, {col}] = {r1}",
    "{mz}[1:, :2] = {z1}", "{mr}[:] = {N}", "{ar}[1:] = {R1}[:-1]", "{ar}[::2] *= {r0}", "{ar}[{k}] -= {r1}", "{ai}.fill(whole({i0}))",
    "{ar}.sort()", "{mr} += {r0}", "{ar}[{I1} % 6] = {R1}",
]  # fmt: skip
RETURNS = ["i", "r", "z", "c", "I", "R", "Z", "B", "N", "M", "O"]


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
        }
        self.names = {"si": ["p0"], "sr": ["p1", "p0"], "sz": ["p2"], "sb": ["p3"], "ai": ["a0"], "ar": ["a1"], "az": ["a2"], "ab": ["a3"]}
        self.names |= {"mi": ["m0"], "mr": ["m1"], "mz": ["m2"]}
        self.loops: list[str] = []
        self.made = 0

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

    def program(self) -> Program:
        body = [n for _ in range(self.random.randint(2, 5)) for n in self.statement(2)]
        results = [self.fill("{" + self.random.choice(RETURNS) + "}") for _ in range(self.random.randint(1, 3))]
        results += [n for names in (self.names["si"], self.names["sr"], self.names["sz"]) for n in names if n.startswith("v")][:4]
        body.append(Node(f"return {', '.join(results)},", fixed=True))
        main = Node(f"def main({', '.join(self.parameters)}):", [("", body)], fixed=True)
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
                array = _numbers(rng, dtype, [(), (LENGTH,), (ROWS, COLUMNS)][dimensions])
                scalar = np.dtype(dtype).type(array) if not dimensions else None
                plain = {"int64": int, "float64": float, "complex128": complex, "bool": bool}.get(dtype)
                values.append(_laid_out(array, layout) if dimensions else plain(scalar) if plain else scalar)
            made.append(tuple(values))
        return made


def make_typed_program(seed: int) -> Program:
    return TypedWriter(seed).program()
