"""Who is measured: CPython, Numba and px, each behind the same few calls.

A peer loads a fresh copy of a kernel's file and decorates its functions there, callees included, so that peers in one process never see
each other's functions. `px` is imported only when its peer is asked for.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from .kernels import Kernel

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
HERE = Path(__file__).resolve().parent


class NotAvailable(Exception):
    """This peer cannot run here; the text says why."""


def fresh_copy(kernel_name: str, label: str) -> ModuleType:
    """The kernel's module, executed anew under a name of its own."""
    path = HERE / "kernels" / f"{kernel_name}.py"
    name = f"{__package__}.kernels.{label}_{kernel_name}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # Numba's cache and px's source finder look modules up by name
    spec.loader.exec_module(module)
    return module


class Peer:
    """One way of running kernels. `boundscheck`: None for the peer's own default. `tier`: px's alone, as PX_TIER; None for the one that
    the process was started with. `copy`: tells apart copies of a kernel that are otherwise alike."""

    name = "cpython"

    def __init__(self, boundscheck: bool | None = None, cache: bool = False, tier: str | None = None, copy: int = 0) -> None:
        self.boundscheck, self.cache, self.chosen_tier, self.copy = boundscheck, cache, tier, copy

    def decorator(self) -> Decorator:
        """What each function of a kernel is marked with. NotAvailable if that cannot be."""
        return lambda function: function

    def load(self, kernel: Kernel) -> Callable[..., Any]:
        """The kernel's entry, ready to be called, compiled by nothing yet."""
        label = f"{self.name}_{self.boundscheck}_{self.cache}_{self.chosen_tier}_{self.copy}".lower()
        module, decorate = fresh_copy(kernel.name, label), self.decorator()
        for function in kernel.functions:
            setattr(module, function, decorate(getattr(module, function)))
        return getattr(module, kernel.entry)

    def enter(self) -> None:
        """To be called before calls of this peer's entries, where another peer of the process may have been called since."""

    def tier(self, entry: Callable[..., Any]) -> str:
        """What runs `entry` now."""
        return self.name

    def settle(self, entry: Callable[..., Any]) -> None:
        """Waits until `entry` is as fast as it gets."""


class NumbaPeer(Peer):
    """Numba's own dispatcher."""

    name = "numba"

    def decorator(self) -> Decorator:
        """``numba.njit``."""
        try:
            import numba
        except ImportError as error:
            raise NotAvailable(f"Numba cannot be imported: {error}") from error
        options: dict[str, Any] = {"cache": self.cache}
        if self.boundscheck is not None:
            options["boundscheck"] = self.boundscheck
        return numba.njit(**options)


class PxPeer(Peer):
    """px. The tier is chosen by PX_TIER in the environment that the process was started with, or by `tier`."""

    name = "px"

    def decorator(self) -> Decorator:
        """``px.jit``."""
        try:
            import px

            jit, _, _, _ = px.jit, px.stats, px.wait_compiled, px.map
        except (ImportError, AttributeError) as error:
            raise NotAvailable(f"px cannot be imported: {error}") from error
        options: dict[str, Any] = {"cache": True}
        if self.boundscheck is not None:
            options["boundscheck"] = self.boundscheck
        return jit(**options)

    def enter(self) -> None:
        """Chooses the tier of the calls that follow."""
        if self.chosen_tier is not None:
            from px import _px

            _px.set_tier(self.chosen_tier)

    def statistics(self, entry: Callable[..., Any]) -> dict[str, Any]:
        """px.stats of the entry's specialisation that was used last."""
        import px

        return px.stats(entry)["specialisations"][-1]

    def tier(self, entry: Callable[..., Any]) -> str:
        """As px.stats tells."""
        return self.statistics(entry)["tier"]

    def settle(self, entry: Callable[..., Any]) -> None:
        """Waits for the compile service."""
        import px

        self.enter()
        px.wait_compiled(30.0)


def calls_by_tier(row: dict[str, Any]) -> dict[str, int]:
    """How many calls of a specialisation each tier has run, of what px.stats tells of it."""
    baseline, native = row.get("baseline_calls", 0), row["native_calls"]
    return {"interpreter": row.get("interpreter_calls", row["calls"] - baseline - native), "baseline": baseline, "numba": native}


def px_functions(entry: Any) -> list[Any]:
    """All px functions of the file that the entry is from."""
    return [value for value in entry.py_func.__globals__.values() if type(value) is type(entry)]


PEERS: dict[str, type[Peer]] = {peer.name: peer for peer in (Peer, NumbaPeer, PxPeer)}
