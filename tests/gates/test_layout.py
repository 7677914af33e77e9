"""The shape of the repository: rooms, sizes, names."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from tests.gates.tracked import ROOT, files, table, text

ROOMS = Path("docs/decisions/0001-rooms.md")
LINES = 500
FUNCTION_LINES = 60
OWNERLESS = {"utils", "util", "helpers", "helper", "common", "core", "misc"}
PYTHON = [path for path in files() if path.suffix == ".py"]


def test_every_top_level_name_is_decided():
    """Each stands in a table of decision 1, and each name there exists."""
    decided = {name.rstrip("/") for name in table(ROOMS)} - {"name"}
    assert {path.parts[0] for path in files()} == decided


def test_import_rules_cover_every_room():
    """import-linter and mypy name exactly the packages there are."""
    project = tomllib.loads(text(Path("pyproject.toml")))["tool"]
    packages = {path.parts[0] for path in files() if path.name == "__init__.py"} - {"tests", "benchmarks"}
    assert set(project["importlinter"]["root_packages"]) == packages
    assert set(project["mypy"]["packages"]) == packages


@pytest.mark.parametrize("suffix", [".py", ".lua"])
def test_no_file_is_too_long(suffix):
    """500 lines at most."""
    lengths = {path: text(path).count("\n") for path in files() if path.suffix == suffix}
    assert {str(path): lines for path, lines in lengths.items() if lines > LINES} == {}


def test_no_function_is_too_long():
    """60 lines at most, docstring included."""
    long = {}
    for path in PYTHON:
        for node in ast.walk(ast.parse(text(path))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    long[f"{path}:{node.lineno} {node.name}"] = lines
    assert long == {}


def test_no_room_is_without_an_owner():
    """No utils, helpers, common, core or misc, as a file or as a directory."""
    assert [str(path) for path in files() if {path.stem, *path.parts[:-1]} & OWNERLESS] == []


def test_deploy_is_not_importable():
    """`deploy/` holds no Python package."""
    assert [str(path) for path in files() if path.parts[0] == "deploy" and path.name == "__init__.py"] == []


def test_decisions_are_numbered():
    """0001, 0002, …, no number twice (one that is missing belongs to work that has not ended); the title carries it."""
    pages = [path for path in files() if path.parent == Path("docs/decisions")]
    named = [re.fullmatch(r"(\d{4})-[a-z0-9-]+\.md", path.name) for path in pages]
    numbers = [int(found[1]) if found else 0 for found in named]
    assert 0 not in numbers
    assert len(set(numbers)) == len(numbers)
    for number, path in zip(numbers, pages, strict=True):
        assert text(path).startswith(f"# {number}. "), path


def test_every_test_says_what_it_shows():
    """Each test has a docstring stating the behaviour."""
    silent = []
    for path in PYTHON:
        if path.parts[0] != "tests":
            continue
        for node in ast.walk(ast.parse(text(path))):
            named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
            if named and not ast.get_docstring(node):
                silent.append(f"{path}:{node.lineno} {node.name}")
    assert silent == []


def test_tests_mirror_rooms():
    """A directory of tests is named after a room, or is one of those that span rooms."""
    spanning = {"contract", "gates", "promises", "services", "zz"}
    rooms = {path.parts[0] for path in files() if len(path.parts) > 1} | spanning
    found = {path.parts[1] for path in files() if path.parts[0] == "tests" and len(path.parts) > 2}
    assert found <= rooms
    assert (ROOT / "tests" / "conftest.py").is_file()
