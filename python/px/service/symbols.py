"""What an object refers to outside itself (ELF, 64 bits), and what of it px provides."""

import struct

from . import maths, nrt
from .errors import UnsupportedError

HELPERS = frozenset(
    [
        "px_sites",
        "px_raise",
        "px_raise_index",
        "px_trace",
        "px_exception_keep",
        "px_exception_again",
        "px_stack_low",
        "px_list_make",
        "px_list_resize",
    ]
)
MEMORY = frozenset({"memcpy", "memmove", "memset", "memcmp"})
# Exact, plain C mathematics that Numba's or LLVM's code may call, with C's prototypes.
_EXACT = (
    "ceil",
    "floor",
    "trunc",
    "rint",
    "round",
    "nearbyint",
    "sqrt",
    "fma",
    "nextafter",
    "frexp",
    "ldexp",
    "fabs",
    "fmod",
    "copysign",
    "fmin",
    "fmax",
)
EXACT_MATHS = frozenset(
    {f"{name}{suffix}" for name in _EXACT for suffix in ("", "f")}
    | {f"numba_{name}{suffix}" for name in ("frexp", "ldexp", "nextafter", "fptoui") for suffix in ("", "f")}
    | {"__powidf2", "__powisf2", "__divti3", "__modti3", "__udivti3", "__umodti3"}
)
# Numba's other helpers without Python in them.
NUMBA_HELPERS = frozenset(
    {"numba_attempt_nocopy_reshape", "numba_cpow", "numba_cpowf", "numba_fatal_error"}
    | {"numba_xxdot", "numba_xxgemv", "numba_xxgemm", "numba_xxnrm2", "numba_ez_gesdd", "numba_xxgetrf"}
    | {"numba_ez_xxgetri", "numba_xgesv", "numba_xxpotrf", "numba_ez_xxxevd", "numba_ez_rgeev", "numba_ez_cgeev"}
    | {"numba_ez_geqrf", "numba_ez_xxgqr", "numba_ez_gelsd"}
)
# Random numbers come from the streams of the running context.
RANDOM = frozenset(
    {f"numba_get_{which}_random_state" for which in ("py", "np", "internal")}
    | {"numba_rnd_init", "numba_rnd_shuffle", "numba_poisson_ptrs"}
)
ALLOWED = HELPERS | MEMORY | EXACT_MATHS | maths.SYMBOLS | nrt.SYMBOLS | NUMBA_HELPERS | RANDOM

_SHT_SYMTAB, _SHN_UNDEF, _STB_LOCAL = 2, 0, 0
_SECTION = struct.Struct("<IIQQQQIIQQ")
_SYMBOL = struct.Struct("<IBBHQQ")


def _symbols(data: bytes) -> list[tuple[str, bool, bool]]:
    """(name, defined, visible) of each symbol."""
    if data[:5] != b"\x7fELF\x02":
        raise UnsupportedError("an object that is not 64-bit ELF")
    table_offset, entry_size, count = struct.unpack_from("<Q10xHH", data, 0x28)
    sections = [_SECTION.unpack_from(data, table_offset + i * entry_size) for i in range(count)]
    found = []
    for _, kind, _, _, offset, size, link, _, _, _ in sections:
        if kind != _SHT_SYMTAB:
            continue
        names = sections[link][4]
        for at in range(offset, offset + size, _SYMBOL.size):
            name, info, _, section, _, _ = _SYMBOL.unpack_from(data, at)
            end = data.index(b"\0", names + name)
            found.append((data[names + name : end].decode(), section != _SHN_UNDEF, info >> 4 != _STB_LOCAL))
    return found


def undefined(data: bytes) -> list[str]:
    """The symbols that the object needs from elsewhere."""
    return sorted(name for name, defined, _ in _symbols(data) if name and not defined)


def visible(data: bytes) -> list[str]:
    """The symbols that the object shows to others."""
    return sorted(name for name, defined, shown in _symbols(data) if name and defined and shown)


def check(data: bytes) -> None:
    """Raises UnsupportedError if the object needs what px does not provide."""
    unknown = [name for name in undefined(data) if name not in ALLOWED]
    if unknown:
        raise UnsupportedError(f"code that calls {', '.join(unknown)}")
