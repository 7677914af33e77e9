"""How many pages a crawl has missed, from lists that others made of the same sites.  Pure: capture-recapture.

Three lists look at one population, the pages of the round's scope that are there for a visitor: the crawl (F, what it has
found), the sites' own maps (A), and search engines (B).  What is in none of them has to be inferred, and each way of
inferring it rests on how the lists hang together:

- *apart*: being mapped or indexed has nothing to do with being found.  Lincoln and Petersen's estimate in Chapman's form
  (1951) for F against the union of the others.  What is easy to find is easy to map: it errs towards too few missing.
- *aside*: A and B may depend on F as they like, but not on each other among what F lacks: the same estimate for A
  against B among the pages that the crawl has not found.
- *pairs*: every two lists may depend on each other; only the dependence of all three at once is left out.  The
  log-linear model without its highest term (Fienberg 1972), closed form f·a·b·fab / (fa·fb·ab), each cell raised by a half.

No data tell which of them is right (each needs an assumption about the cell nobody saw), so none is chosen: the estimate
is their mean, as model averaging does without weights, and the interval reaches from the lowest of their lower ends to
the highest of their upper ends.

Two things more that the sites themselves show.  Attachments are named by hardly any list; as they hang on pages, as many
of them are taken to be missing as of the pages.  And sites differ in what share of them is listed: where the missing
pages lie on few sites, the share listed there may be another than that of all.  The spread between the sites' shares,
less what chance alone gives, divided by the number of sites the missing pages are spread over, is added to the variance
(as a design effect, Kish 1965).  How often the interval holds the truth: `benchmarks/coverage.py`.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

Z: Final = 1.959964  # of a 95 % interval
MOST_SAMPLED: Final = (
    0.9  # share of the population that a list may be taken for: beyond it the correction would run away
)
LARGE: Final = 20  # pages from which a site's listed share says something: chance alone moves it by 11 points at most
HALF: Final = 0.5  # added to each cell where a quotient of cells is taken (Haldane): an empty cell is not a certainty


@dataclass(frozen=True, slots=True)
class Cells:
    """Pages by the lists they are in: `f` in the crawl alone, `ab` in both others and not in the crawl."""

    f: int = 0
    fa: int = 0
    fb: int = 0
    fab: int = 0
    a: int = 0
    b: int = 0
    ab: int = 0

    @property
    def found(self) -> int:
        """What the crawl has found."""
        return self.f + self.fa + self.fb + self.fab

    @property
    def listed(self) -> int:
        """What the other lists hold."""
        return self.fa + self.fb + self.fab + self.beyond

    @property
    def beyond(self) -> int:
        """What they hold and the crawl has not found."""
        return self.a + self.b + self.ab


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number of pages with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Known:
    """What a round knows of a site, or of all: `stored` pages; `pending` found and not come to; `lost` could not be had.

    `cells` are of pages; `attachments` how many of `stored` are none.  `doubtful`: pages of `cells.beyond` that may lie
    deeper than the round goes.  `announced`: entries that lists say they have and that none of their stored pages shows.
    """

    stored: int
    pending: int
    lost: int
    cells: Cells
    doubtful: int = 0
    announced: int = 0
    attachments: int = 0


def unfound(cells: Cells, *, clustering: float = 0.0) -> Estimate | None:
    """Pages that are there and that the crawl has not found; None without any other list.

    `clustering`: relative variance for the missing pages' lying together, see `clustering_of`.
    """
    if not cells.listed or not cells.found:
        return None
    guesses = [_apart(cells)]
    if cells.a + cells.fa + cells.fab + cells.ab and cells.b + cells.fb + cells.fab + cells.ab:
        guesses += [_aside(cells), _pairs(cells)]
    guesses = [_wider(one, clustering) for one in guesses]
    return Estimate(
        sum(one.value for one in guesses) / len(guesses),
        min(one.low for one in guesses),
        max(one.high for one in guesses),
    )


def clustering_of(parts: Iterable[Known]) -> float:
    """How far the listed share of the sites where pages are missing may lie from that of all: a relative variance."""
    rows = [one.cells for one in parts]
    large = [(one.fa + one.fb + one.fab, one.found) for one in rows if one.found >= LARGE]
    beyond = [one.beyond for one in rows if one.beyond]
    if len(large) < 2 or not beyond:
        return 0.0
    shares = [listed / found for listed, found in large]
    mean = statistics.fmean(shares)
    chance = statistics.fmean(share * (1 - share) / found for share, (_, found) in zip(shares, large, strict=True))
    spread = max(0.0, statistics.variance(shares) - chance)
    sites = sum(beyond) ** 2 / sum(one * one for one in beyond)  # as many equal ones would weigh as much
    return spread / (mean * mean) / sites if mean else 0.0


def collection_rate(known: Known, *, clustering: float = 0.0) -> Estimate | None:
    """Share of the pages within reach that are stored, from 0 to 1; None where there is nothing to tell it from.

    A page that could not be had counts as missing in the estimate and at the lower end, and as none at the upper end; so
    does one that may lie too deep.  What lists say they have and do not show is the least there can be missing.
    """
    guess = unfound(known.cells, clustering=clustering)
    pages = known.stored - known.attachments
    if guess is None or pages <= 0:
        return None
    guess = _times(guess, known.stored / pages)
    sure = known.cells.beyond - known.doubtful
    part = sure / known.cells.beyond if known.cells.beyond else 0.0
    low = max(guess.low * part, sure, known.announced)
    missing = max(guess.value, known.announced)
    high = max(guess.high, missing)
    held = known.stored + known.pending
    return Estimate(
        known.stored / (held + known.lost + missing),
        known.stored / (held + known.lost + high),
        known.stored / (held + min(low, missing)),
    )


def together(parts: Iterable[Known]) -> Known:
    """Several sites as one."""
    rows = list(parts)
    names = ("f", "fa", "fb", "fab", "a", "b", "ab")
    cells = Cells(*(sum(getattr(one.cells, name) for one in rows) for name in names))
    return Known(
        sum(one.stored for one in rows),
        sum(one.pending for one in rows),
        sum(one.lost for one in rows),
        cells,
        sum(one.doubtful for one in rows),
        sum(one.announced for one in rows),
        sum(one.attachments for one in rows),
    )


def _chapman(first: int, second: int, both: int) -> tuple[float, float]:
    """Size of a population and its standard error (Chapman 1951, Seber 1970)."""
    size = (first + 1) * (second + 1) / (both + 1) - 1
    variance = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    return size, math.sqrt(variance)


def _apart(cells: Cells) -> Estimate:
    """The interval is Wilson's (1927) for the unfound share of the lists, with the finite-population correction."""
    found, listed = cells.found, cells.listed
    size, _ = _chapman(found, listed, listed - cells.beyond)
    factor = 1 - min(MOST_SAMPLED, listed / size)
    low, high = _wilson(cells.beyond / factor, listed / factor)
    return Estimate(size - found, found * low / (1 - low), found * high / (1 - high) if high < 1 else math.inf)


def _aside(cells: Cells) -> Estimate:
    size, error = _chapman(cells.a + cells.ab, cells.b + cells.ab, cells.ab)
    return _around(size, 0.0, math.log1p((error / size) ** 2) if size else 0.0)


def _pairs(cells: Cells) -> Estimate:
    seven = [getattr(cells, name) + HALF for name in ("f", "fa", "fb", "fab", "a", "b", "ab")]
    f, fa, fb, fab, a, b, ab = seven
    unseen = f * a * b * fab / (fa * fb * ab)
    return _around(unseen, cells.beyond, math.log1p(sum(1 / one for one in seven)))


def _times(guess: Estimate, factor: float) -> Estimate:
    return Estimate(guess.value * factor, guess.low * factor, guess.high * factor)


def _wider(guess: Estimate, variance: float) -> Estimate:
    """With a further relative variance; on the scale of logarithms, where a number of pages cannot fall below none."""
    if guess.value <= 0 or not variance:
        return guess
    more = math.log1p(variance) * Z * Z
    down = math.log(guess.value / guess.low) if guess.low > 0 else math.inf
    up = math.log(guess.high / guess.value) if guess.high > guess.value else 0.0
    return Estimate(
        guess.value,
        guess.value / math.exp(math.hypot(down, math.sqrt(more))) if down < math.inf else 0.0,
        guess.value * math.exp(math.hypot(up, math.sqrt(more))),
    )


def _around(value: float, more: float, variance: float) -> Estimate:
    """A log-normal interval around `value`, with `more` that are known."""
    spread = math.exp(Z * math.sqrt(variance))
    return Estimate(more + value, more + value / spread, more + value * spread)


def _wilson(hits: float, tries: float) -> tuple[float, float]:
    share = hits / tries
    below = 1 + Z * Z / tries
    centre = (share + Z * Z / (2 * tries)) / below
    half = Z / below * math.sqrt(share * (1 - share) / tries + Z * Z / (4 * tries * tries))
    return max(0.0, centre - half), min(1.0, centre + half)
