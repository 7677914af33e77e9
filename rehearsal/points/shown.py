"""What the fixed pages show of each point: the amounts, as an official reading the page would note them."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from rehearsal.chance import dice
from rehearsal.kinds.fixed import KINDS, slots_of, table_rows
from rehearsal.plan import Host, World
from rehearsal.texts.names import DEPARTMENTS
from rehearsal.texts.service import FIXED_BY_SLUG


@dataclass(frozen=True, slots=True)
class Amount:
    """What one page adds: `kind` says how pages of a unit go together (see `truth.together`)."""

    kind: str  # there | best | share | most | date | first | waits
    number: float = 1.0
    date: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A fixed page of one host, with its table where it has one."""

    world: World
    host: Host
    slug: str

    @property
    def rows(self) -> list[list[str]]:
        """The cells of its table."""
        page = FIXED_BY_SLUG[self.slug]
        return table_rows(page, self.host, dice(self.world.seed, "fixed", self.host.site, self.slug))

    @property
    def chance(self) -> Random:
        """Its own dice, as its text throws them."""
        return dice(self.world.seed, "fixed", self.host.site, self.slug)

    @property
    def lines(self) -> tuple[str, ...]:
        """Its own words."""
        return FIXED_BY_SLUG[self.slug].lines

    @property
    def parts(self) -> int:
        """Pages below it."""
        return FIXED_BY_SLUG[self.slug].parts


Shown = Callable[[Page], Amount]


def _there(_page: Page) -> Amount:
    return Amount("there")


def _share(number: float) -> Shown:
    return lambda _page: Amount("share", number)


def _best(number: float) -> Shown:
    return lambda _page: Amount("best", number)


def _rows(page: Page) -> Amount:
    return Amount("most", float(len(page.rows)))


def _lines(page: Page) -> Amount:
    return Amount("most", float(len(page.lines)))


def _parts(page: Page) -> Amount:
    return Amount("most", float(page.parts))


def _on(year: int, month: int, day: int) -> Shown:
    return lambda _page: Amount("date", date=dt.date(year, month, day))


def _last_listed(page: Page) -> Amount:
    """Entries are dated from the second of November on, a day each."""
    return Amount("date", date=dt.date(2026, 11, 1 + len(page.lines)))


def _last_month(_page: Page) -> Amount:
    """Twelve months of figures, up to December: the last one begun covers the day of the visit."""
    return Amount("date", date=dt.date(2026, 12, 31))


def _kinds(page: Page) -> Amount:
    return Amount("share", len({row[2] for row in page.rows} & set(KINDS)) / len(KINDS))


def _accepted(page: Page) -> Amount:
    """Days stand in the fourth column."""
    return Amount("date", date=max(dt.date.fromisoformat(row[3]) for row in page.rows))


def _promised(page: Page) -> Amount:
    """Working days, as its text says."""
    chance = page.chance
    return Amount("first", float(slots_of(chance, page.host, chance.choice(DEPARTMENTS))["few"]))


def _report(page: Page) -> Amount:
    """Days a message takes, as the first line of the yearly table says."""
    text = page.rows[0][3]
    return Amount("first", float(text.split("时间")[1].split("天")[0]))


SHOWN: Final[dict[str, dict[str, Shown]]] = {
    "zrqd": {"1.1.1-M01": _there, "1.1.1-M03": _share(1), "1.1.1-M04": _rows, "1.1.1-M05": _on(2026, 10, 28)},
    "qlqd": {"1.1.2-M01": _there, "1.1.2-M03": _kinds, "1.1.2-M04": _rows, "1.1.2-M05": _share(1), "1.1.2-M06": _share(0.5)},
    "xxgkml": {"1.1.3-M02": _there, "1.1.3-M03": _share(1), "1.1.3-M08": _rows},
    "xxgkzn": {"1.1.3-M01": _there},
    "ysqgk": {"1.1.3-M05": _best(1)},
    "gknb": {"1.1.3-M04": _share(1)},
    "zdly": {"1.1.3-M10": _share(1)},
    "ggfwqd": {"1.1.4-M01": _there, "1.1.4-M03": _rows},
    "fwfl": {"1.1.4-M06": _share(1)},
    "zwfwrk": {"1.2.1-M01": _best(1)},
    "yjs": {"1.2.1-M05": _lines},
    "qxfz": {"1.2.1-M06": _lines},
    "xmtjz": {"1.2.1-M08": _best(1)},
    "khdxz": {"1.2.2-M01": _best(1)},
    "bjtj": {"1.2.2-M08": _last_month},
    "sjkf": {"1.2.3-M02": _parts, "1.2.3-M04": _share(1), "1.2.3-M06": _share(1), "1.2.3-M07": _share(1)},
    "sjxy": {"1.2.3-M08": _share(1)},
    "sbfw": {"1.3.1-M01": _share(1), "1.3.1-M03": _there},
    "zsrx": {"1.3.2-M01": _share(1)},
    "yygh": {"1.3.3-M01": _best(1)},
    "hpv": {"1.3.3-M04": _share(1)},
    "jyfw": {"1.3.4-M01": _lines},
    "gjj": {"1.3.5-M01": _share(1)},
    "jgcx": {"1.3.6-M01": _there},
    "cxfw": {"1.3.6-M03": _share(1)},
    "qykb": {"1.3.7-M01": _share(1), "1.3.7-M02": lambda _page: Amount("first", 4), "1.3.7-M03": _promised},
    "mcsb": {"1.3.7-M05": _there, "1.3.7-M06": _best(1)},
    "dzsw": {"1.3.8-M01": _there},
    "bzrz": {"1.3.8-M06": _share(1)},
    "scfw": {"1.3.9-M01": _share(1)},
    "xmsb": {"1.3.9-M04": _share(1)},
    "szxx": {"2.1.1-M01": _best(1)},
    "zxts": {"2.1.1-M02": _share(1)},
    "rexian": {"2.1.1-M09": _best(1)},
    "zjdc": {"2.1.1-M07": _lines},
    "zxft": {"2.1.1-M08": _lines},
    "wsbs": {"1.1.4-M06": _share(1), "2.1.2-M01": _there},
    "bszx": {"2.1.2-M03": _there, "2.1.2-M08": _parts, "2.3.1-M04": _parts},
    "wsyy": {"2.1.2-M04": _there},
    "bjgs": {"2.1.2-M05": _accepted},
    "hpcp": {"2.1.2-M06": _share(1)},
    "xjhf": {
        "2.3.1-M01": lambda _page: Amount("waits"),
        "2.3.1-M03": lambda _page: Amount("waits"),
        "2.3.1-M04": _parts,
        "2.3.1-M05": lambda page: Amount("date", date=dt.date(2026, 11, page.parts)),
    },
    "ndbb": {"2.3.1-M06": _report},
    "cjwt": {"2.3.2-M01": _there, "2.3.2-M02": _parts, "2.3.2-M03": _share(1)},
    "lytj": {"2.3.2-M04": _last_month},
    "rdfx": {"2.3.2-M05": _lines},
    "hygq": {"2.3.3-M01": _there, "2.3.3-M02": _last_listed, "2.3.3-M03": _lines},
    "wyjc": {"2.3.3-M09": _share(1)},
    "wza": {"3.1.1-M05": _best(1)},
    "english": {"3.1.1-M10": _best(1)},
    "dtdh": {"3.1.2-M04": _best(1)},
    "znwd": {"3.2.2-M01": _best(1)},
    "yhzx": {"3.3.1-M01": _best(1)},
    "wddz": {"3.3.1-M03": _best(1)},
    "jdcx": {"3.3.1-M05": _best(1)},
    "dyts": {"3.3.2-M01": _best(1)},
}  # fmt: skip
"""Slug of a fixed page -> code -> what it shows."""
