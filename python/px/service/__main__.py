"""Starts the compile service, as `python -m px.service` or by this file's path.

Started by path, the folder is loaded as the package `px_service`, so that px itself is never imported. The folder of the script, or
the current folder, is taken off `sys.path`: the service imports no module of the user's.
"""

import importlib.util
import os
import sys
import types


def _load_package() -> types.ModuleType:
    folder = os.path.dirname(os.path.abspath(__file__))
    if not getattr(sys.flags, "safe_path", False) and sys.path:
        del sys.path[0]
    spec = importlib.util.spec_from_file_location(
        "px_service", os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    assert spec is not None and spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules["px_service"] = package
    spec.loader.exec_module(package)
    return package


if __name__ == "__main__":
    _load_package()
    sys.exit(importlib.import_module("px_service.server").main())
