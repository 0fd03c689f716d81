"""Numba's intrinsics in a program that px runs: functions whose LLVM code the program makes itself. The compile service makes it, from a
pickle of what the program has written: px never imports Numba, and the service none of the program's modules where it can do without.
"""

from __future__ import annotations

import base64
import io
import pickle
import sys
from types import FunctionType, ModuleType

TYPE_CHECKING = False  # importing `typing` costs as much as the rest of px
if TYPE_CHECKING:
    from typing import Any

__all__ = ["send"]

# What the service has, too, and what its keys of the disk cache say the versions of.
_SHARED = {"builtins", "numba", "llvmlite", "numpy"}


def send(intrinsic: Any) -> tuple[str, str, bool]:
    """(pickle, why there is none, whether it says all that the code depends on)."""
    try:
        pickler = _pickler_class()(buffer := io.BytesIO())
        pickler.dump(intrinsic._defn)
        # Only a module that is imported again needs the program's folders.
        path = [] if pickler.self_contained else [folder for folder in sys.path if isinstance(folder, str)]
        text = base64.b64encode(pickle.dumps((path, buffer.getvalue()))).decode()
    except Exception as error:  # objects say in their own ways that they cannot be pickled
        return "", f"{type(error).__name__}: {error}", False
    return text, "", bool(pickler.self_contained)


def _pickler_class() -> Any:
    cloudpickle = sys.modules["numba.cloudpickle"]
    extending = sys.modules["numba.core.extending"]

    class Pickler(cloudpickle.CloudPickler):  # type: ignore[name-defined]
        """Functions of the program by their code, with the globals that they use; modules by their names."""

        self_contained = True

        def reducer_override(self, value: Any) -> Any:
            if type(value).__name__ == "_Intrinsic" and not value._prefer_literal:
                return extending.intrinsic, (value._defn,)
            if hasattr(type(value), "_reduce_states"):  # Numba's objects carry numbers of their own, another in each process
                self.self_contained = False
            if isinstance(value, ModuleType | type | FunctionType) and not _is_shared(value):
                if isinstance(value, FunctionType):
                    return self._dynamic_function_reduce(value)
                self.self_contained = False
            return super().reducer_override(value)

    return Pickler


def _is_shared(value: Any) -> bool:
    home = value.__name__ if isinstance(value, ModuleType) else value.__module__
    package = (home or "__main__").partition(".")[0]
    return package in _SHARED or package in sys.stdlib_module_names
