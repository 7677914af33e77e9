"""The deterministic duplicate pass, run when a round is at rest, before it is finished.

Every mark is set anew from the stored fingerprints alone, so that the outcome does not depend on the order in which
workers stored the pages, and a second run changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cleaning.duplicates import Candidate, Pair, Settled, settle
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
_READ_AT_ONCE: Final = 500  # pairs: some 10 MB of text
_MARKS: Final = ("key", "judged", "verdict", "duplicate_of", "same_as", "reasons")


@dataclass(frozen=True, slots=True)
class SettleCounts:
    """What the pass found: `changed` counts pages whose mark is another than before."""

    compared: int
    duplicates: int
    elsewhere: int  # pages with a copy in another unit
    changed: int


def settle_round(database: Store, round_name: str, *, url: str = "") -> SettleCounts:
    """Settle all duplicates of a round.  Idempotent.  Raises StoreAway."""
    reader = RoundReader(database, round_name, url=url)
    candidates = [candidate(page) for page in reader.pages(COMPARED, _FINGERPRINTS)]
    settled = settle(candidates, lambda pairs: _same_text(reader, pairs))
    changed = set_marks(database, round_name, _changes(reader, settled), url=url)
    return SettleCounts(
        compared=len(candidates),
        duplicates=sum(1 for each in settled.values() if each.duplicate_of),
        elsewhere=sum(1 for each in settled.values() if each.same_as),
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


def mark(page: Mapping[str, Any], settled: Settled | None) -> Mark:
    """How the page is to be marked: as settled, or as it was judged."""
    reasons = tuple(reason for reason in page["reasons"] if reason["code"] not in COPY_CODES)
    if settled is None:
        return Mark(page["key"], page["judged"], "", (), reasons)
    if not settled.duplicate_of:
        return Mark(page["key"], page["judged"], "", settled.same_as, reasons)
    detail = settled.duplicate_of if settled.distance == 0 else f"{settled.duplicate_of} (distance {settled.distance})"
    copy = reason_document(Reason(ReasonCode(settled.code), detail, "text"))
    return Mark(page["key"], str(Verdict.DUPLICATE), settled.duplicate_of, settled.same_as, (copy, *reasons))


def _same_text(reader: RoundReader, pairs: Sequence[Pair]) -> set[Pair]:
    """The pairs whose stored texts are the same but for their frames; a slice of pairs at a time is in memory."""
    same: set[Pair] = set()
    for start in range(0, len(pairs), _READ_AT_ONCE):
        asked = pairs[start : start + _READ_AT_ONCE]
        stored = reader.records(sorted({key for pair in asked for key in pair}), ("text",))
        texts = {key: document["text"] for key, document in stored.items()}
        same.update(pair for pair in asked if same_but_edges(texts[pair[0]], texts[pair[1]]))
    return same


def _changes(reader: RoundReader, settled: Mapping[str, Settled]) -> Iterator[Mark]:
    for page in reader.pages(COMPARED, _MARKS):
        wanted = mark(page, settled.get(page["key"]))
        present = Mark(
            page["key"], page["verdict"], page["duplicate_of"], tuple(page["same_as"]), tuple(page["reasons"])
        )
        if wanted != present:
            yield wanted
