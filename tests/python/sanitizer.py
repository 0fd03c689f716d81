"""Whether the tests run under a sanitizer, and what they leave out there.

What is preloaded instruments px alone. Numba's compilations and the code that it makes take several times as long and are not looked at,
so the compile service of the tests' own process starts without the sanitizer, and what only compares px with Numba is left to the runs
without one.
"""

import os
import shlex
import sys
import tempfile
from pathlib import Path

SANITIZER = "libclang_rt." in os.environ.get("LD_PRELOAD", "")


def plain_python(folder: str) -> str:
    """The path of a Python that is started without the sanitizer."""
    path = Path(tempfile.mkdtemp(dir=folder)) / "python"
    path.write_text(f'#!/bin/sh\nexec env -u LD_PRELOAD -u PYTHONMALLOC {shlex.quote(sys.executable)} "$@"\n')
    path.chmod(0o700)
    return str(path)
