"""What is said of one point of one unit: the closed sets of states and reasons, and the record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """What a value is.  Closed."""

    MEASURED = "measured"
    ABSENT = "absent"  # reached and searched enough, and not there
    UNDECIDABLE = "undecidable"  # there, but nothing can be told of it: leaves the denominator
    UNOBSERVED = "unobserved"  # not reached, refused, or not tried yet: never taken for absent


class Why(StrEnum):
    """Why a value is not measured.  Closed."""

    SEARCHED = "searched"  # absent: enough pages, to the full depth, hardly any refused
    ENTRY_ONLY = "entry-only"  # absent: a menu names it, and no page behind it holds any
    NO_PART = "no-part"  # absent: pages show it, and nothing the point asks for stands on them
    NO_BASE = "no-base"  # undecidable: nothing to take the share of
    TOO_FEW = "too-few"  # undecidable: fewer observations than the point asks for
    ONLY_ANSWERED = "only-answered"  # undecidable: only answered letters are shown
    NO_PAGES = "no-pages"  # unobserved: nothing of the unit was stored
    NOT_ENOUGH_PAGES = "not-enough-pages"  # unobserved: too little was stored to say that anything is absent
    REFUSED = "refused"  # unobserved: too much was refused to us
    UNFINISHED = "unfinished"  # unobserved: the crawl has not come to its end
    NEEDS_PROBE = "needs-probe"
    NEEDS_CHANNEL = "needs-channel"  # unobserved: nobody asked this channel in the round
    NO_ACCOUNT = "no-account"  # unobserved: asked, and no account of the government itself is known
    NO_FEED = "no-feed"  # unobserved: accounts are known, and no feed shows what they post
    CHANNEL_GAPS = "channel-gaps"  # unobserved: the accounts were not watched all the time that counts
    NOT_ANSWERED = "not-answered"  # unobserved: a question to the search engines has no answer
    NOT_ALL_NAMED = "not-all-named"  # unobserved: the point does not name all the words it wants asked
    NOT_SHOWN = "not-shown"  # unobserved: no channel that is read shows such a thing


@dataclass(frozen=True, slots=True)
class Effort:
    """How far a unit was searched.  `pages` that may show something, `refused` to us, `dead` ones; `finished`: nothing is left to fetch.

    A stored page that is harmful is in none of them, a stored error page among the dead.
    """

    pages: int
    refused: int
    dead: int
    finished: bool
    portal: str  # canonical host of the first seed


@dataclass(frozen=True, slots=True)
class Sampled:
    """One drawn observation: `key` is the page's; each stands for `weight` of the population."""

    key: str
    numbers: tuple[Any, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """One point of one unit.  `value` is a share (0..1), a number, days or 0/1, by the point's kind."""

    state: State
    why: Why | None = None
    value: float | None = None
    score: float | None = None  # None where nothing can be told: the point leaves the denominator
    more: Mapping[str, float] = field(default_factory=dict)
    content: bool = False  # a page is the evidence, not only an entry
    parts: tuple[str, ...] = ()  # names of the parts that were seen
    sites: int = 0  # hosts with content
    concentration: float | None = None  # share of the counted things that stand on the one host with most
    population: int = 0  # things a sample was drawn from
    sample: tuple[Sampled, ...] = ()
    best: tuple[str, ...] = ()  # keys of the pages that show it, best first
