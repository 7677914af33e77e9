"""When a host may be asked: spans of the day, Beijing time, given with the round.  Pure.

The frontier obeys the same rule inside Redis (`hours_wait` in frontier/lua/claim.lua); a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from crawler.plan import HostHours

DAY: Final = 24 * 60  # minutes
CHINA: Final = 8 * 60  # minutes ahead of UTC; there has been no summer time since 1991
EVERY: Final = "*"


def hours_of(rules: Sequence[HostHours], host: str) -> tuple[tuple[int, int], ...]:
    """The spans of a host, in minutes of the day: an exact rule before a `*.` one, the nearest of these first, then `*`.

    Empty where it may be asked at any time.
    """
    by_host = {rule.host: rule.spans for rule in rules}
    names, rest = [host, f"*.{host}"], host
    while "." in rest:
        rest = rest.partition(".")[2]
        names.append(f"*.{rest}")
    return next((by_host[name] for name in (*names, EVERY) if name in by_host), ())


def wait(spans: Sequence[tuple[int, int]], at: float) -> float:
    """Seconds from `at` (epoch seconds) until one of the spans is open; 0 where one is, or there is none."""
    if not spans:
        return 0.0
    minute = (at / 60 + CHINA) % DAY
    return min(_until(span, minute) for span in spans) * 60


def _until(span: tuple[int, int], minute: float) -> float:
    """A span that ends where it begins, or before, goes over midnight."""
    first, last = span
    inside = first <= minute < last if first < last else minute >= first or minute < last
    return 0.0 if inside else (first - minute) % DAY
