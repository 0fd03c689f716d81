"""Finding the source of a live function, and proving that it is its source.

The code object says where: its file, its first line (of the first decorator) and, for lambdas, columns. The text around is parsed, the
function found in it is compiled and its bytecode compared with the live one's. Only a match is accepted, so a file that was edited
meanwhile, or a name that means another function now, is an error and never other code.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterable, Iterator
from types import CodeType, FunctionType

from px.errors import UnsupportedError
from px.frontend.match import Matcher

FunctionNode = ast.FunctionDef | ast.Lambda

_ATTEMPTS = 40  # texts to parse before the whole file is


class Found:
    """A function's node in the tree of `lines`, and where it stands."""

    __slots__ = ("class_name", "first_line", "has_walrus", "lines", "node", "offset")

    def __init__(self, node: FunctionNode, lines: list[str], offset: int, code: CodeType, matcher: Matcher) -> None:
        self.node = node
        self.lines = lines  # of the file
        self.offset = offset  # lines[node.lineno - 1 + offset] is the line of `def`
        self.first_line = code.co_firstlineno + node.lineno - _start(node)
        self.class_name = matcher.class_name
        self.has_walrus = any(":=" in line for line in lines[node.lineno - 1 + offset : (node.end_lineno or 0) + offset])


def find(function: FunctionType, source: str | None = None) -> Found:
    """The one node that compiles to the function's code. Raises `UnsupportedError`."""
    code = function.__code__
    matcher = Matcher(function)
    if source is not None:
        lines = _split(source)
        found = _search(code, lines, matcher) or _search_all(code, lines, matcher)
        if found is None:
            raise _error(code, "the text given as `source=` does not define this function", "pass the text that was executed")
        return found
    lines = _lines(function)
    found = _search(code, lines, matcher)
    if found is None and lines:
        linecache.checkcache(code.co_filename)  # what was read before may be older than the function
        fresh = _lines(function)
        if fresh != lines:
            found = _search(code, fresh, Matcher(function))
    if found is None:
        if not lines:
            lines = _forwarding(code)
            found = _search_all(code, lines, matcher)
            if found is not None:
                return found
            raise _error(code, "its source cannot be found", "define it in a file or a notebook, or pass `source=` to px.jit")
        raise _error(
            code,
            "the source on this line is not what is running: the file was edited meanwhile, or a tool rewrote the function",
            "import the module again, or pass `source=` to px.jit",
        )
    return found


def _forwarding(code: CodeType) -> list[str]:
    """The text of a function that hands its arguments to another, as packages make them by `exec`; a guess, to be compared."""
    if not code.co_names or not code.co_name.isidentifier():
        return []
    parameters = ", ".join(code.co_varnames[: code.co_argcount])
    return _split(f"def {code.co_name}({parameters}):\n    return {code.co_names[0]}({parameters})")


def _error(code: CodeType, what: str, advice: str) -> UnsupportedError:
    return UnsupportedError(f"{code.co_filename}:{code.co_firstlineno}: px cannot compile {code.co_qualname}: {what}; instead: {advice}")


def _lines(function: FunctionType) -> list[str]:
    """The lines of the function's file, notebook cell, doctest or prompt; none if there is no such thing."""
    code = function.__code__
    lines = linecache.getlines(code.co_filename, function.__globals__)
    if not lines and hasattr(linecache, "_getlines_from_code"):  # the REPL of Python 3.13 and later
        lines = linecache._getlines_from_code(code)
    return lines


def _split(text: str) -> list[str]:
    return [line + "\n" for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]


def _search(code: CodeType, lines: list[str], matcher: Matcher) -> Found | None:
    """Look where the code object says."""
    if not 1 <= code.co_firstlineno <= len(lines):
        return None
    nodes = ((node, offset) for tree, offset in _trees(code, lines) for node in _candidates(code, tree, code.co_firstlineno - offset))
    return _first_match(code, lines, matcher, nodes)


def _search_all(code: CodeType, lines: list[str], matcher: Matcher) -> Found | None:
    """Look anywhere: text given by hand need not start where the executed text did."""
    nodes = ((node, offset) for tree, offset in _parsed(lines, 0, len(lines)) for node in _candidates(code, tree, None))
    return _first_match(code, lines, matcher, nodes)


def _first_match(code: CodeType, lines: list[str], matcher: Matcher, nodes: Iterable[tuple[FunctionNode, int]]) -> Found | None:
    """The first node that is the function. One that needs the text's imports to match is the last resort, as it parses all of it."""
    seen = []
    for node, offset in nodes:
        if matcher.matches(node):
            return Found(node, lines, offset, code, matcher)
        seen.append((node, offset))
    for tree, _ in _parsed(lines, 0, len(lines)) if seen else ():
        if matcher.read_imports(tree):
            for node, offset in seen:
                if matcher.matches(node):
                    return Found(node, lines, offset, code, matcher)
    return None


def _candidates(code: CodeType, tree: ast.Module, line: int | None) -> list[FunctionNode]:
    """Nodes that may be the function, likeliest first."""
    if code.co_name == "<lambda>":
        lambdas = [n for n in ast.walk(tree) if type(n) is ast.Lambda and (line is None or n.lineno == line)]
        if len(lambdas) > 1 and line is not None:
            columns = body_columns(code)
            lambdas.sort(key=lambda n: (n.body.col_offset, n.body.end_col_offset) != columns)
        return list(lambdas)
    return [n for n in _functions(tree.body) if n.name == code.co_name and line in (None, _start(n))]


def _start(node: FunctionNode) -> int:
    """A function's first line: that of its first decorator."""
    return min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])


def _functions(body: Iterable[ast.AST]) -> Iterator[ast.FunctionDef]:
    """All functions in some statements, without looking into expressions."""
    for node in body:
        if isinstance(node, ast.FunctionDef):
            yield node
        for field in ("body", "orelse", "handlers", "finalbody", "cases"):
            inner = getattr(node, field, None)
            if isinstance(inner, list):
                yield from _functions(inner)


def body_columns(code: CodeType) -> tuple[int, int] | None:
    """First and last column of a lambda's body, from its `return`; None without positions (`-X no_debug_ranges`)."""
    last = None
    for position in code.co_positions():
        last = position
    if last is None or last[2] is None or last[3] is None:
        return None
    return last[2], last[3]


def _trees(code: CodeType, lines: list[str]) -> Iterator[tuple[ast.Module, int]]:
    """Parsed texts that may hold the function: the block that starts at its line, for a lambda from lines above too, the whole file."""
    first = code.co_firstlineno - 1
    attempts = 0
    for start in range(first, max(first - 8, -1), -1) if code.co_name == "<lambda>" else (first,):
        for end in _block_ends(lines, start):
            if end <= first:
                continue
            attempts += 1
            if attempts > _ATTEMPTS:
                break
            parsed = list(_parsed(lines, start, end))
            yield from parsed
            if parsed:
                break
    yield from _parsed(lines, 0, len(lines))


def _block_ends(lines: list[str], start: int) -> Iterator[int]:
    """Where a statement that starts on line `start` may end: before each later line that is not deeper and is no comment."""
    text = lines[start]
    indent = len(text) - len(text.lstrip())
    for index in range(start + 1, len(lines)):
        line = lines[index]
        stripped = line.lstrip()
        if stripped and stripped[0] != "#" and len(line) - len(stripped) <= indent:
            yield index
    yield len(lines)


def _parsed(lines: list[str], start: int, end: int) -> Iterator[tuple[ast.Module, int]]:
    """The tree of some lines, if they parse, and the offset from its line numbers to the file's.

    An indented text goes below an `if`, since dedenting it would change the text literals in it.
    """
    text = "".join(lines[start:end])
    offset = start
    first = next((line for line in lines[start:end] if line.strip() and line.lstrip()[0] != "#"), "")
    if first[:1] in (" ", "\t"):
        text = "if 1:\n" + text
        offset -= 1
    try:
        yield ast.parse(text), offset
    except (SyntaxError, ValueError):
        return
