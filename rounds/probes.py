"""At rest: a host's answer to its made-up address, compared with all pages it has, those stored before the probe included.

Like the settling of duplicates it sets every mark anew from what is stored, so that a second run changes nothing.  The
page's own verdict (`judged`) stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cleaning.reasons import ReasonCode, Verdict
from crawler.frontier.probes import Print
from crawler.frontier.redis import RedisFrontier
from crawler.probes import FIELDS, Answered, Likes, is_error
from pipelines.store.connect import Store
from pipelines.store.marks import Mark, set_marks
from pipelines.store.probes import probes_of, set_answered
from pipelines.store.reader import PageFilter, RoundReader
from pipelines.store.records import PROBE_WHERE, probe_reason

_MARKED: Final = (*FIELDS, "judged", "verdict", "duplicate_of", "same_as", "reasons")


def settle_probes(database: Store, round_name: str, *, url: str = "") -> int:
    """Judge by the prints of the round's hosts; returns how many pages changed.  Idempotent.  Raises StoreAway."""
    reader = RoundReader(database, round_name, url=url)
    changed = 0
    for probed in list(probes_of(database, round_name, url=url)):
        if probed.found is None:
            continue
        likes = Likes()
        for page in reader.pages(PageFilter(host=probed.host), FIELDS):
            likes.add(probed.found, page)
        answered = Answered.SOFT if likes.telling else Answered.SAME
        if (
            probed.answered is Answered.SOFT and answered is Answered.SAME
        ):  # never the other way: links would be asked back
            set_answered(database, round_name, probed.host, answered, url=url)
        standing = probed.answered is Answered.SOFT and answered is Answered.SOFT
        marks = _marks(reader, probed.host, probed.found, standing=standing)
        changed += set_marks(database, round_name, marks, url=url)
    return changed


async def withdrawn(database: Store, round_name: str, queue: RedisFrontier, *, url: str = "") -> list[str]:
    """Hosts whose print turned out to say nothing while links were cut by it: these are to be offered again."""
    settle_probes(database, round_name, url=url)
    hosts = []
    for probed in list(probes_of(database, round_name, url=url)):
        if probed.answered is Answered.SAME and await queue.probes.of(probed.host) is not None:
            await queue.probes.hush(probed.host)
            hosts.append(probed.host)
    return hosts


def _marks(reader: RoundReader, host: str, found: Print, *, standing: bool) -> Iterator[Mark]:
    likes = Likes()
    for page in reader.pages(PageFilter(host=host), _MARKED):
        error = likes.add(found, page) and standing and is_error(found, page) and page["judged"] == Verdict.KEPT
        told = any(reason["where"] == PROBE_WHERE for reason in page["reasons"])
        if error != told:
            yield _mark(page, found.url if error else "")


def _mark(page: Mapping[str, Any], probe: str) -> Mark:
    own = tuple(
        reason
        for reason in page["reasons"]
        if reason["where"] != PROBE_WHERE
        and reason["code"] not in {str(ReasonCode.EXACT_COPY), str(ReasonCode.NEAR_COPY)}
    )
    if not probe:  # copies are settled after this
        return Mark(page["key"], page["judged"], "", (), "", own)
    return Mark(page["key"], str(Verdict.IRRELEVANT), "", (), "", (probe_reason(probe), *own))
