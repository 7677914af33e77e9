"""Pages that show visitors of search engines, or their crawlers, something else than everybody else: whom to suspect, what to conclude.

Who breaks into a site often serves the spam to those visitors only.  One visit as such a visitor tells, where the page gave
the collector nothing; it is made only where something else on the same host was tampered with already.
"""

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from cleaning.hosts import host_of, site_of
from cleaning.lures import is_strange
from cleaning.page import Judgement
from cleaning.reasons import Reason, ReasonCode, Verdict

PAGES: Final = 3  # of a host that are visited again: its home page and what stands nearest to it
WHERE: Final = "visit"  # where a reason stands that only such a visit gives
REFERRER: Final = "https://www.baidu.com/link?url=caifeng"
CRAWLER: Final = "; no Baiduspider"  # put behind the collector's own name: what looks for the crawler's finds it


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page showed when it was collected."""

    key: str
    url: str
    host: str
    depth: int
    verdict: str


def visitor(user_agent: str) -> dict[str, str]:
    """The headers of a visit that follows a search engine's link."""
    return {"Referer": REFERRER, "User-Agent": f"{user_agent}{CRAWLER}"}


def suspects(pages: Iterable[Shown]) -> tuple[Shown, ...]:
    """Of each host at most PAGES pages that showed no harm, those nearest to its home page first; by host."""
    hosts: dict[str, list[Shown]] = {}
    for page in pages:
        if page.verdict != Verdict.HARMFUL:
            hosts.setdefault(page.host, []).append(page)
    return tuple(
        page
        for host in sorted(hosts)
        for page in heapq.nsmallest(PAGES, hosts[host], key=lambda one: (one.depth, len(one.key), one.key))
    )


def sent_away(page: Shown, target: str) -> Reason | None:
    """What it says that the visitor was sent to `target`, where the page itself had been shown."""
    if not is_strange(target, site_of(host_of(page.url))):
        return None
    return Reason(ReasonCode.FOREIGN_REDIRECT, f"cloaked-redirect: {target[:300]}", WHERE, 5.0)


def shown_harm(judged: Judgement) -> Reason | None:
    """What it says that the visitor was shown a page that was judged so, where the page had shown no harm."""
    if judged.verdict is not Verdict.HARMFUL:
        return None
    told = judged.findings or tuple(reason for reason in judged.reasons if reason.weight > 0)
    if not told:
        return None
    heaviest = max(told, key=lambda reason: (reason.weight, reason.code, reason.detail))
    return Reason(heaviest.code, heaviest.detail, WHERE, heaviest.weight)


def by_record(record: Mapping[str, object]) -> Shown:
    """A stored page, by its record."""
    return Shown(
        str(record["key"]), str(record["url"]), str(record["host"]), int(str(record["depth"])), str(record["judged"])
    )
