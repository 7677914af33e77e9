"""What a round itself knows of its sites: what it stored, what it could not have, and what their lists say of their size."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cleaning.page import PageType
from cleaning.patterns import family_of, minted_of, pattern_of
from cleaning.read import read
from cleaning.reasons import Verdict
from cleaning.totals import Total, total_of
from cleaning.traps import TrapRule
from crawler.errors import CrawlerError
from crawler.frontier.contract import End
from crawler.items import ArchiveRef
from crawler.outlinks import COPY_RULE, SESSION_RULE
from crawler.plan import RoundPlan
from crawler.reasons import FailureReason, SkipReason
from pipelines.archive_reader import read as read_archive
from pipelines.errors import PipelineError
from pipelines.store.connect import Store
from pipelines.store.cuts import cut_pages
from pipelines.store.listed import Found, Standing
from pipelines.store.reader import PageFilter, RoundReader
from pipelines.store.records import is_absent, links_of
from rounds.coverage_lists import is_attachment

ENDLESS: Final = frozenset(
    {
        COPY_RULE,
        SESSION_RULE,
        TrapRule.CALENDAR,
        TrapRule.MINTED_TOKENS,
        TrapRule.REPEATED_SEGMENT,
        TrapRule.REPEATED_CYCLE,
    }
)
"""Rules whose cut families have no end: their stored pages are no share of anything."""
NO_PAGE: Final = frozenset({FailureReason.HTTP_4XX, FailureReason.REDIRECT_LOOP})
PLACE: Final = re.compile(r"[(（\[]?\s*第\s*\d+\s*页\s*[)）\]]?")


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A list that says it has more than its stored pages show; `first` is one of them."""

    host: str
    title: str
    first: str
    announced: int
    shown: int
    pages: int
    stored_pages: int

    @property
    def missing(self) -> int:
        """Entries, and pages of the list itself."""
        return max(0, self.announced - self.shown) + max(0, self.pages - self.stored_pages)


@dataclass(slots=True)
class Site:
    """One host, from the round's records."""

    stored: int = 0
    left_out: int = 0  # stored, and no share of anything: of families without end, answers for what is not there
    attachments: int = 0  # of these
    lost: int = 0
    announced: int = 0  # entries and list pages that its lists say there are, and that no stored page shows


@dataclass(slots=True)
class Sites:
    """All hosts; `deep` patterns have pages beyond the depth of the round, which lists may name as well."""

    by_host: dict[str, Site] = field(default_factory=lambda: defaultdict(Site))
    deep_patterns: set[str] = field(default_factory=set)
    shortfalls: list[Shortfall] = field(default_factory=list)


def standing_of(record: Mapping[str, Any]) -> tuple[Standing, str]:
    """What the end of a URL means for whoever counts pages."""
    reason = str(record.get("reason", ""))
    match End(record["end"]):
        case End.STORED:
            return (Standing.GONE, "soft-404") if _absent(record) else (Standing.STORED, "")
        case End.QUARANTINED:
            return Standing.LOST, reason
        case End.FAILED:
            return (Standing.GONE if reason in NO_PAGE else Standing.LOST), reason
        case End.SKIPPED:
            if reason == SkipReason.ROBOTS:
                return Standing.BARRED, reason
            return (Standing.CUT if reason in {SkipReason.MIRROR, SkipReason.TRAP} else Standing.GONE), reason


STANDING_FIELDS: Final = ("end", "reason", "verdict", "reasons")


def _absent(record: Mapping[str, Any]) -> bool:
    """A stored page that is its host's answer for what is not there."""
    return record.get("verdict") == Verdict.IRRELEVANT and is_absent(record)


def endless_patterns(database: Store, name: str, *, url: str = "") -> frozenset[str]:
    """The families that were cut because they have no end."""
    return frozenset(
        cut["pattern"]
        for page in cut_pages(database, name, url=url)
        for cut in page["cut_links"]
        if cut["rule"] in ENDLESS
    )


def is_endless(key: str, patterns: frozenset[str]) -> bool:
    """Whether a page is of such a family."""
    if not patterns:
        return False
    minted = minted_of(key)
    return pattern_of(key) in patterns or family_of(key) in patterns or (minted is not None and minted.slot in patterns)


def survey(reader: RoundReader, endless: frozenset[str]) -> Sites:
    """Count what ended, host by host, in one pass over the records."""
    sites = Sites()
    for record in reader.every(("key", "host", *STANDING_FIELDS)):
        standing, _ = standing_of(record)
        site = sites.by_host[record["host"]]
        if standing is Standing.STORED and not is_endless(record["key"], endless):
            site.stored += 1
            site.attachments += is_attachment(record["key"])
        elif standing is Standing.LOST:
            site.lost += 1
        elif record["end"] == End.STORED:
            site.left_out += 1
    return sites


def too_deep(reader: RoundReader, plan: RoundPlan, sites: Sites, asked: Iterable[str]) -> Iterator[Found]:
    """Which of the URLs asked for stand on pages at the depth of the round: one click beyond it."""
    wanted = set(asked)
    for page in reader.pages(PageFilter(), ("key", "depth", "outlinks")):
        if page["depth"] != plan.depth:
            continue
        for link in links_of(page).offered:
            if link.cost:
                sites.deep_patterns.add(pattern_of(link.key))
                if link.key in wanted:
                    wanted.discard(link.key)
                    yield Found(link.key, Standing.DEEP, "too-deep")


def announced(reader: RoundReader, sites: Sites, *, most: int) -> None:
    """Hold what lists say of their size against their stored pages; hosts with more than `most` of them are left out.

    A statement counts where entries and pages agree with the entries a page shows, so that a number that happens to
    stand on a page ("共收到 1200 件") is not taken for the size of a list.  Pages of one list are those of one title: the
    last may hold so little that it is no list by itself.
    """
    fields = ("key", "host", "title", "archive", "dom_archive", "content_type", "page_type", "url")
    held: list[Mapping[str, Any]] = []
    for page in reader.pages(PageFilter(), fields):
        if held and page["host"] != held[0]["host"]:
            _weigh(sites, held, most)
            held = []
        held.append(page)
    _weigh(sites, held, most)


def _weigh(sites: Sites, pages: Sequence[Mapping[str, Any]], most: int) -> None:
    """One host's pages."""
    titles = {_title(page) for page in pages if page["page_type"] == PageType.LIST}
    chosen = [page for page in pages if page["page_type"] != PageType.ATTACHMENT and _title(page) in titles]
    if len(chosen) > most:
        return
    lists: defaultdict[tuple[str, Total], list[tuple[str, int]]] = defaultdict(list)
    for page in chosen:
        said = _said(page)
        if said is not None:
            lists[_title(page), said[0]].append((page["key"], said[1]))
    for (title, total), rows in lists.items():
        short = _shortfall(pages[0]["host"], title, total, rows)
        if short is not None and short.missing:
            sites.by_host[short.host].announced += short.missing
            sites.shortfalls.append(short)


def _title(page: Mapping[str, Any]) -> str:
    return PLACE.sub("", page["title"]).strip()


def _shortfall(host: str, title: str, total: Total, rows: Sequence[tuple[str, int]]) -> Shortfall | None:
    """None where the statement does not agree with itself."""
    most = max(entries for _, entries in rows)
    if not total.entries or not total.pages or not most or -(-total.entries // most) != total.pages:
        return None
    shown = min(total.entries, most * len(rows))  # the last page shows the rest, even where it is too short for a list
    return Shortfall(host, title, rows[0][0], total.entries, shown, total.pages, len(rows))


def _said(page: Mapping[str, Any]) -> tuple[Total, int] | None:
    """What a list page says of its list, and how many entries it shows."""
    kept = page["dom_archive"] or page["archive"]
    if kept is None:
        return None  # pruned
    try:
        record = read_archive(ArchiveRef(kept["uri"], kept["offset"], kept["length"]))
    except (PipelineError, CrawlerError):
        return None  # `caifeng audit` names what cannot be read
    content_type = "text/html; charset=utf-8" if page["dom_archive"] else page["content_type"]
    reading = read(record.body, page["url"], content_type=content_type)
    total = total_of(reading.visible)
    return (total, reading.list_items) if total is not None else None
