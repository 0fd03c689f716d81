"""A program's own intrinsics, from the pickles that a request holds (px/intrinsics.py). Children alone read them: it is user code."""

import base64
import pickle
import sys
from functools import cache
from typing import Any

from .errors import UnsupportedError


def load(entry: dict[str, Any]) -> Any:
    """The intrinsic, known to Numba. Raises UnsupportedError."""
    return _load(entry["name"], entry["pickled"], bool(entry["prefers_literals"]))


@cache
def _load(name: str, pickled: str, prefers_literals: bool) -> Any:
    from numba.core.extending import _Intrinsic

    try:
        path, definition = pickle.loads(base64.b64decode(pickled))
        sys.path.extend(folder for folder in path if folder not in sys.path)
        made = _Intrinsic(name, pickle.loads(definition), prefer_literal=prefers_literals)
    except Exception as error:
        raise UnsupportedError(f"the intrinsic {name}, which cannot be read here: {type(error).__name__}: {error}") from None
    made._register()
    return made
