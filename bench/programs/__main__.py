"""``python -m px.bench.programs [NAME [SIZE]]``: a program's result is checked, then it is run again and timed. PX_WORKERS as always."""

from __future__ import annotations

import sys
import time

from . import NAMES, load

RUNS = 5


def main(arguments: list[str]) -> int:
    """Exit status."""
    import px

    try:
        programs = [load(name) for name in arguments[:1] or NAMES]
        wanted = int(arguments[1]) if len(arguments) > 1 else 0
    except (KeyError, ValueError) as error:
        print(error.args[0], file=sys.stderr)
        return 2
    for program in programs:
        size = wanted or program.sizes["full"]
        inputs = program.inputs(size)
        program.verify(inputs, program.run(inputs))
        px.wait_compiled(60.0)
        seconds = []
        for _ in range(RUNS):
            start = time.perf_counter()
            result = program.run(inputs)
            seconds.append(time.perf_counter() - start)
        program.verify(inputs, result)
        print(f"{program.name}, {size:,}: {min(seconds):.3f} s on {px.stats()['workers']} workers ({program.about})")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
