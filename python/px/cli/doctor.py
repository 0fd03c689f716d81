"""``px doctor``: what this machine has, and what px will use of it."""

from __future__ import annotations

import ctypes
import errno
import importlib.util
import os
import platform
import sys
from pathlib import Path

import typer

from .cache import folder
from .output import console

# (what, found, what px makes of it, whether it is as it should be)
Finding = tuple[str, str, str, bool]


def python() -> Finding:
    """The interpreter that runs this."""
    found = f"{platform.python_implementation()} {platform.python_version()}"
    fits = platform.python_implementation() == "CPython" and sys.version_info >= (3, 11) and getattr(sys, "_is_gil_enabled", lambda: True)()
    return "Python", found, "supported" if fits else "px needs CPython 3.11 or later, with its GIL", fits


def extension() -> Finding:
    """px itself."""
    try:
        import px
    except ImportError as error:
        return "px", f"cannot be imported: {error}", "reinstall px", False
    return "px", str(Path(px.__file__).parent), "loaded", True


def cores() -> Finding:
    """Cores that this process may use."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    workers = os.environ.get("PX_WORKERS")
    return "cores", f"{usable} of {os.cpu_count()}", f"{workers or usable} workers" + (" (PX_WORKERS)" if workers else ""), True


def io_uring() -> Finding:
    """Asks the kernel for a ring and gives it back."""
    if not sys.platform.startswith("linux"):
        return "io_uring", "not Linux", "another completion port", True
    libc = ctypes.CDLL(None, use_errno=True)
    parameters = ctypes.create_string_buffer(120)  # struct io_uring_params
    ring = libc.syscall(425, 1, parameters)  # io_uring_setup
    if ring >= 0:
        os.close(ring)
        return "io_uring", f"there, Linux {platform.release()}", "the completion port", True
    reason = errno.errorcode.get(ctypes.get_errno(), str(ctypes.get_errno()))
    return "io_uring", f"refused ({reason})", "epoll is used instead", True


def huge_pages() -> Finding:
    """The machine's pool of huge pages, or transparent ones, as the kernel has them."""
    try:
        lines = [line.split() for line in Path("/proc/meminfo").read_text().splitlines()]
        total, free = (next(int(line[1]) for line in lines if line[0] == name) for name in ("HugePages_Total:", "HugePages_Free:"))
    except (OSError, StopIteration, ValueError):
        total = free = 0
    if total:
        return "huge pages", f"a pool, {free} of {total} free", "2 MiB from the pool where PX_PAGES=2M asks", True
    try:
        text = Path("/sys/kernel/mm/transparent_hugepage/enabled").read_text()
    except OSError:
        return "huge pages", "unknown", "pages of 4 KiB", True
    mode = text[text.find("[") + 1 : text.find("]")]
    return "huge pages", f"transparent: {mode}", "2 MiB where PX_PAGES=2M asks" if mode != "never" else "pages of 4 KiB only", True


def numba() -> Finding:
    """Found without importing it: px does not import it either."""
    import importlib.metadata

    if importlib.util.find_spec("numba") is None:
        return "Numba", "not installed", "px stays interpreted: pip install 'numba>=0.61'", False
    return "Numba", importlib.metadata.version("numba"), "the compile service, in a process of its own", True


def llvm() -> Finding:
    """The linker of machine code is a library of its own beside the module, loaded when the first object arrives."""
    spec = importlib.util.find_spec("px")
    folders = list(spec.submodule_search_locations or ()) if spec is not None else []
    for place in folders:
        for library in Path(place).glob("*px_llvm*"):
            return "LLVM", str(library), "links machine code in this process", True
    return "LLVM", "px_llvm was not found beside px", "px stays interpreted: reinstall px", False


def cache() -> Finding:
    """The folder for machine code."""
    place = folder()
    if os.environ.get("PX_CACHE") == "0":
        return "cache", str(place), "switched off (PX_CACHE=0)", True
    parent = place
    while not parent.exists():
        parent = parent.parent
    writable = os.access(parent, os.W_OK)
    use = "machine code is kept" if writable else "not writable: machine code is made afresh in each process"
    return "cache", str(place), use, writable


def settings() -> Finding:
    """The environment's settings for px."""
    given = [f"{name}={value}" for name, value in sorted(os.environ.items()) if name.startswith("PX_")]
    return "settings", " ".join(given) or "none", "read when px is imported", True


CHECKS = (python, extension, cores, io_uring, huge_pages, numba, llvm, cache, settings)


def command() -> None:
    """Show what this machine has and what px will use. Exit status 1 if something that px needs is missing."""
    from rich.table import Table

    table = Table("", "what", "found", "px", box=None)
    good = True
    for check in CHECKS:
        what, found, use, fits = check()
        table.add_row("[green]✓[/]" if fits else "[red]✗[/]", what, found, use)
        good = good and fits
    console().print(table)
    if not good:
        raise typer.Exit(1)
