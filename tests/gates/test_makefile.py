"""The two commands of the README, and what they promise."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cleaning.compiled import PLAIN
from crawler.exits import Exit
from tests.gates.tracked import ROOT, text

TARGETS = ("setup", "demo", "test", "check", "lint", "bench", "soak", "down", "clean", "lock")


def planned(target):
    """What make would run."""
    # The tests run under `make test` themselves: a make inside a make talks of directories unless it is told not to.
    own = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}
    command = ["make", "--no-print-directory", "-n", target]
    return subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_can_be_made(target):
    """Each target has a recipe."""
    assert planned(target).strip()


@pytest.mark.parametrize("target", ["demo", "test", "bench", "soak"])
def test_set_up_comes_first(target):
    """A fresh machine needs no other command before."""
    assert planned(target).splitlines()[0] == "deploy/setup.sh"


def test_test_runs_every_check():
    """Style, format, types, imports, tests: in this order."""
    plan = planned("test")
    places = [plan.index(step) for step in ("ruff check", "ruff format --check", "mypy", "lint-imports", "pytest")]
    assert places == sorted(places)


def test_ci_calls_the_same_command():
    """CI has no recipe of its own."""
    assert "make test" in text(Path(".ci/run"))


def test_the_python_that_is_named_reaches_set_up():
    """`PYTHON=/path/python3 make setup`: no variable of the Makefile's own takes its place."""
    command = ["make", "--no-print-directory", "--eval", "told:; @echo $$PYTHON", "told"]
    own = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}
    done = subprocess.run(
        command, cwd=ROOT, env=own | {"PYTHON": "/opt/python3"}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "/opt/python3\n"


def test_a_second_set_up_changes_nothing():
    """Set up as it is, setup.sh says nothing and writes nothing; an environment lent by another checkout it refuses."""
    lent = (ROOT / ".venv").is_symlink()
    before = (ROOT / ".venv" / "bin" / "caifeng").stat().st_mtime_ns
    done = subprocess.run(["deploy/setup.sh"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, bool(done.stderr)) == ("", lent)
    assert done.returncode == (Exit.ENVIRONMENT if lent else Exit.OK)
    assert (ROOT / ".venv" / "bin" / "caifeng").stat().st_mtime_ns == before


def checkout(tmp_path):
    """A checkout whose environment lacks nothing but the command, and the environment to run its set-up in."""
    script = tmp_path / "deploy" / "setup.sh"
    python = tmp_path / ".venv" / "bin" / "python"
    lock = tmp_path / "nothing.txt"
    for folder in (script.parent, python.parent, tmp_path / ".venv" / "lib" / "python3.11" / "site-packages"):
        folder.mkdir(parents=True)
    script.write_bytes((ROOT / "deploy" / "setup.sh").read_bytes())
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    for runnable in (script, python):
        runnable.chmod(0o755)
    lock.touch()
    (tmp_path / ".venv" / f".locked-{hashlib.sha256(b'').hexdigest()[:16]}").touch()
    return script, {name: value for name, value in os.environ.items() if name != PLAIN} | {"CAIFENG_LOCK": lock.name}


def test_a_set_up_that_did_something_says_that_it_is_ready(tmp_path):
    """In a checkout whose environment lacks nothing but the command: one last line; the second time, silence."""
    script, own = checkout(tmp_path)
    first, second = (
        subprocess.run([script], env=own | {PLAIN: "yes"}, capture_output=True, text=True, check=True).stderr
        for _ in range(2)
    )
    assert [line[:5] for line in first.splitlines()] == ["· 已就绪"]
    assert second == ""


def test_a_failed_compilation_is_told_and_stops_nothing(tmp_path):
    """Its last lines, that all runs on without it, and that the rest of the set-up was done."""
    script, own = checkout(tmp_path)
    (tmp_path / "cleaning").mkdir()
    (tmp_path / "cleaning" / "__init__.py").touch()
    (tmp_path / "cleaning" / "compiled.py").write_text("import pathlib\nfolder = lambda: pathlib.Path('/nowhere')\n")
    (tmp_path / "deploy" / "compile.py").write_text("raise SystemExit('the compiler has no room')\n")
    done = subprocess.run([script], env=own, capture_output=True, text=True, check=True)
    said = done.stderr.splitlines()
    assert [line[:4] for line in said] == ["· 编译", "the ", "· 没有", "· 已就"]
    assert said[1] == "the compiler has no room"


def test_the_command_runs_anywhere(tmp_path):
    """From a directory whose files bear our modules' names, the command still finds ours."""
    for name in ("redis.py", "crawler.py", "console.py"):
        (tmp_path / name).write_text("raise SystemExit('the wrong module')\n")
    done = subprocess.run(
        [ROOT / ".venv" / "bin" / "caifeng", "--help"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "demo" in done.stdout
