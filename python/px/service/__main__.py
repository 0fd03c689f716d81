"""Starts the compile service, as `python -m px.service` or by this file's path.

Started by path, the folder is loaded as the package `px_service`, so that px itself is never imported. The folder of the script, or
the current folder, is taken off `sys.path`: the service imports no module of the user's.
"""

import importlib.util
import sys
import types
from pathlib import Path


def _load_package() -> types.ModuleType:
    folder = Path(__file__).resolve().parent
    if not getattr(sys.flags, "safe_path", False) and sys.path:
        del sys.path[0]
    spec = importlib.util.spec_from_file_location("px_service", folder / "__init__.py", submodule_search_locations=[str(folder)])
    assert spec is not None and spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules["px_service"] = package
    spec.loader.exec_module(package)
    return package


if __name__ == "__main__":
    _load_package()
    sys.exit(importlib.import_module("px_service.server").main())
