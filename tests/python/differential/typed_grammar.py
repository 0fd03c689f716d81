"""What typed programs are written with: the types and templates of their expressions and statements (typed_program.py)."""

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
ABOUT_NONE = [
    "{v} = {r} if q0 is None else q0", "{v} = q0 if q0 is not None else {r}", "{v} = q0 is None or q0 > {r0}",
    "{v} = q0 is not None and q0 < {r0}", "{v} = q0 is None", "{v} = q0 == None", "{v} = not (q0 is None or q0 < 2)",
    "q0 = {r1} if q0 is None else q0", "if q0 is None: else:", "if q0 is not None: else:", "if q0 == None: else:", "if q0 != None: else:",
    "if q0 is not None and q0 > {r0}:", "if q0 is None or {c}:", "if {c} and q0 is not None:", "if not q0:", "if q0:",
]  # fmt: skip
RETURNS = ["i", "r", "z", "c", "I", "R", "Z", "B", "N", "M", "O"]
