"""The typed records of the catalogue: indicator, point, rule, clause.

A point's rules are the machine-readable form of its evidence.  A rule holds when every `need` clause holds and no
`refuse` clause does; each rule that holds yields evidence of the rule's strength.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from indicators.evidence import Strength
from indicators.sources import Citation, Document, citations
from indicators.value_rules import ScoreRule, ValueRule


class Zone(StrEnum):
    """Where a term may stand.  The values are the words used in the catalogue files."""

    TITLE = "title"  # the article's or column's own title
    COLUMN = "column"  # breadcrumb segments and the ColumnName meta tag
    TEXT = "text"  # main text
    HEADERS = "headers"  # table headers
    LINKS = "links"  # anchor texts
    FORMS = "forms"  # form targets and field names
    URL = "url"
    META = "meta"  # values of the standard's meta tags
    SITE = "site"  # the raw <title>
    HREFS = "hrefs"  # targets of links that leave the host
    MARKS = "marks"  # names of images and scripts, hints of inputs
    CHROME = "chrome"  # lines of visible text outside the main content


class Place(StrEnum):
    """How much of an item (title, breadcrumb segment, header, anchor text) a term must fill."""

    ANYWHERE = "anywhere"
    START = "start"
    END = "end"
    WHOLE = "whole"


class PageRole(StrEnum):
    """What one page can be for a point: the evidence itself, one counted item of many, or nothing."""

    PROOF = "proof"
    SAMPLE = "sample"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Words:
    """Terms to be found.  Each group is a set of spellings of one thing; `distinct` groups must be found.

    An occurrence is void inside one of the longer phrases `unless`, without a `near` term within `within` characters
    of it, or when a negation ("暂未开通", "正在建设中") stands beside it.
    """

    zones: tuple[Zone, ...]
    groups: tuple[tuple[str, ...], ...]
    distinct: int = 1
    place: Place = Place.ANYWHERE
    unless: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    within: int = 20  # characters between term and near term


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression over one zone, for what no list of words can say (years, totals, URL shapes)."""

    zones: tuple[Zone, ...]
    regex: str


@dataclass(frozen=True, slots=True)
class Shape:
    """What the page is made of.  Every condition given must hold; None and empty conditions are not asked."""

    page_type: tuple[str, ...] = ()  # one of cleaning.page.PageType
    form: tuple[str, ...] = ()  # one of the roles of cleaning.page.Form
    inner: tuple[str, ...] = ()  # the same, of a form that stands in the main content
    language: tuple[str, ...] = ()  # one of cleaning.page.Reading.language
    publisher: tuple[str, ...] = ()  # government | department | other, see indicators.structure
    min_rows: int | None = None  # table rows
    min_items: int | None = None  # list items
    min_links: int | None = None
    min_text: int | None = None  # characters of main text
    max_text: int | None = None
    dated: bool | None = None  # a publishing date was read
    column: bool | None = None  # the page is a column's own page, not an item in it


Clause = Words | Pattern | Shape


@dataclass(frozen=True, slots=True)
class Rule:
    """One way a page can evidence a point."""

    strength: Strength
    confidence: float  # 0..1, what the rule is worth alone
    need: tuple[Clause, ...]
    refuse: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """One collection point.  Texts are Chinese, as an official reads them; `rules` is empty where `page_role` is none."""

    code: str  # 1.1.1-M01 (machine) or 1.1.1-H01 (manual)
    name: str
    level: str  # government | department | both
    measured: str
    channel: str
    method: str
    measure: str
    unit: str
    page_role: PageRole
    entry_ok: bool  # a navigation entry counts as evidence
    evidence: str
    exclusions: str
    scoring: str
    source: str
    why_manual: str
    version: int
    rules: tuple[Rule, ...]
    value: ValueRule | None = None  # of every machine point, of no manual one
    score: ScoreRule | None = None

    @property
    def by_machine(self) -> bool:
        """Whether a machine collects it (code with M) or a person (H)."""
        return self.code.split("-")[1].startswith("M")


@dataclass(frozen=True, slots=True)
class Indicator:
    """One level-3 indicator: `code` is the catalogue's (1.1.1), `indicator_id` the weight table's (S1-1)."""

    code: str
    indicator_id: str
    name: str
    parents: tuple[str, str]  # names of level 1 and level 2
    weight: int  # per cent within its level 2
    worth: float  # of the 100 points of the whole
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All points.  `version` is the hash of the files' bytes: tags made from it can name what they were made from."""

    version: str  # 16 hex digits
    indicators: tuple[Indicator, ...]
    negations: tuple[str, ...]
    points: Mapping[str, Point]  # by code, in catalogue order
    documents: Mapping[str, Document]  # what points cite, by number

    def machine(self) -> tuple[Point, ...]:
        """The points a machine collects."""
        return tuple(p for p in self.points.values() if p.by_machine)

    def citations(self, point: Point) -> tuple[Citation, ...]:
        """What a point rests on."""
        return citations(point.source, self.documents)
