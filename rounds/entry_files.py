"""Long lists for the options of a round: `@FILE` in place of one entry stands for the entries of the file.

A file has one entry a line; blank lines and what follows `#` at the beginning of a line are left out.  It may as well be
what `caifeng rehearsal serve` prints first, which names its units and their addresses itself.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import orjson

from rounds.planning import resolve_entry
from rounds.refusals import BadChoice, BadTable, Problem
from rounds.registry import UnitRow, web_url

MARK: Final = "@"  # as curl's: no host name and no address begins with it
COMMENT: Final = "#"
Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Sites:
    """What `--site` stands for: addresses, which become units by host, and units that a rehearsal web names itself."""

    addresses: tuple[str, ...]
    units: tuple[UnitRow, ...]


def sites(entries: Sequence[str]) -> Sites:
    """Entries of `--site`.  Raises BadChoice (no such file), BadTable naming every line that is no address."""
    found = tuple(_spread(entries, web_url, lambda web: [_unit(unit) for unit in web["units"]]))
    return Sites(
        tuple(one for one in found if isinstance(one, str)), tuple(one for one in found if isinstance(one, UnitRow))
    )


def resolves(entries: Sequence[str]) -> tuple[str, ...]:
    """Entries of `--resolve`.  Raises BadChoice (no such file), BadTable naming every line that is no mapping."""
    return tuple(_spread(entries, resolve_entry, lambda web: web["resolve"]))


def _unit(told: Mapping[str, Any]) -> UnitRow:
    """A unit as the rehearsal tells of it: portal and platform are one unit's, so that its pages count once."""
    portal, platform = told["seeds"]
    return UnitRow(code=told["code"], name=told["name"], portal_url=portal, service_url=platform)


def _spread(
    entries: Sequence[str], check: Callable[[str], object], of_web: Callable[[Mapping[str, Any]], Sequence[Entry]]
) -> Iterator[str | Entry]:
    for entry in entries:
        if entry.startswith(MARK):
            yield from _of_file(Path(entry.removeprefix(MARK)), check, of_web)
        else:
            yield entry


def _of_file(
    file: Path, check: Callable[[str], object], of_web: Callable[[Mapping[str, Any]], Sequence[Entry]]
) -> Sequence[str | Entry]:
    text = _text(file)
    if text.startswith("{"):
        return _of_web(file, text, of_web)
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    found = [(number, line) for number, line in lines if line and not line.startswith(COMMENT)]
    problems = [Problem(number, "", fault) for number, line in found if (fault := _fault(line, check))]
    if not found:
        problems.append(Problem(0, "", "一行也没有"))
    if problems:
        raise BadTable(str(file), problems)
    return [line for _, line in found]


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise BadChoice(f"找不到文件 {file}") from error
    except UnicodeDecodeError as error:
        raise BadTable(str(file), [Problem(0, "", "不是 UTF-8：请另存为 UTF-8")]) from error
    except OSError as error:
        raise BadTable(str(file), [Problem(0, "", f"读不出来：{error.strerror or error}")]) from error


def _of_web(file: Path, text: str, of_web: Callable[[Mapping[str, Any]], Sequence[Entry]]) -> Sequence[Entry]:
    """Of the rehearsal's first line."""
    try:
        return of_web(orjson.loads(text.partition("\n")[0]))
    except (ValueError, KeyError, TypeError) as error:  # no JSON, no such fields, or units that cannot be
        told = "以 { 开头，却不是 caifeng rehearsal serve 打印的第一行"
        raise BadTable(str(file), [Problem(1, "", told)]) from error


def _fault(line: str, check: Callable[[str], object]) -> str:
    try:
        check(line)
    except ValueError as error:
        return f"{line}：{error}"
    return ""
