"""Values that write down every operation done on them, so that a test sees the order of evaluation."""

from __future__ import annotations

import operator
from typing import Any

LOG: list[str] = []


def note(value: Any) -> Any:
    """Write the value down and hand it back: `f(note(1), note(2))`."""
    LOG.append(f"note {value!r}")
    return value


class T:
    """An integer that logs what is done with it."""

    def __init__(self, value: int) -> None:
        self.value = value

    def __repr__(self) -> str:
        return f"T({self.value})"

    def __bool__(self) -> bool:
        LOG.append(f"bool {self!r}")
        return self.value != 0

    def __index__(self) -> int:
        return self.value

    def __hash__(self) -> int:
        return hash(self.value)

    def __getattr__(self, name: str) -> T:
        if name.startswith("__"):
            raise AttributeError(name)
        LOG.append(f"{self!r}.{name}")
        return T(self.value + len(name))

    def __call__(self, *args: Any, **kwargs: Any) -> T:
        LOG.append(f"{self!r}{args!r}{kwargs!r}")
        return T(self.value + len(args) + 2 * len(kwargs))

    def __getitem__(self, index: Any) -> T:
        LOG.append(f"{self!r}[{index!r}]")
        return T(self.value + 1)

    def __setitem__(self, index: Any, value: Any) -> None:
        LOG.append(f"{self!r}[{index!r}] = {value!r}")

    def __iter__(self) -> Any:
        LOG.append(f"iter {self!r}")
        return iter([T(i) for i in range(self.value)])

    def __contains__(self, item: Any) -> bool:
        LOG.append(f"{item!r} in {self!r}")
        return True


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, T) else value


def _operation(name: str, inplace: bool) -> Any:
    function = getattr(operator, name + "_" if name in ("and", "or") else name)

    def operation(self: T, other: Any) -> Any:
        LOG.append(f"{self!r} {'i' * inplace}{name} {other!r}")
        return T(int(function(self.value, _plain(other))))

    return operation


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift", "and", "or", "xor"):
    setattr(T, f"__{_name}__", _operation(_name, inplace=False))
    setattr(T, f"__i{_name}__", _operation(_name, inplace=True))
for _name in ("eq", "ne", "lt", "le", "gt", "ge"):
    setattr(T, f"__{_name}__", _operation(_name, inplace=False))
for _name in ("neg", "pos", "invert"):
    setattr(T, f"__{_name}__", lambda self, name=_name: (LOG.append(f"{name} {self!r}"), T(getattr(operator, name)(self.value)))[1])
