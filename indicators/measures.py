"""The numbers a page gives for a point it was tagged with.  Pure: the day of collection is passed in.

A page's dates and windows count from the day it was fetched ("距采集日"), so that the same bytes fetched on the same day
always give the same numbers, whenever the round is worked out.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Final

from cleaning.page import Reading
from indicators.evidence import Strength
from indicators.folding import folded
from indicators.measurement import MAX_DAYS, MAX_NAME, MAX_NAMES, Measurement
from indicators.page_dates import dates_in, spans_in, spans_of_rows
from indicators.parts import is_on, names
from indicators.records import Point
from indicators.structure import is_column, listed
from indicators.value_rules import Per, ValueKind, ValueRule

TEXT_LIMIT: Final = 200_000  # characters measured of a page, as many as are matched (indicators.zones)
_LIST_AT_LEAST: Final = 3  # entries or rows from which on a page lists things rather than being one
_TOTAL: Final = re.compile(
    r"(?:共有?|总计|合计|totalcount\"?[:=])\s{0,2}\"?([0-9]{1,7})\"?\s{0,2}(?:条|项|件|个数据|篇|期|封|,|\})"
)
_LOG_IN: Final = re.compile(r"登录|登陆")
_NOT_FOR_CITIZENS: Final = re.compile(r"后台|管理员|OA|办公")
_HAN_NUMBERS: Final = {han: number for number, han in enumerate("零一二三四五六七八九十")}
# The yearly disclosure report of a year is due on 31 March of the next one (政府信息公开条例, State Council order 711, §50).
_DUE: Final = (3, 31)
_REPORT_LINE: Final = re.compile(r"((?:19|20)[0-9]{2})年?(?:度)?[^\n]{0,30}(?:年度报告|年报|工作报告)")


class View:
    """A page laid out for measuring; everything is worked out at most once."""

    def __init__(self, reading: Reading, on: date) -> None:
        self.reading = reading
        self.on = on
        self._zones: dict[str, str] = {}

    def zone(self, name: str) -> str:
        """Folded text of a zone of the value rules."""
        found = self._zones.get(name)
        if found is None:
            found = self._zones[name] = folded(_ZONES[name](self.reading)[:TEXT_LIMIT])
        return found

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Folded lines of the main text."""
        return tuple(self.zone("text").split("\n"))

    @cached_property
    def line_ages(self) -> tuple[int | None, ...]:
        """Days from each line's newest date to the day of collection; None where it has none, or only later ones."""
        return tuple(_age(dates_in(line, self.on), self.on) for line in self.lines)

    @cached_property
    def age(self) -> int | None:
        """Days since the newest date of the whole page: its lines', and the one it was published on."""
        ages = [age for age in self.line_ages if age is not None]
        if self.reading.published:
            own = (self.on - date.fromisoformat(self.reading.published)).days
            if own >= 0:
                ages.append(own)
        return min(ages, default=None)

    @cached_property
    def own_age(self) -> int | None:
        """Days since the page was published, or since its newest date where it does not say."""
        if self.reading.published:
            own = (self.on - date.fromisoformat(self.reading.published)).days
            return own if own >= 0 else None
        return self.age

    @cached_property
    def entries(self) -> int:
        """How many things the page lists."""
        return max(listed(self.reading), self.reading.table_rows)

    @cached_property
    def lists(self) -> bool:
        """Whether the page lists things, rather than being one of them."""
        return self.entries >= _LIST_AT_LEAST or is_column(self.reading)

    @cached_property
    def total(self) -> int:
        """The number of entries the site states, 0 where it states none."""
        found = [int(number) for number in _TOTAL.findall(self.zone("page"))]
        return max(found, default=0)


def measure(point: Point, strength: Strength, view: View) -> Measurement:
    """What the page gives for `point`, for which it was tagged with `strength`."""
    if point.value is None:
        return Measurement()
    by_kind = _BY_KIND.get(point.value.kind)
    return by_kind(point.value, strength, view) if by_kind else Measurement()


def parts_on(rule: ValueRule, strength: Strength, view: View) -> int:
    """Bits of the parts that stand on the page."""
    others = names(rule.parts) if rule.kind is ValueKind.ELEMENTS else None
    found = 0
    for place, part in enumerate(rule.parts):
        if is_on(part, rule.zones, view, strength, others):
            found |= 1 << place
    return found


def _parts(rule: ValueRule, strength: Strength, view: View) -> Measurement:
    lag = None
    if rule.since is not None and view.reading.published:
        lag = (date.fromisoformat(view.reading.published) - rule.since).days
    if not rule.window:
        return Measurement(parts=parts_on(rule, strength, view), lag=lag)
    age = view.age if view.lists else view.own_age
    if age is None or age > rule.window:
        return Measurement(age=age, lag=lag)
    return Measurement(parts=parts_on(rule, strength, view), age=age, lag=lag)


def _years(_rule: ValueRule, _strength: Strength, view: View) -> Measurement:
    last = view.on.year - (1 if (view.on.month, view.on.day) >= _DUE else 2)
    titles = [view.zone("title"), *view.lines] if view.lists else [view.zone("title")]
    years = {int(year) for title in titles for year in _REPORT_LINE.findall(title)}
    return Measurement(years=sum(1 << (last - year) for year in years if 0 <= last - year < _MOST_YEARS))


_MOST_YEARS: Final = 10


def _count(rule: ValueRule, _strength: Strength, view: View) -> Measurement:
    if not view.lists:
        within = not rule.window or (view.own_age is not None and view.own_age <= rule.window)
        return Measurement(count=int(within), item=True)
    if rule.window:
        dated = sum(1 for age in view.line_ages if age is not None and age <= rule.window)
        return Measurement(count=min(dated, view.entries or dated))
    rows, items = view.reading.table_rows, listed(view.reading)
    return Measurement(count=(rows or items) if rule.per is Per.ROWS else (items or rows), total=view.total)


def _fresh(rule: ValueRule, strength: Strength, view: View) -> Measurement:
    return Measurement(parts=parts_on(rule, strength, view), age=view.age)


def _ratio(rule: ValueRule, _strength: Strength, view: View) -> Measurement:
    return Measurement(holds=not rule.window or (view.age is not None and view.age <= rule.window))


def _tally(rule: ValueRule, _strength: Strength, view: View) -> Measurement:
    if rule.every == ("@rows",):
        linked = {link.text for link in view.reading.links if not link.hidden and len(link.text) > 1}
        shown = sum(1 for line in view.reading.text.split("\n") if any(text in line for text in linked))
        return Measurement(yes=min(shown, view.entries), every=view.entries)
    lines = [line for line, age in _dated(view) if not rule.window or age is None or age <= rule.window]
    return Measurement(
        yes=sum(_says(line, rule.yes) for line in lines),
        every=sum(_says(line, rule.every) for line in lines),
        open=sum(_says(line, rule.open) for line in lines) if rule.open else 1,
    )


def _overdue(rule: ValueRule, _strength: Strength, view: View) -> Measurement:
    waiting = [age for line, age in _dated(view) if _says(line, rule.yes)]
    return Measurement(yes=sum(age is not None and age > rule.window for age in waiting), open=len(waiting))


def _median(rule: ValueRule, _strength: Strength, view: View) -> Measurement:
    found = []
    spans = spans_in(view.zone("text"), view.on) or spans_of_rows(view.lines, view.zone("headers"), view.on)
    for asked, answered in spans:
        if not rule.window or (view.on - answered).days <= rule.window:
            found.append(working_days(asked, answered))
    return Measurement(days=tuple(found[:MAX_DAYS]))


def _numbers(rule: ValueRule, _strength: Strength, view: View) -> Measurement:
    text = view.zone("text")
    whole = re.search(rule.whole, text) if rule.whole else None
    found = [whole or re.search(rule.reads[0], text), *(re.search(pattern, text) for pattern in rule.reads[1:])]
    if found[0] is None or (rule.kind is ValueKind.SAVED and found[-1] is None):
        return Measurement(age=view.age)
    return Measurement(
        age=view.age, numbers=tuple(_number(each.group(1)) for each in found if each), whole=whole is not None
    )


def _names(rule: ValueRule, _strength: Strength, view: View) -> Measurement:
    found = dict.fromkeys(re.findall(rule.reads[0], view.zone("page")))
    return Measurement(names=tuple(name[:MAX_NAME] for name in found)[:MAX_NAMES])


def _log_ins(_rule: ValueRule, _strength: Strength, view: View) -> Measurement:
    hosts = dict.fromkeys(
        link.url.partition("//")[2].partition("/")[0]
        for link in view.reading.links
        if _LOG_IN.search(link.text) and not _NOT_FOR_CITIZENS.search(link.text) and "//" in link.url[:8]
    )
    return Measurement(names=tuple(host[:MAX_NAME] for host in hosts)[:MAX_NAMES])


_BY_KIND: Final[Mapping[ValueKind, Callable[[ValueRule, Strength, View], Measurement]]] = MappingProxyType(
    {
        ValueKind.GRADE: _parts,
        ValueKind.PARTS: _parts,
        ValueKind.ELEMENTS: _parts,
        ValueKind.YEARS: _years,
        ValueKind.COUNT: _count,
        ValueKind.FRESHNESS: _fresh,
        ValueKind.RATIO: _ratio,
        ValueKind.TALLY: _tally,
        ValueKind.OVERDUE: _overdue,
        ValueKind.MEDIAN_DAYS: _median,
        ValueKind.NUMBER: _numbers,
        ValueKind.SAVED: _numbers,
        ValueKind.NAMES: _names,
        ValueKind.ONE_LOGIN: _log_ins,
    }
)
_ZONES: Final[Mapping[str, Callable[[Reading], str]]] = MappingProxyType(
    {
        "title": lambda reading: reading.title or reading.site_title,
        "column": lambda reading: "\n".join((*reading.column_path, reading.meta.get("columnname", ""))),
        "text": lambda reading: reading.text,
        "headers": lambda reading: " ".join(reading.table_headers),
        "empty": lambda reading: " ".join(_empty_columns(reading)),
        "page": lambda reading: reading.visible,
        "marks": lambda reading: "\n".join(reading.marks),
    }
)


_HALF: Final = 0.5  # rows that say something, below which a column is one in name only


def _empty_columns(reading: Reading) -> list[str]:
    """Headers of columns in which most rows say nothing."""
    columns = zip(reading.table_headers, reading.table_filled, strict=False)
    return [header for header, filled in columns if filled < _HALF]


def working_days(first: date, last: date) -> int:
    """Days from `first` to `last` without Saturdays and Sundays; public holidays are not known here."""
    weeks, rest = divmod((last - first).days, 7)
    return weeks * 5 + sum((first + timedelta(days=step)).weekday() < _SATURDAY for step in range(1, rest + 1))


_SATURDAY: Final = 5


def _dated(view: View) -> Iterator[tuple[str, int | None]]:
    return zip(view.lines, view.line_ages, strict=True)


def _says(line: str, words: tuple[str, ...]) -> bool:
    return any(word in line for word in words)


def _age(found: list[date], on: date) -> int | None:
    return min(((on - each).days for each in found), default=None)


def _number(text: str) -> float:
    """A number in digits, or a Chinese one up to 十九."""
    if text[0].isdigit():
        return float(text)
    if len(text) == 2 and text[0] == "十":
        return 10.0 + _HAN_NUMBERS.get(text[1], 0)
    return float(_HAN_NUMBERS.get(text[0], 0))
