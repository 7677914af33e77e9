"""The command as people run it: in this process for speed, or as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from console.cli.app import app

CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on stdout."""
        return json.loads(self.out)


@pytest.fixture
def caifeng(monkeypatch: pytest.MonkeyPatch):
    """Run a command in this process; without services unless the test also asks for `services_here`."""
    monkeypatch.delenv("CAIFENG_ORGANISATION", raising=False)
    monkeypatch.delenv("CAIFENG_CONTACT", raising=False)

    def run(*words: str, stdin: bytes | None = None) -> Ran:
        ended = CliRunner().invoke(app, list(words), input=stdin)
        return Ran(ended.exit_code, ended.stdout, ended.stderr)

    return run


@pytest.fixture
def services_here(redis_url: str, mongo_url: str, mongo_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Point the command at the run's Redis and MongoDB, in a database of the test's own; gives what was set."""
    named = {
        "CAIFENG_REDIS_URL": redis_url,
        "CAIFENG_MONGO_URL": mongo_url.replace("/?", f"/{mongo_database}?", 1),
        "CAIFENG_HOME": str(tmp_path / "home"),
    }
    assert mongo_database in named["CAIFENG_MONGO_URL"]
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    return named


@pytest.fixture
def process():
    """Run a command as a process of its own, as a shell would."""

    def run(*words: str, cwd: Path = CHECKOUT, **environment: str) -> Ran:
        ended = subprocess.run(
            [sys.executable, "-m", "console.cli.app", *words],
            capture_output=True,
            cwd=cwd,
            env=os.environ | {"PYTHONPATH": str(CHECKOUT)} | environment,
            check=False,
            timeout=120,
        )
        return Ran(ended.returncode, ended.stdout.decode(), ended.stderr.decode())

    return run
