"""What the command loads before it knows what is asked, and the page that lists its commands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len

from console.cli.app import COMMANDS, command
from console.cli.chinese import ROOM, brief

CHECKOUT = Path(__file__).parents[2]
HEAVY = ("aiohttp", "cleaning.read", "lxml", "numpy", "pymongo", "pyarrow", "redis", "scrapy", "selectolax")
GROUPS = [name for name in COMMANDS if hasattr(command(name), "commands")]


def loaded(*words: str) -> list[str]:
    """The heavy parts that a process has loaded once it has run the command with these words."""
    code = (
        "import sys; sys.argv[1:] = %r\nfrom console.cli.app import app, get_command\n"
        "try: get_command(app)()\nexcept SystemExit: pass\n"
        "print('\\n' + ' '.join(one for one in %r if one in sys.modules))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code % (list(words), HEAVY)],
        capture_output=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
        timeout=60,
    )
    return ran.stdout.decode().splitlines()[-1].split()


@pytest.mark.parametrize("words", [("--help",), ("rehearsal", "--help"), ("no-such-command",)])
def test_no_command_is_loaded_to_list_them_or_to_refuse_a_wrong_one(words) -> None:
    """Neither a database's client nor the judging rules."""
    assert loaded(*words) == []


PARSERS = {"cleaning.read", "lxml", "selectolax"}
FETCHERS = {"aiohttp", "scrapy"}


@pytest.mark.parametrize(
    ("words", "unwanted"),
    [
        (("status",), PARSERS | FETCHERS | {"numpy", "pyarrow"}),
        (("export",), PARSERS | FETCHERS | {"numpy", "pyarrow"}),
        (("round", "list"), PARSERS | FETCHERS),
        (("crawl",), FETCHERS),
        (("page",), PARSERS | FETCHERS),
        (("values",), PARSERS | FETCHERS),
        (("explain",), PARSERS | FETCHERS),
        (("points", "list"), PARSERS | FETCHERS),
    ],
)
def test_a_command_loads_only_what_it_needs(words, unwanted) -> None:
    """Looking at records parses no page and asks no site: neither is loaded before it is wanted."""
    assert unwanted.isdisjoint(loaded(*words, "--help"))


@pytest.mark.parametrize("words", [(), *((name,) for name in GROUPS)])
def test_each_command_has_one_line_of_eighty_columns(process, words) -> None:
    """Its name and what it does, not broken and not cut short."""
    lines = process(*words, "--help", COLUMNS="80").out.split("╭─ 命令")[1].splitlines()[1:]
    rows = [line for line in lines if line.startswith("│")]
    names = list(COMMANDS) if not words else list(command(words[0]).commands)
    assert [re.match(r"│ ([\w-]+) +[^ ]", row)[1] for row in rows] == names
    assert not any("…" in row for row in rows)
    assert {cell_len(row) for row in rows} == {80}


def test_a_line_ends_where_a_sentence_does() -> None:
    """Whole where it fits; then at the end of a sentence, of a part of one, and only then anywhere."""
    assert brief("检查本机缺什么、怎么补。") == "检查本机缺什么、怎么补"
    long = "一" * 20
    assert brief(f"{long}，{long}。") == long
    assert brief(f"甲：{long}；{long}，{long}") == f"甲：{long}"
    assert brief("一" * 40).endswith("…")
    assert cell_len(brief("一" * 40)) <= ROOM
