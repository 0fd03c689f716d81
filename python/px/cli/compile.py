"""``px compile MODULE``: fills the disk cache with what the module's explicit signatures ask for."""

from __future__ import annotations

from typing import Annotated

import typer

from .explain import load_module
from .output import console, fail


def command(
    module: Annotated[str, typer.Argument(metavar="MODULE", help="A module, or a file: a.py.")],
    timeout: Annotated[float, typer.Option("--timeout", metavar="SECONDS", help="How long to wait for the compile service.")] = 300.0,
) -> None:
    """Compile a module's functions for their explicit signatures, so that programs find native code on disk."""
    import px
    from px import _px
    from px.settings import settings

    if settings.tier not in ("auto", "native") or not settings.service:
        fail("nothing compiles here: PX_TIER and PX_SERVICE say so", 2)
    if not settings.cache_directory:
        fail("there is no cache to fill: PX_CACHE=0 says so", 2)
    try:
        loaded = load_module(module)
    except px.PxError as error:
        fail(str(error))
    functions = [value for value in vars(loaded).values() if isinstance(value, _px.Function) and value.__module__ == loaded.__name__]
    ahead = [function for function in functions if function.signatures]
    for function in functions:
        if not function.signatures:
            typer.echo(f"{function.__qualname__}: no signature, so nothing to compile ahead; give one, such as @px.jit('f8(f8[::1])')")
    if not ahead:
        fail(f"{module} has no px function with an explicit signature")
    with console().status("compiling"):
        done = px.wait_compiled(timeout)
    missing = not done
    for function in ahead:
        for row in px.stats(function)["specialisations"]:
            if row["tier"] == "numba":
                how = "was in the cache" if row["from_cache"] else f"compiled in {row['compile_s']:.2f} s"
            else:
                how = f"no native code: {row['reason'] or 'out of time'}"
                missing = True
            typer.echo(f"{function.__qualname__}{row['signature']}: {how}")
    typer.echo(f"in {settings.cache_directory}")
    if missing:
        raise typer.Exit(1)
