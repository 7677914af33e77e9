"""What a rebuilt round's counters can know from its records alone.  Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from cleaning.page import Media
from cleaning.patterns import family_of
from crawler.frontier.contract import End, Via
from crawler.outlinks import COPY_RULE
from crawler.reasons import FailureReason
from crawler.tally import SYSTEM, RecordKind
from pipelines.store.connect import Document
from pipelines.store.records import links_of

FIELDS: Final = (
    "host", "end", "via", "status", "attempts", "reason", "media", "note", "out_of_scope", "cut", "tags.code", "archive.length", "dom_archive.length", "system",
    "loaded.again", "loaded.archive.length", "unchanged.round",
)  # fmt: skip
UNASKED: Final = frozenset(
    {FailureReason.DEAD_HOST, FailureReason.ROBOTS_UNREACHABLE, FailureReason.INTERNAL, FailureReason.POISON}
)


def kinds_of(document: Document) -> Counter[str]:
    """What a record (`FIELDS`, `key` and `outlinks` of it) adds to the counts by kind: no more than was counted before.

    Requests that left no trace, rows of lists and fields of forms are not in records.
    """
    counted: Counter[str] = Counter()
    if document["end"] == End.STORED:
        fresh = (one["archive"] for one in document.get("loaded", ()) if not one["again"])
        refs = (document.get("archive"), document.get("dom_archive"), *fresh)
        counted[RecordKind.HTTP] = 1
        counted[RecordKind.BROWSER] = int(document["via"] == Via.BROWSER)  # after HTTP had brought a shell
        counted[RecordKind.PAGES] = 1
        counted[RecordKind.ATTACHMENTS] = int(document["media"] == Media.ATTACHMENT)
        counted[RecordKind.UNREAD] = int(document["media"] == Media.ATTACHMENT and bool(document.get("note")))
        counted[RecordKind.LINKS] = len(links_of(document).offered) + document["out_of_scope"] + document["cut"]
        counted[RecordKind.TAGS] = len(document["tags"])
        if not document.get("unchanged"):
            counted[RecordKind.ARCHIVE_BYTES] = sum(ref["length"] for ref in refs if ref)
        if system := document.get("system"):
            counted[f"{SYSTEM}{system}"] = 1
    else:
        asked = document["status"] or (document["end"] == End.FAILED and document["reason"] not in UNASKED)
        counted[RecordKind.HTTP] = int(bool(asked)) + document["attempts"]
    return +counted


class Families:
    """Families of addresses whose links were cut because their pages repeat: how many did, of how many."""

    def __init__(self) -> None:
        self._repeats: Counter[str] = Counter()

    def cut(self, document: Document) -> None:
        """A record, with its `cut_links`."""
        self._repeats.update({one["pattern"] for one in document.get("cut_links", ()) if one["rule"] == COPY_RULE})

    def __bool__(self) -> bool:
        return bool(self._repeats)

    def counted(self, stored: Iterable[str]) -> Mapping[str, tuple[int, int]]:
        """Family → its stored pages, and those of them that repeated; `stored` are the keys of the round's pages."""
        pages: Counter[str] = Counter(family for key in stored if (family := family_of(key)) in self._repeats)
        return {family: (max(pages[family], number), number) for family, number in self._repeats.items()}
