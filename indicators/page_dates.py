"""Dates in the running text of a page: of a line, and of a question and its answer."""

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from typing import Final

_DAY: Final = r"((?:19|20)[0-9]{2})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})(?![0-9])"
_DATE: Final = re.compile(rf"(?<![0-9]){_DAY}")
_GLUED: Final = re.compile(_DAY)  # behind digits of a title ("…(2018)2026-11-01"): looked for where nothing else stands
_MONTH: Final = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})年([0-9]{1,2})月(?![0-9])")
_ASKED: Final = re.compile(rf"(?:来信|写信|提交|咨询|留言|提问|反映|诉求)(?:时间|日期)\s{{0,3}}[::]?\s{{0,3}}{_DAY}")
_ANSWERED: Final = re.compile(rf"(?:答复|回复|办结|办理)(?:时间|日期)\s{{0,3}}[::]?\s{{0,3}}{_DAY}")


def dates_in(line: str, on: date) -> list[date]:
    """The dates a folded line names, up to `on`: a deadline that lies ahead says nothing about how fresh a page is.

    A month without a day stands for its last day, or for `on` while it lasts: statistics of a month cover all of it.
    """
    if "20" not in line and "19" not in line:
        return []
    found = [day for match in _DATE.findall(line) or _GLUED.findall(line) if (day := _day(*match)) and day <= on]
    if found:
        return found
    months = [_month_end(int(year), int(month), on) for year, month in _MONTH.findall(line)]
    return [day for day in months if day is not None]


def spans_in(text: str, on: date) -> list[tuple[date, date]]:
    """Question and answer dates of a folded text, paired in order; an answer before its question is none."""
    asked = [_day(*match) for match in _ASKED.findall(text)]
    answered = [_day(*match) for match in _ANSWERED.findall(text)]
    return [
        (first, last)
        for first, last in zip(asked, answered, strict=False)
        if first is not None and last is not None and first <= last <= on
    ]


_ASKED_COLUMN: Final = re.compile(r"(?:来信|写信|提交|咨询|留言|提问|反映|诉求|发布)(?:时间|日期)")
_ANSWERED_COLUMN: Final = re.compile(r"(?:答复|回复|办结|办理)(?:时间|日期)")


def spans_of_rows(lines: Iterable[str], headers: str, on: date) -> list[tuple[date, date]]:
    """The same of a table of letters, a line a row, whose folded headers name both dates; they stand in its order."""
    asked, answered = _ASKED_COLUMN.search(headers), _ANSWERED_COLUMN.search(headers)
    if asked is None or answered is None:
        return []
    pairs = [[_day(*match) for match in _DATE.findall(line)] for line in lines]
    turned = -1 if answered.start() < asked.start() else 1
    rows = [tuple(pair[::turned]) for pair in pairs if len(pair) == _BOTH]
    return [(first, last) for first, last in rows if first is not None and last is not None and first <= last <= on]


_BOTH: Final = 2  # dates of a row: of the question and of the answer; with a third one nobody can say which is which


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _month_end(year: int, month: int, on: date) -> date | None:
    if not 1 <= month <= 12 or date(year, month, 1) > on:
        return None
    return min(on, date(year, month, monthrange(year, month)[1]))
