"""Pages of a round drawn for people to check, and which points a round never or always finds.

A draw depends on the seed and the pages alone: each page has a rank by the hash of seed, point and key, and the lowest are
taken.  Pages that come later change a draw only where they rank among the lowest, so a check can go on over an extended
round.
"""

from __future__ import annotations

import hashlib
import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from indicators.evidence import Strength
from indicators.records import Catalogue, PageRole
from pipelines.store.connect import Document
from pipelines.store.reader import EVIDENCE, PageFilter, RoundReader

# Content evidence on more pages than this looks like a rule that takes the frame for the text.  On the 120 labelled pages of
# the development half the commonest point stands on 12.5 % of pages, because one site is an appeal platform.
EVERYWHERE: Final = 0.2
# Of fewer pages than this no share says anything.
ENOUGH_PAGES: Final = 50
_FIELDS: Final = ("key", "url", "title", "units", "host", "tags")


@dataclass(frozen=True, slots=True)
class Drawn:
    """One page to be checked for one point."""

    code: str
    strength: str
    url: str
    key: str
    title: str
    units: tuple[str, ...]
    zone: str
    confidence: float
    snippet: str


@dataclass(frozen=True, slots=True)
class Covered:
    """How often a round evidences a point: pages by strength, hosts, units, and the share of pages with content."""

    code: str
    content: int
    chrome: int
    hosts: int
    units: int
    share: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """All points a page can evidence, in catalogue order; `never` and `everywhere` name those to look at."""

    pages: int
    points: tuple[Covered, ...]
    never: tuple[str, ...]
    everywhere: tuple[str, ...]


def draw(
    reader: RoundReader, codes: Sequence[str], size: int, seed: str, strength: Strength | None = None
) -> tuple[Drawn, ...]:
    """At most `size` pages for each code, by code and rank; fewer where the round has fewer."""
    lowest: dict[str, list[tuple[int, str, Drawn]]] = {code: [] for code in codes}
    for page in reader.pages(PageFilter(verdicts=EVIDENCE), _FIELDS):
        for tag in page["tags"]:
            kept = lowest.get(tag["code"])
            if kept is None or (strength is not None and tag["strength"] != strength):
                continue
            ranked = (-_rank(seed, tag["code"], page["key"]), page["key"], _drawn(page, tag))
            if len(kept) < size:
                heapq.heappush(kept, ranked)
            elif ranked[:2] > kept[0][:2]:
                heapq.heapreplace(kept, ranked)
    return tuple(
        drawn for code in codes for _, _, drawn in sorted(lowest[code], key=lambda each: each[:2], reverse=True)
    )


def coverage(reader: RoundReader, catalogue: Catalogue) -> Coverage:
    """Over the pages whose evidence counts."""
    pages = 0
    seen: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    hosts: dict[str, set[str]] = defaultdict(set)
    units: dict[str, set[str]] = defaultdict(set)
    for page in reader.pages(PageFilter(verdicts=EVIDENCE), ("host", "units", "tags.code", "tags.strength")):
        pages += 1
        for tag in page["tags"]:
            seen[tag["code"]][tag["strength"]] += 1
            hosts[tag["code"]].add(page["host"])
            units[tag["code"]].update(page["units"])
    asked = [point.code for point in catalogue.machine() if point.page_role is not PageRole.NONE]
    points = tuple(
        Covered(
            code,
            seen[code][Strength.CONTENT],
            seen[code][Strength.CHROME],
            len(hosts[code]),
            len(units[code]),
            seen[code][Strength.CONTENT] / pages if pages else 0.0,
        )
        for code in asked
    )
    return Coverage(
        pages,
        points,
        tuple(one.code for one in points if not one.content + one.chrome),
        tuple(one.code for one in points if pages >= ENOUGH_PAGES and one.share > EVERYWHERE),
    )


def evidenced(reader: RoundReader) -> Iterator[str]:
    """Codes that some page of the round evidences, each once, in order."""
    yield from sorted({code for counts in reader.points().values() for code in counts})


def _rank(seed: str, code: str, key: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}\0{code}\0{key}".encode()).digest()[:8])


def _drawn(page: Document, tag: dict[str, Any]) -> Drawn:
    return Drawn(
        tag["code"], tag["strength"], page["url"], page["key"], page["title"], _texts(page["units"]), tag["zone"],
        tag["confidence"], tag["snippet"],
    )  # fmt: skip


def _texts(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(map(str, values))
