"""Makes `px.frontend` importable where the extension module is not built: it needs nothing of it but two tables."""

from __future__ import annotations

import re
import sys
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(Path(__file__).parent))


def _table(name: str, macro: str) -> tuple[tuple[str, str], ...]:
    text = (ROOT / "jit" / "code" / name).read_text()
    return tuple(re.findall(rf'^{macro}\((\w+),\s*"([^"]*)"', text, re.MULTILINE))


try:
    from px._px import OPCODES, OPERATORS  # noqa: F401
except ImportError:
    for loaded in [name for name in sys.modules if name == "px" or name.startswith("px.")]:
        del sys.modules[loaded]
    package = types.ModuleType("px")
    package.__path__ = [str(ROOT / "python" / "px")]
    tables = types.ModuleType("px._px")
    tables.OPCODES = _table("opcodes.def", "PX_OPCODE")
    tables.OPERATORS = _table("operators.def", "PX_OPERATOR")
    package._px = tables
    sys.modules["px"] = package
    sys.modules["px._px"] = tables
