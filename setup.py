"""Hands the extension modules to CMake. Everything else is in setup.cfg."""

from setuptools import setup

setup(cmake_source_dir=".", cmake_args=["-DPX_BUILD_TESTS=OFF"])
