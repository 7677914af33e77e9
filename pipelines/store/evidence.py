"""From stored records to what is folded into values (`indicators.evidence_pages`).  Pure but for the reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from cleaning.documents.document import Note
from cleaning.page import Media, PageType
from cleaning.reasons import Verdict
from crawler.frontier.contract import End
from crawler.reasons import FailureReason, SkipReason
from indicators.areas import attributed
from indicators.evidence import Strength
from indicators.evidence_pages import Evidence, EvidencePage
from indicators.measurement import from_document
from pipelines.store.reader import RoundReader
from pipelines.store.records import is_absent

FIELDS: Final = (
    "key", "units", "host", "end", "depth", "verdict", "duplicate_of", "page_type", "facts", "media", "note", "bytes",
    "reason", "reasons.where", "tags.code", "tags.strength", "tags.confidence", "tags.measured",
)  # fmt: skip
DEAD: Final = frozenset(
    {
        FailureReason.UNRESOLVED, FailureReason.REFUSED, FailureReason.TIMEOUT, FailureReason.TLS,
        FailureReason.HTTP_4XX, FailureReason.HTTP_5XX, FailureReason.BROKEN, FailureReason.DEAD_HOST,
        FailureReason.REDIRECT_LOOP,
    }
)  # fmt: skip
"""A visitor could not have had it either."""

REFUSED: Final = frozenset(
    {FailureReason.FORBIDDEN, FailureReason.THROTTLED, FailureReason.ROBOTS_UNREACHABLE, SkipReason.ROBOTS}
)
"""Refused to us alone: nobody can say what stands there."""

SEEN_FIELDS: Final = ("key", "url", "units", "host", "end", "verdict", "page_type", "reason", "reasons.where")

_FILES: Final = (".pdf", ".doc", ".docx", ".xls", ".xlsx", ".wps", ".zip", ".rar", ".ofd", ".csv")
_LEAST_FILE: Final = 1024  # bytes: the catalogue's own bound (2.2.2-M03)
_UNREADABLE: Final = frozenset({Note.BROKEN})


def evidence_of_host(reader: RoundReader, host: str) -> Iterator[tuple[tuple[str, ...], EvidencePage]]:
    """Every URL of a host that says something of its units, with the units whose page it is, in key order."""
    for document in reader.of_host(host, FIELDS):
        page = evidence_page(document)
        if page is not None:
            yield attributed(document["units"], page.key), page


class Seen(StrEnum):
    """What a URL counts as in how far a unit was searched."""

    PAGE = "page"  # may show something
    DEAD = "dead"  # an error page among them, whatever its status
    REFUSED = "refused"
    HARMFUL = "harmful"  # stored, and gives nothing


def seen_as(document: Mapping[str, Any]) -> Seen | None:
    """What a record (`SEEN_FIELDS` of it) counts as, for values and their explanation alike; None: it tells nothing."""
    if document["end"] != End.STORED:
        reason = document.get("reason")
        return Seen.DEAD if reason in DEAD else Seen.REFUSED if reason in REFUSED else None
    if document["verdict"] == Verdict.HARMFUL:
        return Seen.HARMFUL
    return Seen.DEAD if is_absent(document) or document["page_type"] == PageType.ERROR else Seen.PAGE


def evidence_page(document: Mapping[str, Any]) -> EvidencePage | None:
    """A record as it is folded; None where it tells nothing: harmful pages, redirects, pictures, faults of ours."""
    key, host, depth = document["key"], document["host"], document["depth"]
    seen = seen_as(document)
    if seen is None or seen is Seen.HARMFUL:
        return None
    if document["end"] != End.STORED:
        file = key.partition("?")[0].lower().endswith(_FILES)
        dead, refused = seen is Seen.DEAD, seen is Seen.REFUSED
        return EvidencePage(key, key, host, depth, file=file, readable=False, dead=dead, refused=refused)
    file = document["media"] == Media.ATTACHMENT
    # Its host answers so for what does not exist: whatever its tags say, they are the error page's.
    absent = is_absent(document)
    return EvidencePage(
        key=key,
        copy_of=document["duplicate_of"] or key,
        host=host,
        depth=depth,
        page_type=document["page_type"],
        facts=document.get("facts", 0),
        file=file,
        readable=document["bytes"] > _LEAST_FILE and document["note"] not in _UNREADABLE,
        dead=seen is Seen.DEAD,
        evidence=() if absent else tuple(map(_evidence, document["tags"])),
    )


def _evidence(tag: Mapping[str, Any]) -> Evidence:
    return Evidence(
        tag["code"],
        tag["strength"] == Strength.CONTENT,
        tag["confidence"],
        from_document(tag.get("measured", {})),
    )
