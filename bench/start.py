"""Starts a measured process: ``python start.py worker SOCKET`` or ``python start.py program PEER KERNEL SIZE``.

Gives this folder the package name ``bench`` without importing the package it is installed in (px), and without putting a folder that
holds px's own modules on ``sys.path``.
"""

import importlib
import importlib.util
import sys
from pathlib import Path

if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    if Path(sys.path[0]).resolve() == here:
        del sys.path[0]
    spec = importlib.util.spec_from_file_location("bench", here / "__init__.py", submodule_search_locations=[str(here)])
    package = importlib.util.module_from_spec(spec)
    sys.modules["bench"] = package
    spec.loader.exec_module(package)
    sys.exit(importlib.import_module(f"bench.{sys.argv[1]}").main(sys.argv[2:]))
