"""What a page gives for one of its points, in numbers: small, bounded, kept with the tag."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

MAX_DAYS: Final = 60  # question-and-answer spans of one page
MAX_NAMES: Final = 60  # names read from one page
MAX_NAME: Final = 60  # characters


@dataclass(frozen=True, slots=True)
class Measurement:
    """Which fields are filled depends on the point's value kind; the rest stand at their defaults."""

    parts: int = 0  # bit i: part i stands on the page
    count: int = 0  # rows, list entries, or 1 for an item's own page; within the window where the rule has one
    item: bool = False  # the page is one counted thing itself, not a list of them
    total: int = 0  # the number the site itself states (共N条)
    age: int | None = None  # days from the newest date of the page to the day it was fetched
    lag: int | None = None  # days from the rule's `since` to the page's date
    years: int = 0  # bit i: the report of the i-th last due year stands here
    days: tuple[int, ...] = ()  # working days from question to answer
    yes: int = 0
    every: int = 0
    open: int = 0
    holds: bool = True  # a ratio's observation: the evidence lies within the window
    numbers: tuple[float, ...] = ()
    whole: bool = False  # the page states its number of the whole, where the rule tells that from one of a step
    names: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()  # codes of ratios that ask more of their base, where this page has it


_DEFAULTS: Final = {field.name: field.default for field in fields(Measurement)}
_TUPLES: Final = frozenset({"days", "numbers", "names", "bases"})


def to_document(found: Measurement) -> dict[str, Any]:
    """As stored with the tag: only what differs from the defaults."""
    document: dict[str, Any] = {}
    for name, default in _DEFAULTS.items():
        value = getattr(found, name)
        if value != default:
            document[name] = list(value) if name in _TUPLES else value
    return document


def from_document(document: Mapping[str, Any]) -> Measurement:
    """The way back; a tag stored before there were measurements has none."""
    given: dict[str, Any] = {
        name: tuple(value) if name in _TUPLES else value for name, value in document.items() if name in _DEFAULTS
    }
    return Measurement(**given)
