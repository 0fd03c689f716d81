"""One request to one answer. Importing this module imports Numba and makes this process a compiler of px objects."""

import time
from typing import Any

from llvmlite import ir
from numba import njit
from numba.core import errors as numba_errors
from numba.core import types
from numba.core.compiler_lock import global_compiler_lock
from numba.core.imputils import fix_returning_optional
from numba.core.registry import cpu_target

from . import context, first_class, lists, maths, overrides, slots, spelling, symbols, ufuncs
from .codegen import Codegen
from .errors import RequestError, UnsupportedError
from .pipeline import Compiler, job
from .source import Program, Source

overrides.install()
ufuncs.install()
maths.install()
first_class.install()
context.install()

_MAX_REASON = 2000  # characters


def codegen() -> Codegen:
    """The code generator: CPU and features are asked of it."""
    return cpu_target.target_context.codegen()


def answer(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """The answer's header and object. Never raises for what a request may hold."""
    started = time.perf_counter()
    program = None
    try:
        program = Program(request)
        header, blob = _compile(program, request)
    except Exception as error:
        reason = _reason(error, program)
        return {"id": request["id"], "ok": False, "kind": _kind(error), "reason": reason}, b""
    return {"id": request["id"], "ok": True, **header, "seconds": time.perf_counter() - started}, blob


@global_compiler_lock
def _compile(program: Program, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    job.start(program)
    dispatchers = [njit(s.function, **_options(s), pipeline_class=Compiler) for s in program.sources]
    program.bind(dispatchers)
    hidden = [spelling.parse(h["type"], program.as_value) for h in program.hidden]
    given = [spelling.parse(text, program.as_value) for text in request["arguments"]]
    arguments = [spelling.parse(text, program.as_value) for text in request.get("converted", request["arguments"])]
    for source, dispatcher in zip(program.sources, dispatchers, strict=True):
        _declare(dispatcher, source, program)
    root = dispatchers[program.root]
    if (*hidden, *arguments) not in root.overloads:
        root.compile((*hidden, *arguments))
    result = root.overloads[(*hidden, *arguments)]
    if not spelling.may_cross(result.signature.return_type):
        raise UnsupportedError(f"a result of type {result.signature.return_type}")
    library = _wrap(result, request["entry"], len(hidden), given)
    for dispatcher in dispatchers:
        for overload in dispatcher.overloads.values():
            # A recursive call is by name: the callee's library need not be known to the caller's.
            library.add_linking_library(overload.library)
    blob, sites = codegen().make_object(library, request["entry"])
    symbols.check(blob)
    header = {
        "result": spelling.spell_result(result.signature.return_type),
        "sites": [site.header() for site in sites],
        "specialisations": [typed.header() for typed in job.typed],
    }
    return header, blob


def _declare(dispatcher: Any, source: Source, program: Program) -> None:
    """A function with explicit signatures is compiled for these alone, callees first; the others for what they are called with."""
    if not source.signatures or dispatcher.overloads:
        return
    hidden = [spelling.parse(program.hidden[i]["type"], program.as_value) for i in sorted(source.needs)]
    source.signatures, signatures = [], source.signatures
    for callee in source.calls.values():
        _declare(program.sources[callee].dispatcher, program.sources[callee], program)
    for arguments, result in signatures:
        types_ = (*hidden, *(spelling.parse(text, program.as_value) for text in arguments))
        dispatcher.compile(spelling.parse(result)(*types_) if result is not None else types_)
    dispatcher.disable_compile()


def _options(source: Source) -> dict[str, Any]:
    """The request's options as njit's."""
    options = source.options
    fastmath = options.get("fastmath", False)
    return {
        "fastmath": set(fastmath) if isinstance(fastmath, list) else fastmath,
        "locals": {name: spelling.parse(text) for name, text in options.get("locals", {}).items()},
        "boundscheck": options.get("boundscheck", True),
        "error_model": options.get("error_model", "python"),
        "inline": options.get("inline", "never"),
        "no_cpython_wrapper": True,
        "no_cfunc_wrapper": True,
    }


def _wrap(result: Any, entry: str, hidden: int, given: list[types.Type]) -> Any:
    """A library with `entry`, which calls the compiled function with values rebuilt from slots. Hidden arguments come last in slots."""
    target = result.target_context
    library = target.codegen().create_library(entry)
    module = target.create_module(entry)
    pointer, slots_type = ir.IntType(8).as_pointer(), ir.IntType(64).as_pointer()
    function = ir.Function(module, ir.FunctionType(ir.IntType(32), [slots_type, slots_type, pointer.as_pointer()]), entry)
    builder = ir.IRBuilder(function.append_basic_block())
    args, ret, _ = function.args
    ret.add_attribute("noalias")
    signature = result.fndesc.argtypes
    borrowed = lists.Borrowed()
    reader = slots.Reader(target, builder, args, borrowed)
    declared = [
        value if ty == wanted else target.cast(builder, value, ty, wanted)
        for value, ty, wanted in zip([reader.load(ty) for ty in given], given, signature[hidden:], strict=True)
    ]
    globals_read = [reader.load(ty) for ty in signature[:hidden]]
    callee = target.declare_function(module, result.fndesc)
    result_type = result.signature.return_type
    status, value = target.call_conv.call_function(builder, callee, result_type, signature, [*globals_read, *declared])
    borrowed.give_back(target, builder)
    with builder.if_then(status.is_error, likely=False):
        builder.ret(ir.IntType(32)(1))
    value = fix_returning_optional(target, builder, result.signature, status, value)
    slots.ResultWriter(target, builder, ret, borrowed).store(types.unliteral(result_type), value)
    builder.ret(ir.IntType(32)(0))
    library.add_ir_module(module)
    library.add_linking_library(result.library)
    return library


def _kind(error: BaseException) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, RequestError):
            return cause.kind
        if isinstance(cause, NotImplementedError | numba_errors.UnsupportedError | numba_errors.UnsupportedBytecodeError):
            return "unsupported"
        if isinstance(cause, numba_errors.TypingError):
            return "typing"
        cause = cause.__cause__ or cause.__context__
    return "internal"


def _reason(error: BaseException, program: Program | None) -> str:
    """One line, in the user's names."""
    text = str(error) or type(error).__name__
    if not isinstance(error, RequestError | numba_errors.NumbaError):
        text = f"{type(error).__name__}: {text}"
    text = numba_errors.strip_ansi(text) if hasattr(numba_errors, "strip_ansi") else text
    text = "; ".join(line.strip() for line in text.splitlines() if line.strip())
    return (program.describe(text) if program is not None else text)[:_MAX_REASON]
