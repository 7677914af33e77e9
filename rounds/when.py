"""When a schedule is due: cron expressions in a time zone, and what became of times that were missed.  Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

QUARTERLY: Final = "0 2 1 1,4,7,10 *"  # two in the morning of the quarter's first day: the least visited hour
MONTHLY: Final = "0 2 1 * *"
FIELDS: Final = (("分", 0, 59), ("时", 0, 23), ("日", 1, 31), ("月", 1, 12), ("星期", 0, 7))
FAR: Final = 366 * 9  # days searched: 29 February comes within eight years, also around 2100
GRACE: Final = timedelta(hours=1)  # a due time met so late is on time: a look every ten minutes, and a step under way


class Missed(StrEnum):
    """What becomes of a time at which nobody looked: closed."""

    ONCE = "once"  # the latest is made up for, as soon as somebody looks
    SKIP = "skip"


class Overlap(StrEnum):
    """What becomes of a time that comes while the run before is still under way: closed."""

    SKIP = "skip"
    WAIT = "wait"  # it begins when that has ended


class BadCron(ValueError):
    """A cron expression that cannot be, or never comes; the message is Chinese."""


@dataclass(frozen=True, slots=True)
class Cron:
    """Five fields as sets.  As in cron: where both day and weekday restrict, either is enough."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]  # 0 is Sunday
    either: bool

    def on(self, day: date) -> bool:
        """Whether it fires on a day."""
        if day.month not in self.months:
            return False
        by_day, by_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return by_day or by_week if self.either else by_day and by_week


@dataclass(frozen=True, slots=True)
class Due:
    """A time to act on: `skipped` says why it is not, empty where it is."""

    at: datetime
    skipped: str = ""  # missed | overlap


def parse(expression: str) -> Cron:
    """Read `minute hour day month weekday` with lists, ranges and steps.  Raises BadCron, naming the field."""
    parts = expression.split()
    if len(parts) != len(FIELDS):
        raise BadCron(f"{expression!r} 应有五栏：分 时 日 月 星期")
    minutes, hours, days, months, week = (_field(text, *field) for text, field in zip(parts, FIELDS, strict=True))
    either = parts[2][0] != "*" and parts[4][0] != "*"
    cron = Cron(minutes, hours, days, months, frozenset(day % 7 for day in week), either)
    if not any(cron.on(date(2096, 1, 1) + timedelta(days=n)) for n in range(FAR)):
        raise BadCron(f"{expression!r} 永远不会到：没有这样的日子")
    return cron


def times(cron: Cron, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """Its times after this one, in order, without end."""
    day = after.astimezone(zone).date()
    while True:
        if cron.on(day):
            for hour in sorted(cron.hours):
                for minute in sorted(cron.minutes):
                    at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
                    if at > after:
                        yield at
        day += timedelta(days=1)


def due(
    cron: Cron, zone: ZoneInfo, last: datetime, ended: datetime | None, now: datetime, missed: Missed, overlap: Overlap
) -> list[Due]:
    """What has come since `last` was dealt with: at most one to act on, the latest; the others are skipped.

    `ended` is when the run before ended; what came before that overlapped with it.
    """
    come: list[datetime] = []
    for at in times(cron, zone, last):
        if at > now:
            break
        come.append(at)
    if not come:
        return []
    earlier = [Due(at, "missed") for at in come[:-1]]
    latest = come[-1]
    overlapped = ended is not None and latest <= ended
    if overlapped and overlap is Overlap.SKIP:
        return [*earlier, Due(latest, "overlap")]
    if not overlapped and now - latest > GRACE and missed is Missed.SKIP:
        return [*earlier, Due(latest, "missed")]
    return [*earlier, Due(latest)]


def named(pattern: str, at: datetime) -> str:
    """The name of the round of this time: `{year}`, `{quarter}`, `{month}`, `{day}` (two digits each), `{week}`."""
    fields = {
        "year": f"{at.year}",
        "quarter": f"{(at.month + 2) // 3}",
        "month": f"{at.month:02d}",
        "day": f"{at.day:02d}",
        "week": f"{at.isocalendar().week:02d}",
    }
    try:
        return pattern.format(**fields)
    except (KeyError, IndexError, ValueError) as error:
        raise BadCron(f"名字样式 {pattern!r} 不对：可用 {'、'.join('{' + one + '}' for one in fields)}") from error


def _field(text: str, name: str, low: int, high: int) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        span, slash, step = part.partition("/")
        first, dash, last = span.partition("-")
        bounds = (low, high) if span == "*" else (_number(first, name), _number(last if dash else first, name))
        if slash and span != "*" and not dash:
            bounds = (bounds[0], high)
        width = _number(step, name) if slash else 1
        if not low <= bounds[0] <= bounds[1] <= high or width < 1:
            raise BadCron(f"{name}一栏 {part!r} 不对：应在 {low} 到 {high} 之间")
        found.update(range(bounds[0], bounds[1] + 1, width))
    return frozenset(found)


def _number(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise BadCron(f"{name}一栏 {text!r} 不是数字")
    return int(text)
