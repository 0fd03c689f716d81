"""Functions that a tool rewrote between source and bytecode. Known: `assert` in the modules that pytest imports.

The candidate is rewritten by the same tool before it is compared; px code comes from the source as it stands.
"""

from __future__ import annotations

import ast
import sys

PYTEST_NAME = "@pytest_ar"  # among the names of a function whose `assert` pytest rewrote


def rewrite_asserts(tree: ast.Module) -> None:
    """Rewrite each `assert` in place, as the running pytest does. Any failure in it leaves the comparison to fail."""
    rewrite = sys.modules.get("_pytest.assertion.rewrite")
    if rewrite is not None:
        rewrite.rewrite_asserts(tree, b"")
