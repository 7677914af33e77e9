"""The truth about points: per unit and machine point what its value is, worked out from the plan and the walk.

Three kinds of line.  `value`: this number.  `seen`: what each of the pages shows that may be drawn, the value being the
mean over those drawn (or the saved share over pairs).  `state`: only whether it is there; how much is a matter of how
far the words of ordinary articles are stretched.  Points this web says nothing sure about have no line.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from rehearsal.addresses import canonical, date_of
from rehearsal.kinds import guides
from rehearsal.plan import Unit, World
from rehearsal.points.services import SAVED, Told, seen, shares
from rehearsal.points.shown import SHOWN, Amount, Page
from rehearsal.truth import Found, walk

PROBED: Final = (
    "2.1.1-M03", "2.1.2-M07", "2.2.3-M05", "3.1.1-M01", "3.1.1-M02", "3.1.1-M03", "3.1.1-M04", "3.1.1-M06",
    "3.1.1-M07", "3.1.1-M08", "3.1.2-M05", "3.2.1-M01", "3.2.1-M02", "3.2.1-M03", "3.2.1-M04", "3.2.1-M05", "3.2.1-M06",
    "3.2.2-M02", "3.2.2-M03", "3.2.2-M04",
)  # fmt: skip
HEARD: Final = (
    "1.2.2-M02", "1.2.2-M03", "1.2.2-M04", "1.2.2-M05", "1.2.2-M06", "1.2.2-M07", "1.2.2-M09", "1.3.1-M05", "1.3.3-M05",
    "1.3.4-M04", "1.3.8-M03", "2.3.3-M04", "2.3.3-M05", "2.3.3-M06", "2.3.3-M07", "2.3.3-M08",
)  # fmt: skip
NOWHERE: Final = ("1.2.1-M04", "1.2.3-M05", "2.2.2-M02", "3.1.2-M02")
"""No page of this web has them: no platform of a province, no interface, no filled-in form, no mobile site."""

THERE: Final = {
    "sjkf": ("1.2.3-M01",),
    "jycx": ("1.3.2-M04",),
    "yljg": ("1.3.3-M03",),
    "bmcx": ("3.1.2-M03",),
    "fcgs": ("1.3.5-M03",),
    "hqzc": ("1.3.8-M04",),
    "scfw": ("1.3.9-M05",),
}
"""Slug -> points that are there, by however much: articles elsewhere may be newer, or of the same kind."""

UNSURE: Final = frozenset(
    {
        "1.1.1-M02", "1.1.2-M02", "1.1.3-M07", "2.1.1-M06",  # denominators: the list of departments is the reader's
        "1.1.3-M06", "1.1.4-M02", "1.2.3-M03", "1.3.9-M03", "2.1.1-M04", "2.2.3-M04", "2.3.2-M06", "3.1.2-M01",
        "3.3.1-M04", "3.1.2-M06", "1.3.7-M07", "1.1.4-M04", "3.3.2-M02", "1.1.4-M05", "2.2.2-M03",  # articles and attachments may say any of it
    }
)  # fmt: skip


def rows(world: World, depth: int, on: dt.date) -> Iterator[dict[str, Any]]:
    """One line per unit and point this web is sure of; `on` is the day of the visit, from which ages count."""
    found = walk(world, depth)
    by_unit: dict[int, list[Found]] = defaultdict(list)
    for page in found.values():
        if page.place.host is not None:
            by_unit[page.place.host.unit].append(page)
    for unit in world.units:
        lines = _of_unit(world, unit, by_unit[unit.index], on)
        for code, line in sorted(lines.items()):
            yield {"unit": unit.code, "point": code, **line}


def _of_unit(world: World, unit: Unit, pages: list[Found], on: dt.date) -> dict[str, dict[str, Any]]:
    told = _guides(world, pages)
    lines = {
        **{code: _state("unobserved", why="needs-probe") for code in PROBED},
        **{code: _state("unobserved", why="needs-channel") for code in HEARD},
        **{code: _state("absent", or_else="undecidable") for code in NOWHERE},
        **_of_fixed(_fixed(world, pages), on),
        **{code: _value(share) if share else _state("absent") for code, share in shares(told).items()},
        **_of_guides(told, on),
        **_whole(world, unit, pages, on),
    }
    return {code: line for code, line in lines.items() if code not in UNSURE}


def _of_fixed(shown: dict[str, list[Amount]], on: dt.date) -> dict[str, dict[str, Any]]:
    sure = {code for codes in SHOWN.values() for code in codes}
    there = {code for codes in THERE.values() for code in codes if shown[code]}
    return {
        **{code: together(shown[code], on) if shown[code] else _state("absent") for code in sure},
        **{code: {"compare": "state", "state": "measured"} for code in there},
    }


def _of_guides(told: list[Told], on: dt.date) -> dict[str, dict[str, Any]]:
    return {
        code: {"compare": "seen", "state": "measured", "pairs": code == SAVED, "pages": noted}
        if noted
        else _state("absent", or_else="undecidable")
        for code, noted in seen(told, on).items()
    }


def together(amounts: list[Amount], on: dt.date) -> dict[str, Any]:
    """What several pages of one unit amount to."""
    kind = amounts[0].kind
    if kind == "waits":  # only answered letters are shown
        return _state("undecidable", why="only-answered")
    if kind == "date":
        newest = max(each.date for each in amounts if each.date is not None)
        return _value(float((on - min(newest, on)).days))
    if kind == "most":
        return _value(sum(each.number for each in amounts))
    return _value(max(each.number for each in amounts))


def _fixed(world: World, pages: list[Found]) -> dict[str, list[Amount]]:
    shown: dict[str, list[Amount]] = defaultdict(list)
    for page in pages:
        host, ref = page.place.host, page.place.ref
        if not page.stored or host is None or ref is None or ref.kind != "fixed" or ref.a:
            continue
        at = Page(world, host, ref.extra)
        for code, look in SHOWN.get(ref.extra, {}).items():
            shown[code].append(look(at))
        for code in THERE.get(ref.extra, ()):
            shown[code].append(Amount("there"))
    return shown


def _guides(world: World, pages: list[Found]) -> list[Told]:
    told = []
    for page in pages:
        host, ref = page.place.host, page.place.ref
        if page.stored and page.kind == "guide" and host is not None and ref is not None:
            told.append(Told(canonical(page.place), guides.service(world, host, ref)))
    return told


def _whole(world: World, unit: Unit, pages: list[Found], on: dt.date) -> dict[str, dict[str, Any]]:
    """Points told by all of a unit's pages: ways, columns, dead links."""
    platform = unit.hosts[-1]
    mailboxes = [page.depth for page in pages if page.place.ref and page.place.ref.extra in {"szxx", "zxts"}]
    newest = [_newest(world, unit, slugs) for slugs in (("zcwj", "zcfg"), ("tzgg", "tzgs"))]
    days = [_letter_days(part) for part in range(1, 13)]
    return {
        "1.2.1-M02": _value(0.0),
        "1.2.1-M03": _value(1.0),
        "1.1.3-M09": _value(float(max((on - day).days for day in newest if day is not None))),
        "2.1.1-M05": _value(float(min(mailboxes))),
        "2.2.1-M04": _value(float(sum(column.count for column in platform.columns))),
        "2.3.1-M02": _value(float(sorted(days)[len(days) // 2])),
        "3.3.1-M02": _value(0.5),
        "3.3.2-M02": _value(1.0),
    }


def _newest(world: World, unit: Unit, slugs: tuple[str, str]) -> dt.date | None:
    """The youngest entry of the unit's columns of one kind, the portal's and the departments'; none prints a day: None."""
    columns = [(host, each) for host in unit.hosts for each in host.columns if each.slug in slugs and each.dated]
    days = [date_of(world.seed, host.site, each.index, k) for host, each in columns for k in range(each.count)]
    return max(days, default=None)


def _letter_days(part: int) -> int:
    """Working days from question to answer of a letter."""
    asked, answered = dt.date(2026, 10, part + 9), dt.date(2026, 11, part)
    return sum((asked + dt.timedelta(days=step)).weekday() < 5 for step in range(1, (answered - asked).days + 1))


def _value(number: float) -> dict[str, Any]:
    return {"compare": "value", "state": "measured", "value": number}


def _state(state: str, why: str = "", or_else: str = "") -> dict[str, Any]:
    return {"compare": "state", "state": state, "why": why, "or_else": or_else}
