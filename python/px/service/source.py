"""A request's functions, from source to Numba dispatchers.

Each dotted path that means a global becomes a fresh name in a namespace of the function's own, bound to the frozen value, to another
function's dispatcher or, for a global array, to a hidden parameter. Hidden parameters come first, so that defaults stay legal, and every
call of a function that needs them, directly or through its callees, hands them on.
"""

import ast
import builtins
import linecache
import re
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any

import numpy
from numba import literally

from . import intrinsics
from .enumerations import Member
from .errors import RequestError, UnsupportedError
from .spelling import spell
from .tries import Reraised
from .unreached import UNREACHED, prune
from .values import decode

# Numba's name for functions of no module: its names for a recursive callee and for its definition agree only then.
_MODULE = "<dynamic>"
_RERAISED = "px_reraised"
_NUMPY = "px_numpy"  # in defaults that are types of elements (frontend/render.py)
_FILE = re.compile(r"<px:(\d+)>")


def file_name(index: int) -> str:
    """The file name under which function `index` of the request is compiled."""
    return f"<px:{index}>"


def function_index(filename: str) -> int | None:
    """The inverse of `file_name`; None for code that is not the request's."""
    match = _FILE.match(filename)
    return int(match.group(1)) if match else None


@dataclass
class Source:
    """One function of the request."""

    index: int
    name: str
    file: str
    text: str
    parameters: list[str]
    options: dict[str, Any]
    recursive: bool
    signatures: list[Any] = field(default_factory=list)  # ([argument types], result type or None): these alone
    overloads: list[Any] = field(default_factory=list)  # (argument types, index of a function): calls mean these
    values: dict[str, Any] = field(default_factory=dict)  # path → frozen value
    calls: dict[str, int] = field(default_factory=dict)  # path → index of a function
    arrays: dict[str, int] = field(default_factory=dict)  # path → index in the request's `hidden`
    unread: set[str] = field(default_factory=set)  # paths that no branch of px's reads
    needs: set[int] = field(default_factory=set)  # hidden arrays, its own and its callees'
    variadic: bool = False  # the last parameter is `*rest`
    function: FunctionType | None = None
    dispatcher: Any = None


class Program:
    """All functions of a request. `names` maps fresh names back to what the user wrote, for messages."""

    def __init__(self, request: dict[str, Any]):
        self.root: int = request["root"]
        self.hidden: list[dict[str, Any]] = request["hidden"]
        self.names: dict[str, str] = {}
        self.sources = [self._read(i, f) for i, f in enumerate(request["functions"])]
        self._find_needs()
        for source in self.sources:
            source.variadic = _is_variadic(source) and not source.overloads
        for source in self.sources:
            self._build(source)

    def describe(self, text: str) -> str:
        """A message of Numba's with the user's names and files in it."""
        text = re.sub(r"px_\d+_\w+", lambda m: self.names.get(m.group(), m.group()), text)
        return _FILE.sub(lambda m: self.sources[int(m.group(1))].file, text)

    def _read(self, index: int, f: dict[str, Any]) -> Source:
        source = Source(
            index,
            f["name"],
            f["file"],
            f["source"],
            f["parameters"],
            f["options"],
            bool(f.get("recursive")),
            f.get("signatures", []),
            f.get("overloads", []),
        )
        for entry in f["globals"]:
            path = entry["path"]
            match entry["kind"]:
                case "constant":
                    source.values[path] = decode(entry["value"])
                case "function":
                    source.calls[path] = entry["function"]
                case "intrinsic":
                    source.values[path] = intrinsics.load(entry["intrinsic"])
                case "array":
                    source.arrays[path] = self._find_hidden(index, path)
                case "unread":
                    source.unread.add(path)
                case kind:
                    raise RequestError(f"a global of kind {kind!r}")
        return source

    def _find_hidden(self, function: int, path: str) -> int:
        for i, entry in enumerate(self.hidden):
            if entry["function"] == function and entry["path"] == path:
                return i
        raise RequestError(f"the array {path!r} is not among the hidden arguments")

    def _find_needs(self) -> None:
        for source in self.sources:
            source.needs = set(source.arrays.values())
        self.sources[self.root].needs |= set(range(len(self.hidden)))
        changed = True
        while changed:
            changed = False
            for source in self.sources:
                inherited = {n for callee in source.calls.values() for n in self.sources[callee].needs}
                if not inherited <= source.needs:
                    source.needs |= inherited
                    changed = True

    def as_value(self, index: int) -> Any:
        """The dispatcher, None before `bind`, of a function that is a value: who calls it does not hand hidden arguments on."""
        source = self.sources[index]
        if source.needs:
            raise UnsupportedError(f"{source.name} as a value: it reads a global array")
        return source.dispatcher

    def fresh_name(self, number: int, path: str) -> str:
        """A name that no user's code has, remembered for messages."""
        name = f"px_{number}_{re.sub(r'[^0-9A-Za-z_]', '_', path)}"
        self.names[name] = path
        return name

    def hidden_parameter(self, index: int) -> str:
        """The name of the parameter for a hidden array, the same in every function."""
        return self.fresh_name(1_000_000 + index, self.hidden[index]["path"])

    def _build(self, source: Source) -> None:
        """Sets `source.function`; its callees are bound later, by `bind`."""
        try:
            tree = ast.parse(source.text, file_name(source.index))
        except SyntaxError as error:
            raise RequestError(f"{source.file}: {error.msg}") from None
        if len(tree.body) != 1 or not isinstance(tree.body[0], ast.FunctionDef):
            raise RequestError("a source that is not one function")
        definition = tree.body[0]
        definition.decorator_list = []
        definition.returns = None
        prune(definition, source.unread)
        _name_bare_raises(definition)
        paths = {path: self.fresh_name(i, path) for i, path in enumerate([*source.values, *source.calls])}
        # Numba knows these by their names where it prunes branches.
        paths.update({name: name for name in ("isinstance", "hasattr") if source.values.get(name) is getattr(builtins, name)})
        paths.update({path: self.hidden_parameter(hidden) for path, hidden in source.arrays.items()})
        arguments = definition.args
        if arguments.vararg:  # a parameter like the others, whose value is a tuple: calls are written so
            arguments.args.append(arguments.vararg)
            arguments.defaults.append(ast.Tuple([], ast.Load()))
            arguments.vararg = None
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):  # the same: Numba has none of these
            arguments.args.append(argument)
            if default is not None or arguments.defaults:
                arguments.defaults.append(default or ast.Constant(None))
        arguments.kwonlyargs, arguments.kw_defaults = [], []
        for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
            argument.annotation = None
        _Rewriter(self, source, paths).visit(definition)
        hidden = [ast.arg(self.hidden_parameter(i)) for i in sorted(source.needs)]
        target = arguments.posonlyargs if arguments.posonlyargs else arguments.args
        target[:0] = hidden
        ast.fix_missing_locations(tree)
        namespace: dict[str, Any] = {
            "__name__": _MODULE,
            _RERAISED: Reraised,
            UNREACHED: SystemError,
            _NUMPY: numpy,
            **{paths[p]: v for p, v in source.values.items()},
        }
        exec(compile(tree, file_name(source.index), "exec", dont_inherit=True), namespace)
        source.function = namespace[definition.name]
        # Numba quotes the source in some messages and looks it up by the file's name.
        linecache.cache[file_name(source.index)] = (len(source.text), None, source.text.splitlines(True), file_name(source.index))

    def bind(self, dispatchers: list[Any]) -> None:
        """Puts the callees' dispatchers into the callers' namespaces."""
        for source, dispatcher in zip(self.sources, dispatchers, strict=True):
            assert source.function is not None
            source.dispatcher = dispatcher
            if source.overloads:
                self._choose(source, dispatchers)
            for i, (path, callee) in enumerate(source.calls.items(), len(source.values)):
                source.function.__globals__[self.fresh_name(i, path)] = dispatchers[callee]

    def _choose(self, source: Source, dispatchers: list[Any]) -> None:
        """Calls of the dispatcher mean another one for each tuple of types."""
        if any(self.sources[i].needs for _, i in source.overloads):
            raise UnsupportedError(f"{source.name}, an implementation of which reads a global array")
        chosen = {text.replace("readonly ", ""): dispatchers[i] for text, i in source.overloads}

        def of_types(args: tuple[Any, ...], kws: dict[str, Any]) -> Any:
            texts = [*map(spell, args), *(f"{name}={spell(t)}" for name, t in kws.items())]
            return chosen["; ".join(texts).replace("readonly ", "")]

        source.dispatcher.get_call_template = lambda args, kws: of_types(args, kws).get_call_template(args, kws)
        source.dispatcher.get_overload = lambda args: next(d for d in chosen.values() if tuple(args) in d.overloads).get_overload(args)


class _Rewriter(ast.NodeTransformer):
    """Replaces paths by fresh names and completes calls with hidden arguments."""

    def __init__(self, program: Program, source: Source, paths: dict[str, str]):
        self._program, self._source, self._paths = program, source, paths
        self._shadowed: list[set[str]] = []  # names bound by the nested scopes around

    def _path(self, node: ast.expr) -> str | None:
        """The global path that exactly this node is."""
        parts = []
        while isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load) or any(node.id in s for s in self._shadowed):
            return None
        path = ".".join([node.id, *reversed(parts)])
        return path if path in self._paths else None

    def _replace(self, node: ast.expr, path: str) -> ast.expr:
        return ast.copy_location(ast.Name(self._paths[path], ast.Load()), node)

    def _reference(self, node: ast.Name | ast.Attribute) -> ast.expr:
        path = self._path(node)
        if path is None:
            self.generic_visit(node)
            return node
        callee = self._source.calls.get(path)
        if callee is not None:
            self._program.as_value(callee)
        return self._replace(node, path)

    def visit_Raise(self, node: ast.Raise) -> ast.stmt:
        """Numba has no bare `raise`."""
        self.generic_visit(node)
        if node.exc is None:
            node.exc = ast.copy_location(ast.Name(_RERAISED, ast.Load()), node)
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._reference(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        return self._reference(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """A member of an Enum by its name: `Color["red"]` is the path `Color.red`."""
        if isinstance(node.ctx, ast.Load) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
            path = self._path(ast.Attribute(node.value, node.slice.value, ast.Load()))
            if path is not None and isinstance(self._source.values.get(path), Member):
                return self._replace(node, path)
        self.generic_visit(node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        path = self._path(node.func)
        callee = self._source.calls.get(path) if path is not None else None
        if path is None or callee is None:
            called = self._builtin(node.func)
            self.generic_visit(node)
            function = self._source.values.get(path) if path is not None else called
            if function is literally and len(node.args) == 1:  # constants are known as they are; Numba would ask its dispatcher for them
                return node.args[0]
            if function in (map, filter) and len(node.args) > 1:
                node.px_mapped = function  # type: ignore[attr-defined]
            self._plain(node, function)
            return node
        node.func = self._replace(node.func, path)
        node.args = [self.visit(a) for a in node.args]
        node.keywords = [self.visit(k) for k in node.keywords]
        self._pack(node, self._program.sources[callee])
        needs = sorted(self._program.sources[callee].needs)
        node.args[:0] = [ast.copy_location(ast.Name(self._program.hidden_parameter(i), ast.Load()), node) for i in needs]
        return node

    def _builtin(self, node: ast.expr) -> Any:
        """What a name means that the request has no value for: px's front end has written its meaning out."""
        known = isinstance(node, ast.Name) and not any(node.id in s for s in self._shadowed)
        return getattr(builtins, node.id, None) if known else None  # type: ignore[attr-defined]

    def _plain(self, node: ast.Call, function: Any) -> None:
        """What Numba takes in another form alone: `out=` by position, a list where sum and the like go through a generator."""
        if isinstance(function, numpy.ufunc) and [k.arg for k in node.keywords] == ["out"] and len(node.args) == function.nin:
            node.args.append(node.keywords.pop().value)
        if function not in (sum, min, max, list, sorted) or not node.args:
            return
        generator = node.args[0]
        if hasattr(generator, "px_mapped"):
            generator = _mapped(generator, generator.px_mapped)
        if isinstance(generator, ast.GeneratorExp):
            node.args[0] = ast.copy_location(ast.ListComp(generator.elt, generator.generators), generator)

    def _pack(self, node: ast.Call, callee: Source) -> None:
        """The arguments that `*rest` takes, as one tuple."""
        if not callee.variadic:
            return
        named = len(callee.parameters) - 1
        if any(isinstance(a, ast.Starred) for a in node.args[:named]):
            last = node.args.pop()
            if (
                not isinstance(last, ast.Starred)
                or not isinstance(last.value, ast.Name)
                or any(isinstance(a, ast.Starred) for a in node.args)
            ):
                raise UnsupportedError(f"a call of {callee.name}, which has a `*` parameter, with `*` for named ones")
            first = named - len(node.args)  # px has seen that the tuple has as many items
            node.args += [ast.Subscript(last.value, ast.Constant(k), ast.Load()) for k in range(first)]
            node.args.append(ast.Starred(ast.Subscript(last.value, ast.Slice(ast.Constant(first)), ast.Load()), ast.Load()))
        rest: ast.expr = ast.Tuple([], ast.Load())
        for a in node.args[named:]:
            more = a.value if isinstance(a, ast.Starred) else ast.Tuple([a], ast.Load())
            rest = more if isinstance(rest, ast.Tuple) and not rest.elts else ast.BinOp(rest, ast.Add(), more)
        if len(node.args) < named or node.keywords:  # the others come by keywords or are defaults
            node.keywords.append(ast.keyword(callee.parameters[-1], rest))
        else:
            node.args[named:] = [rest]
        ast.copy_location(rest, node)
        ast.fix_missing_locations(node)

    def _nested(self, node: Any, names: set[str]) -> Any:
        self._shadowed.append(names)
        self.generic_visit(node)
        self._shadowed.pop()
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.expr:
        return self._nested(node, _parameter_names(node.args))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        if not self._shadowed:
            return self._nested(node, set())
        bound = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        return self._nested(node, _parameter_names(node.args) | bound)

    def _comprehension(self, node: Any) -> Any:
        targets = {n.id for g in node.generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}
        return self._nested(node, targets)

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension


def _mapped(node: Any, function: Any) -> ast.GeneratorExp:
    """`map(f, x)` or `filter(f, x)` as a generator expression."""
    called, *iterables = node.args
    names = [f"px_item_{k}" for k in range(len(iterables))]
    items: list[ast.expr] = [ast.Name(name, ast.Load()) for name in names]
    target: ast.expr = ast.Name(names[0], ast.Store())
    source, element = iterables[0], items[0]
    conditions: list[ast.expr] = []
    if len(iterables) > 1:
        target = ast.Tuple([ast.Name(name, ast.Store()) for name in names], ast.Store())
        source = ast.Call(ast.Name("zip", ast.Load()), iterables, [])
    if function is map:
        element = ast.Call(called, items, [])
    else:
        plain = isinstance(called, ast.Constant) and called.value is None
        conditions = [items[0] if plain else ast.Call(called, items, [])]
    made = ast.GeneratorExp(element, [ast.comprehension(target, source, conditions, 0)])
    for child in ast.walk(made):
        if not hasattr(child, "lineno"):
            ast.copy_location(child, node)
    return made


def _name_bare_raises(node: ast.AST) -> None:
    """`raise` outside of a handler raises Python's error; Numba has it in handlers alone."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Raise) and child.exc is None:
            child.exc = ast.Call(ast.Name("RuntimeError", ast.Load()), [ast.Constant("No active exception to reraise")], [])
            ast.fix_missing_locations(ast.copy_location(child.exc, child))
        elif not isinstance(child, ast.ExceptHandler):
            _name_bare_raises(child)


def _is_variadic(source: Source) -> bool:
    try:
        tree = ast.parse(source.text)
    except SyntaxError:
        return False
    return bool(tree.body) and isinstance(tree.body[0], ast.FunctionDef) and tree.body[0].args.vararg is not None


def _parameter_names(arguments: ast.arguments) -> set[str]:
    rest = [a for a in (arguments.vararg, arguments.kwarg) if a is not None]
    return {a.arg for a in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *rest]}
