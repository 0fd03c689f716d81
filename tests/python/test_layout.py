"""The arrows between px's rooms point down only, and no file grows into a house of its own.

runtime knows the operating system alone; jit adds LLVM, in two folders; bridge alone sees Python objects; Numba stays in the
compile service and the benchmarks.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CPP = (".h", ".cpp", ".def", ".inc")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
PYTHON_HEADERS = ("Python.h", "numpy/", "pybind11/", "structmember.h")
LLVM_HEADERS = ("llvm/", "llvm-c/")
LINES = 500


def files(folder: str, suffixes: tuple[str, ...]) -> Iterator[Path]:
    """The files under `folder`, without what `make setup` laid there."""
    for path in sorted((ROOT / folder).rglob("*")):
        linked = any(parent.is_symlink() for parent in [path, *path.parents] if ROOT in parent.parents)
        if path.is_file() and not linked and path.suffix in suffixes:
            yield path


def includes(path: Path) -> list[tuple[bool, str]]:
    """What a C++ file includes: (quoted?, name)."""
    return [(quote == '"', name) for quote, name in INCLUDE.findall(path.read_text())]


def imports(path: Path) -> set[str]:
    """The top-level names of what a Python file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.partition(".")[0])
    return found


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize(
    ("room", "may_use"),
    [("runtime", ["runtime"]), ("jit", ["jit", "runtime"]), ("bridge", ["bridge", "jit", "runtime"])],
)
def test_a_room_includes_only_itself_and_the_rooms_below(room, may_use):
    wrong = [
        f"{name(path)}: {included}"
        for path in files(room, CPP)
        for quoted, included in includes(path)
        if quoted and included.partition("/")[0] not in may_use
    ]
    assert wrong == []


@pytest.mark.parametrize("room", ["runtime", "jit"])
def test_only_the_bridge_sees_python(room):
    wrong = [name(path) for path in files(room, CPP) for _, included in includes(path) if included.startswith(PYTHON_HEADERS)]
    assert wrong == []


def test_llvm_stays_in_two_folders():
    wrong = [
        name(path)
        for room in ("runtime", "jit", "bridge")
        for path in files(room, CPP)
        for _, included in includes(path)
        if included.startswith(LLVM_HEADERS) and not name(path).startswith(("jit/native/llvm/", "jit/baseline/llvm/"))
    ]
    assert wrong == []


def test_numba_stays_in_the_compile_service():
    wrong = [
        name(path)
        for path in files("python", (".py",))
        if imports(path) & {"numba", "llvmlite"} and not name(path).startswith("python/px/service/")
    ]
    assert wrong == []


@pytest.mark.parametrize("folder", ["runtime", "jit", "bridge", "python", "bench", "tests", "tools", "cmake"])
def test_files_stay_readable(folder):
    long = {name(path): len(path.read_text().splitlines()) for path in files(folder, (*CPP, ".py", ".sh", ".txt", ".cmake"))}
    assert {path: lines for path, lines in long.items() if lines > LINES} == {}


def test_every_folder_of_python_is_a_package():
    folders = {path.parent for folder in ("python/px", "bench") for path in files(folder, (".py",))}
    assert sorted(name(folder) for folder in folders if not (folder / "__init__.py").exists()) == []
