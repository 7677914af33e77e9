"""How the pages of one template of a host are best fetched, learned from what its pages have shown.  Pure.

A template is `cleaning.patterns.pattern_of` a page's key.  Evidence of the page itself comes first whatever is learned: a
page that HTTP brings as a script shell is always rendered.  What is learned saves the request that brings nothing, and
watches, on a sample, whether pages that HTTP seems to bring whole have begun to need their scripts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cleaning.page import Reading

ENOUGH: Final = 3  # pages that were drawn by their scripts, before others are sent to the browser without trying HTTP
# Of a template's pages that must be so.  At this share the browser sees 1.18 pages for each that needs it.
SHARE: Final = 0.85
BEGUN: Final = 30  # pages of a template before any is a sample: more than half of all templates have fewer
# Of the pages that HTTP brings, where no sample was taken yet; falls with every one that showed nothing more, here and on the
# host's other templates (`_likely`).  Worked out in the order of the walk over seven rehearsal webs of 900 to 10,000 pages, the
# browser then sees 1.14 to 1.25 pages for each that needs it where 5 % do, and 1.01 to 1.02 where a third do.  With the
# template's samples alone, begun after twenty pages: 1.27 to 1.48 (docs/decisions/0056-samples-of-the-whole-host.md).
SAMPLE: Final = 0.1
ALARM: Final = 0.5  # of the pages, once a sample has shown more than HTTP
TEXT_MORE: Final = 100  # characters of main text beyond what was sent, and a fifth more: counters and dates are less


class Sign(StrEnum):
    """What one page has shown."""

    PLAIN = "plain"  # HTTP brought a whole page, as far as the page tells
    SHELL = "shell"  # HTTP brought a shell: rendered besides
    DRAWN = "drawn"  # the browser showed more than was sent, and the page as sent is a shell
    MORE = "more"  # the browser showed more than was sent, and nothing of it was to be seen in the page as sent
    SAME = "same"  # the browser showed nothing more than was sent
    PASSED = "passed"  # of a host: HTTP with the cookies that the browser earned brought the page,
    BARRED = "barred"  # or did not


class Way(StrEnum):
    """How a page is fetched."""

    HTTP = "http"  # with the cookies that a browser earned, where the host asks for some
    BROWSER = "browser"


class Ground(StrEnum):
    """What a verdict rests on; the counts of signs say how much of it there is."""

    PAGES = "pages"  # hardly any page did without the browser
    SAMPLES = "samples"  # HTTP seemed to bring them whole, and most of those that were rendered showed more
    TRIED = "tried"  # neither: HTTP is tried first, and a shell is rendered


@dataclass(frozen=True, slots=True)
class Verdict:
    """`confidence` from 0 to 1, `sample` the share of pages rendered all the same."""

    way: Way
    confidence: float
    sample: float
    why: Ground

    @property
    def decided(self) -> bool:
        """Whether the pages speak for the way: HTTP is also tried where nothing, or the contrary, was seen of too few."""
        return self.way is Way.BROWSER or self.confidence > 0.5


def judge(counts: Mapping[str, int], host: Mapping[str, int]) -> Verdict:
    """The verdict for a template, from the counts of its pages' signs and of all pages of its host."""
    drawn, more = counts.get(Sign.DRAWN, 0), counts.get(Sign.MORE, 0)
    same, plain = counts.get(Sign.SAME, 0), counts.get(Sign.PLAIN, 0)
    pages = drawn + more + same + plain
    needed = drawn + more
    if needed >= ENOUGH and needed >= SHARE * pages:
        return Verdict(Way.BROWSER, _sure(needed, pages), 0.0, Ground.PAGES)
    # What HTTP seems to bring whole says nothing here: only pages that were rendered count.
    if more >= 2 and more >= SHARE * (more + same):
        return Verdict(Way.BROWSER, _sure(more, more + same), 0.0, Ground.SAMPLES)
    sample = 0.0
    if plain + same >= BEGUN:
        others = _likely(host.get(Sign.MORE, 0), host.get(Sign.SAME, 0))
        sample = ALARM if more > same / 10 else SAMPLE * _likely(more, same) * others
    return Verdict(Way.HTTP, _sure(plain + same, pages), sample, Ground.TRIED)


def cookies_hold(counts: Mapping[str, int]) -> bool:
    """Whether cookies that a browser earned serve over HTTP at this host; some shields tie them to the browser."""
    return counts.get(Sign.BARRED, 0) <= 2 + 2 * counts.get(Sign.PASSED, 0)


def brought(sent: Reading, drawn: Reading) -> bool:
    """Whether the browser showed more than was sent: links within the site, or much main text."""
    known = {link.key for link in sent.links} | {sent.key}
    host = _host(sent.key)
    if any(link.key not in known and _host(link.key) == host for link in drawn.links):
        return True
    return len(drawn.text) >= len(sent.text) * 1.2 + TEXT_MORE


def sign_of(sent: Reading, drawn: Reading) -> Sign:
    """What a rendered page has shown."""
    if not brought(sent, drawn):
        return Sign.SAME
    return Sign.DRAWN if sent.shell is not None else Sign.MORE


def _likely(more: int, same: int) -> float:
    """How likely the next sample shows more, by Laplace's rule, against what it was before the first one; 1 at most."""
    return min(1.0, 2 * (more + 1) / (more + same + 2))


def signs_of(templates: Iterable[Mapping[str, int]]) -> Counter[str]:
    """The counts of several templates together."""
    total = Counter[str]()
    for counts in templates:
        total.update(counts)
    return total


def _sure(for_it: int, all_of: int) -> float:
    """Laplace's rule of succession."""
    return (for_it + 1) / (all_of + 2)


def _host(key: str) -> str:
    return key.removeprefix("http://").partition("/")[0]
