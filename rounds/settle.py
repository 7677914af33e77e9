"""The deterministic duplicate pass, run when a round is at rest, before it is finished.

Every mark is set anew from the stored fingerprints alone, so that the outcome does not depend on the order in which
workers stored the pages, and a second run changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cleaning.duplicates import LISTING, Candidate, Pair, Settled, settle
from cleaning.families import MIN_TEXT, Member, families
from cleaning.reasons import Reason, ReasonCode, Verdict
from cleaning.same_text import same_but_edges
from pipelines.store.connect import Store
from pipelines.store.marks import Mark, set_marks
from pipelines.store.reader import PageFilter, RoundReader
from pipelines.store.records import reason_document

COPY_CODES: Final = frozenset({str(ReasonCode.EXACT_COPY), str(ReasonCode.NEAR_COPY)})
COMPARED: Final = PageFilter(verdicts=(Verdict.KEPT, Verdict.DUPLICATE))

_FINGERPRINTS: Final = (
    "key", "units", "host", "depth", "text_hash", "simhash", "number_hash", "sha256", "media", "judged", "title",
    "text_length", "page_type",
)  # fmt: skip
_SKETCHED: Final = ("key", "units", "judged", "page_type", "text_length", "sketch")
_READ_AT_ONCE: Final = 500  # pairs: some 10 MB of text
_MARKS: Final = ("key", "judged", "verdict", "duplicate_of", "same_as", "family", "reasons")


@dataclass(frozen=True, slots=True)
class SettleCounts:
    """What the pass found: `changed` counts pages whose mark is another than before."""

    compared: int
    duplicates: int
    elsewhere: int  # pages with a copy in another unit
    families: int  # of two or more pages of one template
    changed: int


def settle_round(database: Store, round_name: str, *, url: str = "") -> SettleCounts:
    """Settle all duplicates of a round.  Idempotent.  Raises StoreAway."""
    reader = RoundReader(database, round_name, url=url)
    candidates = [candidate(page) for page in reader.pages(COMPARED, _FINGERPRINTS)]
    settled = settle(candidates, lambda pairs: _same_text(reader, pairs))
    copies = {key for key, each in settled.items() if each.duplicate_of}
    related = families(member for member in _members(reader) if member.key not in copies)
    changed = set_marks(database, round_name, _changes(reader, settled, related), url=url)
    return SettleCounts(
        compared=len(candidates),
        duplicates=sum(1 for each in settled.values() if each.duplicate_of),
        elsewhere=sum(1 for each in settled.values() if each.same_as),
        families=len(set(related.values())),
        changed=changed,
    )


def candidate(page: Mapping[str, Any]) -> Candidate:
    """A stored page as it is compared; only one that was judged kept may be a copy or have one."""
    return Candidate(
        key=page["key"],
        units=tuple(page["units"]),
        host=page["host"],
        depth=page["depth"],
        text_hash=page["text_hash"],
        simhash=int(page["simhash"], 16),
        number_hash=page["number_hash"],
        sha256=page["sha256"],
        media=page["media"],
        eligible=page["judged"] == Verdict.KEPT,
        title=page["title"],
        length=page["text_length"],
        page_type=page["page_type"],
    )


def mark(page: Mapping[str, Any], settled: Settled | None, family: str) -> Mark:
    """How the page is to be marked: as settled, or as it was judged."""
    reasons = tuple(reason for reason in page["reasons"] if reason["code"] not in COPY_CODES)
    if settled is None:
        return Mark(page["key"], page["judged"], "", (), family, reasons)
    if not settled.duplicate_of:
        return Mark(page["key"], page["judged"], "", settled.same_as, family, reasons)
    detail = settled.duplicate_of if settled.distance == 0 else f"{settled.duplicate_of} (distance {settled.distance})"
    copy = reason_document(Reason(ReasonCode(settled.code), detail, "text"))
    verdict = str(Verdict.DUPLICATE)
    return Mark(page["key"], verdict, settled.duplicate_of, settled.same_as, family, (copy, *reasons))


def _members(reader: RoundReader) -> Iterator[Member]:
    """The kept pages that may be of a family.  Pages stored before there were sketches have none."""
    for page in reader.pages(COMPARED, _SKETCHED):
        listing = page["page_type"] in LISTING
        if page["judged"] == Verdict.KEPT and not listing and page["text_length"] >= MIN_TEXT and page.get("sketch"):
            yield Member(page["key"], tuple(page["units"]), bytes(page["sketch"]))


def _same_text(reader: RoundReader, pairs: Sequence[Pair]) -> set[Pair]:
    """The pairs whose stored texts are the same but for their frames; a slice of pairs at a time is in memory."""
    same: set[Pair] = set()
    for start in range(0, len(pairs), _READ_AT_ONCE):
        asked = pairs[start : start + _READ_AT_ONCE]
        stored = reader.records(sorted({key for pair in asked for key in pair}), ("text",))
        texts = {key: document["text"] for key, document in stored.items()}
        same.update(pair for pair in asked if same_but_edges(texts[pair[0]], texts[pair[1]]))
    return same


def _changes(reader: RoundReader, settled: Mapping[str, Settled], related: Mapping[str, str]) -> Iterator[Mark]:
    for page in reader.pages(COMPARED, _MARKS):
        wanted = mark(page, settled.get(page["key"]), related.get(page["key"], ""))
        present = Mark(
            page["key"],
            page["verdict"],
            page["duplicate_of"],
            tuple(page["same_as"]),
            page.get("family", ""),
            tuple(page["reasons"]),
        )
        if wanted != present:
            yield wanted
