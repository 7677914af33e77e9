"""A value walked back: to the pages that show it, their archived bytes, the sample drawn, or what was searched in vain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Final

from crawler.plan import RoundPlan, UnitPlan
from indicators.areas import attributed
from indicators.partial import LOW, NEAR
from indicators.records import Point
from indicators.value_rules import ValueKind
from pipelines.store.connect import Document, Store
from pipelines.store.evidence import SEEN_FIELDS, Seen, seen_as
from pipelines.store.reader import OutcomeFilter, PageFilter, RoundReader
from pipelines.store.values import ValueBook
from rounds.heard import behind

_SHOWN: Final = (
    "key",
    "url",
    "title",
    "depth",
    "sha256",
    "fetched_at",
    "via",
    "verdict",
    "tags",
    "archive",
    "dom_archive",
)
_TRIED: Final = 20  # addresses named of those that could not be had
ERROR_PAGE: Final = "error-page"  # dead though it was stored
# Clicks within which a point counts what is dead.
_CLICKS: Final[Mapping[ValueKind, int]] = {ValueKind.ENTRIES_ALIVE: NEAR, ValueKind.DEAD_SHARE: LOW}


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything behind one value.  Plain documents, as `caifeng explain --json` prints them."""

    round: str
    unit: UnitPlan
    point: Point
    value: Document
    evidence: tuple[Document, ...]  # best first, with the tag of this point
    sample: tuple[Document, ...]  # key, observation, weight, seed
    heard: tuple[Document, ...]  # posts or results behind a point that a channel shows
    broken: tuple[Document, ...]  # some of the dead links behind a share of links: url, reason
    searched: Document  # pages by host; what was dead, and what was refused; how many pages were harmful


def explain(database: Store, plan: RoundPlan, unit: UnitPlan, point: Point, *, url: str = "") -> Explanation | None:
    """The chain of one value; None where the round has none of this unit and point.  Raises StoreAway."""
    book, reader = ValueBook(database, plan.name, url=url), RoundReader(database, plan.name, url=url)
    value = book.value(unit.code, point.code)
    if value is None:
        return None
    pages = reader.records(value["best"], _SHOWN)
    base = {point.code, *(point.value.of if point.value else ())}
    evidence = tuple(_evidence(pages[key], base) for key in value["best"] if key in pages)
    sample = tuple(
        {name: each[name] for name in ("key", "observation", "weight", "seed")}
        for each in book.samples(unit.code, point.code)
    )
    kind = point.value.kind if point.value else None
    of_channel = kind is ValueKind.CHANNEL
    clicks = _CLICKS.get(kind) if kind else None
    broken = () if clicks is None else tuple(islice(_broken(reader, unit.code, clicks), _TRIED))
    heard = tuple(behind(database, plan.name, unit, point, url=url)) if of_channel else ()
    return Explanation(plan.name, unit, point, value, evidence, sample, heard, broken, _searched(reader, unit.code))


def _evidence(page: Mapping[str, Any], base: Iterable[str]) -> Document:
    tags = [tag for tag in page["tags"] if tag["code"] in set(base)]
    return {
        "url": page["url"],
        "title": page["title"],
        "depth": page["depth"],
        "fetched_at": page["fetched_at"],
        "via": page["via"],
        "sha256": page["sha256"],
        "archive": page["archive"],
        "dom_archive": page["dom_archive"],
        "tags": tags,
    }


def _broken(reader: RoundReader, unit: str, clicks: int) -> Iterator[Document]:
    """What counts as dead within so many clicks."""
    for document in _ended(reader, unit, ("depth",)):
        if document["depth"] <= clicks and seen_as(document) is Seen.DEAD:
            yield {"url": document["url"], "reason": document.get("reason") or ERROR_PAGE}


def _ended(reader: RoundReader, unit: str, fields: tuple[str, ...] = ()) -> Iterator[Document]:
    """The unit's URLs, those that could not be had first: what `seen_as` asks of them, and the fields named."""
    asked = (*SEEN_FIELDS, *fields)
    ended = chain(reader.outcomes(OutcomeFilter(unit=unit), asked), reader.pages(PageFilter(unit=unit), asked))
    return (document for document in ended if unit in attributed(document["units"], document["key"]))


def _searched(reader: RoundReader, unit: str) -> Document:
    """The unit's URLs as its values count them (`seen_as`), by host or reason."""
    counted: dict[Seen, Counter[str]] = {seen: Counter() for seen in Seen}
    tried: list[Document] = []
    for document in _ended(reader, unit):
        seen = seen_as(document)
        if seen is None:
            continue
        could_not = seen in {Seen.DEAD, Seen.REFUSED}
        reason = document.get("reason") or ERROR_PAGE
        counted[seen][reason if could_not else document["host"]] += 1
        if could_not and len(tried) < _TRIED:
            tried.append({"url": document["url"], "reason": reason})
    return {
        "pages": dict(sorted(counted[Seen.PAGE].items())),
        "dead": dict(counted[Seen.DEAD]),
        "refused": dict(counted[Seen.REFUSED]),
        "harmful": counted[Seen.HARMFUL].total(),
        "tried": tried,
    }
