"""How page evidence becomes a unit's value of a point, and how a value becomes a score: the typed records.

Every machine point has one :class:`ValueRule` and one :class:`ScoreRule`, written as `[point.value]` and `[point.score]`
in its catalogue file and read by :mod:`indicators.value_grammar`.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class ValueKind(StrEnum):
    """What is worked out.  Closed; each is folded by :mod:`indicators.aggregate`."""

    EXISTS = "exists"  # 1 where a page evidences the point
    GRADE = "grade"  # the worth of the best part seen
    PARTS = "parts"  # share of the parts seen anywhere in the unit
    ELEMENTS = "elements"  # mean share of the parts on each sampled page
    YEARS = "years"  # share of the last `back` years whose document is there
    COUNT = "count"  # number of things, each counted once
    NAMES = "names"  # number of different names read
    FRESHNESS = "freshness"  # days from the newest date to the day of collection
    RATIO = "ratio"  # share of the sampled pages of `of` that evidence this point too
    TALLY = "tally"  # lines that say `yes` among lines that say `every`
    OVERDUE = "overdue"  # lines that still say `yes` after `window` days
    MEDIAN_DAYS = "median_days"  # working days from question to answer
    NUMBER = "number"  # a number the newest page states; one stated of the whole goes first
    SAVED = "saved"  # sum of (legal - promised) over sum of legal time limits
    CLICKS = "clicks"  # fewest clicks to a page that evidences `of`
    ONE_LOGIN = "one_login"  # share of log-in entries that lead to the same host
    LINKED_SITES = "linked_sites"  # share of department sites that link to the service platform
    OWN_DOMAIN = "own_domain"  # share of department sites under the portal's domain
    ENTRIES_ALIVE = "entries_alive"  # share of what home pages lead to that could be had
    DEAD_SHARE = "dead_share"  # share of the URLs up to three clicks deep that are dead
    MARKED_PAGES = "marked_pages"  # share of pages with the standard's meta tags
    READABLE_FILES = "readable_files"  # share of attachments that are what they say
    PROBE = "probe"  # a browser must try it
    CHANNEL = "channel"  # weibo, wechat or a search engine tells it


FROM_SITES = frozenset(
    {
        ValueKind.LINKED_SITES, ValueKind.OWN_DOMAIN, ValueKind.ENTRIES_ALIVE, ValueKind.DEAD_SHARE,
        ValueKind.MARKED_PAGES, ValueKind.READABLE_FILES,
    }
)  # fmt: skip
"""Told by all pages of a unit's sites together: no page is tagged for them."""

FROM_ELSEWHERE = frozenset({ValueKind.PROBE, ValueKind.CHANNEL})
"""Not observed until probes and channels have run."""

SAMPLED = frozenset({ValueKind.ELEMENTS, ValueKind.RATIO, ValueKind.MEDIAN_DAYS, ValueKind.SAVED})
"""Judged on a drawn sample of pages."""


class Per(StrEnum):
    """What a count counts on a page: its table's rows, or its list's entries."""

    ROWS = "rows"
    ITEMS = "items"


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must hold on a page (or must not).

    `what` is `words`, or a mark that words cannot give: form, inner, link, offsite, host, mark, language, rows, content, entry.
    """

    what: str
    arguments: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One thing of which a point asks several: any of `ways`, each a set of conditions that all hold."""

    name: str
    ways: tuple[tuple[Condition, ...], ...]


@dataclass(frozen=True, slots=True)
class ValueRule:
    """How page evidence becomes the unit's value.  Fields that a kind does not use stand at their defaults."""

    kind: ValueKind
    parts: tuple[Part, ...] = ()
    worth: tuple[float, ...] = ()  # of each part, best first
    zones: tuple[str, ...] = ("title", "text", "headers")  # where parts are looked for; also column, page, marks
    window: int = 0  # days before the day of collection; 0: any time
    since: date | None = None  # the lag of the earliest date is counted from here
    of: tuple[str, ...] = ()  # codes whose pages are the base
    base: tuple[Part, ...] = ()  # what a page of the base must show as well
    per: Per | None = None
    yes: tuple[str, ...] = ()
    every: tuple[str, ...] = ()
    open: tuple[str, ...] = ()  # without one line that says so, nothing can be told of the share
    reads: tuple[str, ...] = ()  # regular expressions with one group each
    whole: str = ""  # one that reads the number as that of the whole: it goes before what `reads` finds, of any page
    back: int = 0  # years
    sample: int = 0  # pages drawn at most
    least: int = 0  # elements: a page with fewer parts counts 0; median: fewer observations say nothing
    effort: int = 30  # stored pages of the unit from which on "absent" can be said


class ScoreKind(StrEnum):
    """From a value to 0..1."""

    BOOLEAN = "boolean"  # 1 where the value is above 0
    GRADE = "grade"  # the value itself, which is a worth already
    SHARE = "share"  # min(1, value / full)
    VOLUME = "volume"  # min(1, ln(1 + value) / ln(1 + full))
    LINE = "line"  # linear between knots, the first and last beyond; two knots at one x are a jump after it
    SUM = "sum"  # weighted terms


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a sum: `of` is value, rate (a percentage) or lag (days)."""

    of: str
    weight: float
    knots: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class ScoreRule:
    """How a value becomes a score.  `undated` is the score where the thing stands and no date was read."""

    kind: ScoreKind
    full: float = 1.0
    halved_from: int = 0  # so many broken ones halve a share
    knots: tuple[tuple[float, float], ...] = ()
    undated: float = 0.0
    terms: tuple[Term, ...] = ()
