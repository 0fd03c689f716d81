"""Whether a parsed function compiles to the bytecode of a live one."""

from __future__ import annotations
import __future__

import ast
from types import CodeType, FunctionType, ModuleType

from px.frontend.builder import constant_key
from px.frontend.rewritten import PYTEST_NAME, rewrite_asserts

TYPE_CHECKING = False  # importing `typing` costs as much as the rest of the front end
if TYPE_CHECKING:
    from typing import Any

_FUTURE = 0
for _name in __future__.all_feature_names:
    _FUTURE |= getattr(__future__, _name).compiler_flag
_FUTURE &= ~0x10  # the flag of `nested_scopes`, which means another thing in a code object

_SHAPE = 0x04 | 0x08 | 0x20 | 0x80 | 0x200  # *args, **kwargs, generator, coroutine, async generator


class Matcher:
    """Compiles candidates in surroundings like those of the live function: its class, its enclosing variables, its `__future__`.

    CPython calls a method of a name that the same text imports (`math.sqrt(x)`) by other instructions than of other names. Which names
    those are is guessed first, modules or none, and read from the whole text where that fails.
    """

    def __init__(self, function: FunctionType) -> None:
        self.code = function.__code__
        self.class_name = _class_name(self.code)
        values = function.__globals__
        self.names = _names(self.code)
        modules = tuple(name for name in self.names if name.isidentifier() and isinstance(values.get(name), ModuleType))
        self.imports: list[tuple[str, ...]] = [modules, ()] if modules else [()]

    def read_imports(self, tree: ast.Module) -> bool:
        """Take the imported names from the whole text. False if that adds nothing to the guesses."""
        names = imported_names(tree)
        exact = tuple(name for name in self.names if name in names)
        if exact in self.imports:
            return False
        self.imports = [exact]
        return True

    def matches(self, node: ast.FunctionDef | ast.Lambda) -> bool:
        """Whether `node` is the source of the live code."""
        for imports in self.imports:
            try:
                compiled = self._compile(node, imports)
            except (SyntaxError, ValueError):
                return False
            if compiled is not None and same_code(compiled, self.code):
                return True
        return False

    def _compile(self, node: ast.FunctionDef | ast.Lambda, imports: tuple[str, ...]) -> CodeType | None:
        tree = self._surroundings(_bare(node))
        if imports:
            place = {"lineno": 1, "col_offset": 0, "end_lineno": 1, "end_col_offset": 0}
            tree.body.insert(0, ast.Import([ast.alias(name, None, **place) for name in imports], **place))
        if PYTEST_NAME in self.code.co_names:
            rewrite_asserts(tree)
        module = compile(tree, self.code.co_filename, "exec", self.code.co_flags & _FUTURE, dont_inherit=True)
        return _inner(module, self.code.co_name)

    def _surroundings(self, inner: ast.stmt) -> ast.Module:
        free = [name for name in self.code.co_freevars if name != "__class__"]
        in_class = bool(self.class_name) or "__class__" in self.code.co_freevars
        if not free and not in_class:
            return ast.Module([inner], [])
        header = f"class {self.class_name or '_'}:\n  pass" if in_class else "pass"
        tree = ast.parse(f"def _({', '.join(free)}):\n {header}")
        body = tree.body[0].body  # type: ignore[attr-defined]
        if in_class:
            body = body[0].body
        body[0] = inner
        return tree


def _bare(node: ast.FunctionDef | ast.Lambda) -> ast.stmt:
    """The function alone, as a statement: decorators, defaults and annotations are code of the surroundings, not its own."""
    fields: dict[str, Any] = dict(ast.iter_fields(node))
    old: ast.arguments = node.args
    place: dict[str, Any] = {name: getattr(node, name) for name in ("lineno", "col_offset", "end_lineno", "end_col_offset")}
    none = ast.Constant(None, **place)

    def bare(argument: ast.arg) -> ast.arg:
        return ast.arg(argument.arg, None, None, **place)

    fields["args"] = ast.arguments(
        posonlyargs=[bare(a) for a in old.posonlyargs],
        args=[bare(a) for a in old.args],
        vararg=bare(old.vararg) if old.vararg else None,
        kwonlyargs=[bare(a) for a in old.kwonlyargs],
        kw_defaults=[none if d else None for d in old.kw_defaults],
        kwarg=bare(old.kwarg) if old.kwarg else None,
        defaults=[none] * len(old.defaults),
    )
    if isinstance(node, ast.Lambda):
        return ast.Expr(ast.Lambda(**fields, **place), **place)
    fields.update(decorator_list=[], returns=None, type_comment=None)
    if "type_params" in fields:
        fields["type_params"] = []
    return ast.FunctionDef(**fields, **place)


def imported_names(tree: ast.AST) -> set[str]:
    """Names that imports at module level bind."""
    names: set[str] = set()
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.expr):
            names |= imported_names(node)
    return names


def _inner(code: CodeType, name: str) -> CodeType | None:
    """The innermost function: each of the surroundings holds one code object only."""
    while True:
        inner = [c for c in code.co_consts if isinstance(c, CodeType)]
        if not inner:
            return None
        code = inner[0]
        if code.co_name == name:
            return code


def _names(code: CodeType) -> tuple[str, ...]:
    """The names that a function reads, those inside it included."""
    inner = (name for c in code.co_consts if isinstance(c, CodeType) for name in _names(c))
    return tuple(dict.fromkeys((*code.co_names, *inner)))


def _class_name(code: CodeType) -> str:
    """The innermost class in the qualified name: `outer.<locals>.A.f` → A. Private names depend on it."""
    parts = code.co_qualname.split(".")
    for part, following in zip(parts[-2::-1], parts[:0:-1], strict=True):
        if part[0] != "<" and following != "<locals>":
            return part
    return ""


def same_code(one: CodeType, other: CodeType) -> bool:
    """Equality of all that runs: not of names, files and line tables."""
    return (
        one.co_code == other.co_code
        and one.co_names == other.co_names
        and one.co_varnames == other.co_varnames
        and one.co_freevars == other.co_freevars
        and one.co_cellvars == other.co_cellvars
        and one.co_argcount == other.co_argcount
        and one.co_posonlyargcount == other.co_posonlyargcount
        and one.co_kwonlyargcount == other.co_kwonlyargcount
        and (one.co_flags ^ other.co_flags) & _SHAPE == 0
        and one.co_exceptiontable == other.co_exceptiontable
        and len(one.co_consts) == len(other.co_consts)
        and all(map(_same_constant, one.co_consts, other.co_consts))
    )


def _same_constant(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, CodeType):
        return same_code(one, other)
    return _key(one) == _key(other)


def _key(value: Any) -> Any:
    if isinstance(value, tuple):
        return (tuple, tuple(map(_key, value)))
    if isinstance(value, frozenset):
        return (frozenset, frozenset(map(_key, value)))
    if isinstance(value, complex):
        return (complex, value.real.hex(), value.imag.hex())
    return constant_key(value)
