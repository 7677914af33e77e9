"""The README can be followed: what it tells people to type exists, parses and, where it is harmless, is run."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from console.cli.app import command
from tests.gates.tracked import ROOT, text

README = text(Path("README.md"))
REHEARSAL = text(Path("docs/rehearsal.md"))
BLOCK = re.compile(r"(?:<!-- (run|file): (\S+) -->\n)?```(\w+)\n(.*?)```", re.DOTALL)
PICTURE = ROOT / "docs/images/demo.svg"
LARGEST = 200_000
LINKS = "".join(f'<a href="/zwgk/{number}.html">办事指南{number}</a>' for number in range(3))


def blocks(kind: str, page: str = README) -> dict[str, str]:
    """The page's blocks marked `<!-- kind: name -->`, by name."""
    return {name: body for mark, name, _, body in BLOCK.findall(page) if mark == kind}


def lines() -> list[list[str]]:
    """Every line of the README's shell blocks that calls `caifeng`, as the words after it."""
    shell = "\n".join(body for _, _, language, body in BLOCK.findall(README) if language == "sh")
    words = [shlex.split(line, comments=True) for line in shell.splitlines()]
    return [line[1:] for line in words if line[:1] == ["caifeng"]]


class Portal(BaseHTTPRequestHandler):
    """A home page and three guides; anything else is not there."""

    def do_GET(self) -> None:
        """Answer."""
        known = self.path == "/" or re.fullmatch(r"/zwgk/[0-2]\.html", self.path)
        body = f"<html><head><meta charset=utf-8><title>示例市 {self.path}</title></head><body>办事指南 {self.path}{LINKS}</body></html>"
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body.encode() if known else b"")

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.fixture
def portal() -> Iterator[int]:
    """Give the port of a small site on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def follow(fresh_redis_url: str, mongo_url: str, mongo_database: str, tmp_path: Path):
    """Run a block in a shell of its own, where nothing but the README's own lines says who collects."""
    shim = tmp_path / "bin" / "caifeng"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m console.cli.app "$@"\n')
    shim.chmod(0o755)
    environment = {
        "PATH": f"{shim.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "CAIFENG_REDIS_URL": fresh_redis_url,
        "CAIFENG_MONGO_URL": mongo_url.replace("/?", f"/{mongo_database}?", 1),
        "CAIFENG_HOME": str(tmp_path / "home"),
    }

    def run(script: str) -> str:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CAIFENG_")}
        ended = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=tmp_path, env=kept | environment, capture_output=True, check=False, timeout=240,
        )  # fmt: skip
        assert ended.returncode == 0, ended.stderr.decode()
        return ended.stdout.decode()

    return run


@pytest.mark.parametrize("target", ["demo", "test"])
def test_the_two_commands_are_there(target) -> None:
    """`make demo` and `make test` stand in the README's shell blocks and in the Makefile."""
    shell = [body for _, _, language, body in BLOCK.findall(README) if language == "sh"]
    assert any(line.startswith(f"make {target} ") for body in shell for line in body.splitlines())
    assert re.search(rf"^{target}:", text(Path("Makefile")), re.MULTILINE)


@pytest.mark.parametrize("words", lines(), ids=" ".join)
def test_every_line_is_one_the_command_takes(words) -> None:
    """Command, arguments and options are parsed as typed; nothing is run."""
    found = command(words[0])
    rest = words[1:]
    while hasattr(found, "commands"):
        found, rest = found.commands[rest[0]], rest[1:]
    found.make_context("caifeng", list(rest)).close()


@pytest.mark.slow
def test_the_way_through_a_site_of_ones_own_works(follow, portal, tmp_path) -> None:
    """From `round new` to `page` each line ends well, and the export holds the site's four pages."""
    told = follow(blocks("run")["site"].replace("8080", str(portal)))
    rows = [json.loads(line) for line in (tmp_path / "pages.jsonl").read_text(encoding="utf-8").splitlines()]
    home = "http://www.example.gov.cn/"
    assert {row["url"] for row in rows} == {home, *(f"{home}zwgk/{number}.html" for number in range(3))}
    assert "0 处差别" in told


def test_the_way_to_real_sites_works_up_to_the_first_request(follow, tmp_path) -> None:
    """The sample registry is imported, and the round carries the unit, the organisation and the contact."""
    for name, body in blocks("file").items():
        (tmp_path / name).write_text(body, encoding="utf-8")
    told = follow(blocks("run")["units"])
    assert {"示例市", "990100"} <= set(re.findall(r"\w+", told))
    assert "Example University" in told
    assert "https://www.example.edu.cn/caifeng" in told


def test_a_round_over_a_rehearsal_web_has_the_units_of_its_truth(follow, tmp_path) -> None:
    """As docs/rehearsal.md tells it: as many units as cities, and each page of the truth is one of these or of none."""
    told = follow(
        f"trap 'kill $(jobs -p)' EXIT\n{blocks('run', REHEARSAL)['web']}caifeng round show try --json > round.json\n"
    )
    shown = json.loads((tmp_path / "round.json").read_text(encoding="utf-8"))
    codes = {unit["code"] for unit in shown["plan"]["units"]}
    rows = map(json.loads, (tmp_path / "truth.jsonl").read_text(encoding="utf-8").splitlines())
    assert {row["unit"] for row in rows} - {None} == codes
    assert "2 个单位" in told
    assert len(codes) == 2


def test_the_picture_is_there_and_loads_nothing() -> None:
    """The recording of the demo is a small picture without scripts, links or fonts from elsewhere."""
    drawn = PICTURE.read_text(encoding="utf-8")
    assert f"]({PICTURE.relative_to(ROOT)})" in README
    assert len(drawn.encode()) < LARGEST
    assert re.findall(r"https?://[^\"' <]+", drawn) == ["http://www.w3.org/2000/svg"]
    assert re.search(r"<script|<image|<use|@import|url\(", drawn) is None
