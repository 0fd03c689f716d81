"""What setup.cfg cannot say: px's packages lie in two folders, and CMake builds the extension modules."""

from setuptools import find_packages, setup

setup(
    packages=[
        *(package for package in find_packages("python") if not f"{package}.".startswith("px.bench.")),  # python/px/bench is a link
        "px.bench",
        *(f"px.bench.{package}" for package in find_packages("bench")),
    ],
    package_dir={"px": "python/px", "px.bench": "bench"},
    cmake_source_dir=".",
    cmake_args=["-DPX_BUILD_TESTS=OFF"],
)
