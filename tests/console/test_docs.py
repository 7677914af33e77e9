"""docs/commands.md and the command itself name the same commands, arguments and options."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.cli.app import COMMANDS, command
from crawler.exits import Exit

PAGE = Path(__file__).parents[2] / "docs/commands.md"


def walk() -> Iterator[tuple[str, object]]:
    """Every command that can be run, by its full name."""
    for name in COMMANDS:
        found = command(name)
        inner = getattr(found, "commands", None)
        if inner is None:
            yield name, found
        else:
            yield from ((f"{name} {word}", one) for word, one in inner.items())


def sections() -> dict[str, str]:
    """The page's text by command."""
    parts = re.split(r"^### `caifeng ([^`]+)`$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    names = [re.match(r"(?:[a-z]+ ?)+", head).group().strip() for head in parts[1::2]]
    return dict(zip(names, parts[2::2], strict=True))


def test_the_page_lists_exactly_the_commands() -> None:
    """No command without a section, no section without a command."""
    assert set(sections()) == {name for name, _ in walk()}


@pytest.mark.parametrize(("name", "found"), list(walk()))
def test_a_section_lists_exactly_the_options(name, found) -> None:
    """Each option stands in the section's table, and nothing else does."""
    documented = set(re.findall(r"^\| `(-[^`]*)`", sections()[name], flags=re.MULTILINE))
    real = {", ".join(one.opts) for one in found.params if one.param_type_name == "option" and one.name != "help"}
    assert documented == real


@pytest.mark.parametrize(("name", "found"), list(walk()))
def test_every_command_says_what_it_does_in_chinese(name, found) -> None:
    """The help line is there, and the page carries the same words."""
    assert re.search("[\u4e00-\u9fff]", found.help or "")
    assert found.help in sections()[name]


def test_help_is_printed_for_every_command(caifeng) -> None:
    """`--help` of the root and of each command ends well; the rehearsal answers for its own."""
    assert caifeng("--help").code == Exit.OK
    for name, _ in walk():
        if not name.startswith("rehearsal"):
            assert caifeng(*name.split(), "--help").code == Exit.OK
