"""Checks that a wheel needs nothing that a bare machine lacks: python tools/check_wheel.py dist/px-….whl

Prints the wheel's size and each module's; fails if a module wants another shared object than the C and C++ run time's.
"""

import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ALLOWED = re.compile(r"lib(c|m|dl|rt|pthread|gcc_s|stdc\+\+)\.so\.\d+|ld-linux.*")


def needed(module: Path) -> list[str]:
    """The shared objects that `module` asks the dynamic linker for."""
    text = subprocess.run(["readelf", "-d", module], check=True, capture_output=True, text=True).stdout
    return re.findall(r"\(NEEDED\).*\[(.*)\]", text)


def main() -> None:
    """See the module's docstring."""
    wheel = Path(sys.argv[1])
    print(f"{wheel}: {wheel.stat().st_size / 1e6:.1f} MB")
    wrong = []
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(wheel) as archive:
        modules = [name for name in archive.namelist() if name.endswith(".so")]
        for name in modules:
            module = Path(archive.extract(name, folder))
            print(f"  {name}: {module.stat().st_size / 1e6:.1f} MB")
            wrong += [f"{name} needs {library}" for library in needed(module) if not ALLOWED.fullmatch(library)]
    if len(modules) != 3:
        wrong.append(f"expected _px, px_llvm and px_codegen, found {modules}")
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
