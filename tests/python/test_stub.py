"""`px/_px.pyi` says what the built module has, no more and no less, so that type checkers see px as it is."""

import ast
from pathlib import Path

import pytest

import px

STUB = ast.parse((Path(px.__file__).parent / "_px.pyi").read_text())


def declared(body: list[ast.stmt]) -> set[str]:
    """The names that a module's or a class's body defines; a class's bare annotations are left to Python itself."""
    return {node.name for node in body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}


def test_the_stub_lists_what_the_module_has():
    constants = {node.target.id for node in STUB.body if isinstance(node, ast.AnnAssign)}
    assert declared(STUB.body) | constants == {name for name in vars(px._px) if not name.startswith("__")}


@pytest.mark.parametrize("name", ["Function", "Work"])
def test_the_stub_lists_what_a_class_has(name):
    (node,) = [node for node in STUB.body if isinstance(node, ast.ClassDef) and node.name == name]
    there = {member for member in vars(getattr(px._px, name)) if not member.startswith("__")}
    assert {member for member in declared(node.body) if not member.startswith("__")} == there


def test_each_parameter_has_the_name_that_the_module_gives_it():
    for node in STUB.body:
        if isinstance(node, ast.FunctionDef):
            signature = getattr(px._px, node.name).__doc__.splitlines()[0]
            told = [argument.arg for argument in node.args.args]
            found = [
                part.partition(":")[0].strip() for part in signature.partition("(")[2].rpartition(") ->")[0].split(", ") if ":" in part
            ]
            assert found == told, node.name
