"""Prints the Python requirements of a checkout, one a line, read from setup.cfg and pyproject.toml (their only home).

    python tools/requirements.py [EXTRA…]

The build back end's requirements, px's own, and those of the extras that are named.
"""

import configparser
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def requirements(extras: list[str]) -> list[str]:
    """Everything that a development environment with these extras needs, without repetition."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    found = list(tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"])
    found += config["options"]["install_requires"].split("\n")
    for extra in extras:
        found += config["options.extras_require"][extra].split("\n")
    return list(dict.fromkeys(line.strip() for line in found if line.strip()))


if __name__ == "__main__":
    print("\n".join(requirements(sys.argv[1:])))
