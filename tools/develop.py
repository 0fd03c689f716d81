"""Makes px importable from this checkout, without copying it.

    python tools/develop.py --build build/release           into the environment of this interpreter
    python tools/develop.py --build build/asan --site DIR   as DIR/px, for PYTHONPATH (the sanitizers' builds)

The first lays links to the built modules and to `bench` beside the sources in python/px, and adds to site-packages a `.pth` file, the
metadata from setup.cfg and the `px` command; a run that finds all of it in place takes a few milliseconds. The second makes a
folder of links alone. (An editable install of setuptools is not used: it would build everything again, and its import hook
costs each start of Python some milliseconds.)
"""

import argparse
import contextlib
import io
import shutil
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "python" / "px"
METADATA_SOURCES = ["setup.cfg", "setup.py", "pyproject.toml", "tools/develop.py"]


def link(source: Path, target: Path) -> None:
    """Makes `target` a symbolic link to `source`, if it is not one already."""
    if target.is_symlink() and target.readlink() == source:
        return
    if target.is_symlink() or target.exists():
        target.unlink()
    target.symlink_to(source)


def lay_links(folder: Path, wanted: dict[str, Path]) -> None:
    """Makes the links in `folder` those `wanted`, and no others; what is not a link is left alone."""
    for entry in folder.iterdir():
        if entry.is_symlink() and entry.name not in wanted:
            entry.unlink()
    for name, source in wanted.items():
        link(source, folder / name)


def built_modules(build: Path) -> dict[str, Path]:
    """The shared objects that CMake built, by name."""
    return {path.name: path for path in sorted((build / "px").glob("*.so"))}


def install_metadata(version_stamp: Path, site: Path) -> None:
    """Writes the `.pth` file, the dist-info folder and the `px` command."""
    from scikit_build_core.setuptools import build_meta

    for old in site.glob("px-*.dist-info"):
        shutil.rmtree(old)
    work = version_stamp.parent / "metadata"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    with contextlib.redirect_stdout(io.StringIO()):  # setuptools reports each file
        built = work / build_meta.prepare_metadata_for_build_wheel(str(work))
    info = site / built.name
    shutil.copytree(built, info)

    pth = site / "px.pth"
    pth.write_text(f"{PACKAGE.parent}\n")
    script = Path(sysconfig.get_path("scripts")) / "px"
    script.write_text(f"#!{sys.executable}\nimport sys\n\nfrom px.cli import main\n\nsys.exit(main())\n")
    script.chmod(0o755)
    (info / "INSTALLER").write_text("make setup\n")
    files = [pth, script, *info.iterdir(), info / "RECORD"]
    (info / "RECORD").write_text("".join(f"{path},,\n" for path in files))  # so that `pip uninstall px` works
    version_stamp.touch()


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--site", type=Path)
    arguments = parser.parse_args()
    modules = built_modules(arguments.build.resolve())
    if arguments.site is not None:
        folder = arguments.site.resolve() / "px"
        folder.mkdir(parents=True, exist_ok=True)
        sources = {path.name: path for path in PACKAGE.iterdir() if not path.is_symlink() and path.name != "__pycache__"}
        lay_links(folder, {**sources, "bench": ROOT / "bench", **modules})
        return
    lay_links(PACKAGE, {"bench": ROOT / "bench", **modules})
    site = Path(sysconfig.get_path("purelib"))
    stamp = ROOT / "build" / ".stamps" / "develop"
    newest = max((ROOT / name).stat().st_mtime for name in METADATA_SOURCES)
    if not (site / "px.pth").exists() or not stamp.exists() or stamp.stat().st_mtime < newest:
        install_metadata(stamp, site)


if __name__ == "__main__":
    main()
