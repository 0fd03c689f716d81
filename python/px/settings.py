"""px's settings: the environment variables PX_*, read once, when px is imported. A bad value is an error that lists the good ones."""

from __future__ import annotations

import os
import sys

from px import _px

TYPE_CHECKING = False  # importing `typing` costs as much as the rest of px
if TYPE_CHECKING:
    from typing import NoReturn

__all__ = ["Settings", "read", "settings"]

_FOLDER = os.path.dirname(os.path.abspath(__file__))


class Settings:
    """What the environment says.

    workers: threads that run contexts; 0: one a core that this process may use.
    tier: "auto", "interp" (never native code), "baseline" (calls wait for baseline code) or "native" (calls wait for Numba's code).
    huge_pages: arenas of 2 MiB pages instead of 4 KiB ones.
    cache_directory: where native code is kept; "": nowhere.
    service: whether the compile service may run.
    check_races: whether accesses to arrays are watched; Numba's code, which does not watch, is then not used.
    code_limit: bytes of native code in use; beyond it the functions called longest ago go back to the interpreter. 0: no bound.
    """

    __slots__ = ("cache_directory", "check_races", "code_limit", "huge_pages", "service", "tier", "workers")

    def __init__(
        self, workers: int, tier: str, huge_pages: bool, cache_directory: str, service: bool, code_limit: int, check_races: bool = False
    ) -> None:
        self.workers = workers
        self.tier = tier
        self.huge_pages = huge_pages
        self.cache_directory = cache_directory
        self.service = service
        self.code_limit = code_limit
        self.check_races = check_races


def _bad(name: str, value: str, good: str) -> NoReturn:
    raise ValueError(f"{name}={value!r}: it takes {good}")


def _choice(environment: dict[str, str], name: str, *good: str) -> str:
    """The first of `good` is the default; so is an empty value."""
    value = environment.get(name) or good[0]
    if value not in good:
        _bad(name, value, ", ".join(good))
    return value


def _switch(environment: dict[str, str], name: str) -> bool:
    return _choice(environment, name, "1", "0") == "1"


def read(environment: dict[str, str]) -> Settings:
    """The settings in `environment`. Raises `ValueError` that names the variable and lists what it takes."""
    workers = environment.get("PX_WORKERS") or "0"
    if not (workers.isascii() and workers.isdigit()) or int(workers) > 1024:
        _bad("PX_WORKERS", workers, "a number of threads from 1 to 1024 (unset: one a core)")
    tier = _choice(environment, "PX_TIER", "auto", "interp", "baseline", "native")
    huge = _choice(environment, "PX_PAGES", "4K", "2M") == "2M"
    place = environment.get("PX_CACHE_DIR") or os.path.join(
        environment.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache"), "px"
    )
    cache = _switch(environment, "PX_CACHE")
    service = _switch(environment, "PX_SERVICE")
    limit = environment.get("PX_CODE_LIMIT") or str(256 << 20)
    if not (limit.isascii() and limit.isdigit()) or int(limit) > 1 << 40:
        _bad("PX_CODE_LIMIT", limit, "a number of bytes up to 2**40 (0: no bound; unset: 256 MiB)")
    races = _choice(environment, "PX_CHECK", "0", "races") == "races"
    if races and tier == "native":
        raise ValueError("PX_CHECK='races' with PX_TIER='native': Numba's code is not watched; use auto, interp or baseline")
    return Settings(int(workers), tier, huge, os.path.abspath(place) if cache else "", service, int(limit), races)


def warn(text: str) -> None:
    """Of the compile client, once for each cause."""
    import warnings

    warnings.warn(f"px: {text}", RuntimeWarning, stacklevel=2)


def apply(chosen: Settings) -> None:
    """Hands the settings to the machinery. Starts no thread and no process."""
    _px.set_tier(chosen.tier)
    _px.set_pool(chosen.workers, chosen.huge_pages)
    _px.set_code_limit(chosen.code_limit)
    _px.set_race_check(chosen.check_races)
    runs_compiled = chosen.tier in ("auto", "native") and not chosen.check_races
    _px.set_compiler(
        python=sys.executable if chosen.service and sys.executable else "",
        script=os.path.join(_FOLDER, "service", "__main__.py"),
        cache_directory=chosen.cache_directory,
        llvm_directory=os.path.dirname(_px.__file__),
        log=os.environ.get("PX_SERVICE_LOG", ""),
        warn=warn,
        functions=runs_compiled,
    )


settings = read(dict(os.environ))
apply(settings)
