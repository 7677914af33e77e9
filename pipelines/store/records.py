"""Items to documents and back, purely.  Shapes: docs/storage.md.

Every URL of a round that has ended is one document of `records`, `_id` = "round key"; `end` says which kind it is.  A
document carries the fence of the lease that wrote it (`epoch`, `serial`, from the lease token): a later grant of the
same URL has a greater serial, so a worker that lost its lease cannot write over its successor.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from bson import encode
from bson.raw_bson import RawBSONDocument

from cleaning.page import Judgement, LinkKind, Reading
from cleaning.reasons import Reason, ReasonCode, Verdict
from crawler.frontier.contract import Cut, End, Lease, Outlink
from crawler.items import ArchiveRef, FetchFailure, Loaded, PageItem, Skipped, Unchanged
from crawler.reasons import FailureReason
from indicators.evidence import Tag, Tagged
from indicators.judging import judged_by
from indicators.measurement import to_document
from pipelines.store.errors import RecordTooLarge
from pipelines.store.links import PageLinks, pack, unpack

SCHEMA_VERSION: Final = 2

# MongoDB refuses documents over 16 MiB; the rest is left for `$set`, `_id` and what later passes add.
MAX_RECORD_BYTES: Final = 15_000_000
# A text longer than this is kept shortened in the record (`text_cut`); the whole stands in the archive.
MAX_TEXT: Final = 1_000_000
# Cut links kept with their page; `cut` tells how many there were, and the archived bytes have them all.
MAX_CUTS: Final = 100
PROBE_WHERE: Final = "probe"  # where a reason stands that only the host's answer to a made-up address gives

# Fields that only one kind of record has: writing the other kind over it removes them.
PAGE_ONLY: Final = (
    "fetched_at", "elapsed", "address", "headers", "media", "content_type", "charset", "declared_charset",
    "language", "sha256", "wire_bytes", "bytes", "text_hash", "simhash", "sketch", "number_hash", "title", "site_title", "text",
    "text_length", "text_cut", "attachment", "note", "published", "source", "column_path", "page_type", "system", "judged", "verdict", "reasons", "findings",
    "duplicate_of", "same_as", "family", "tags", "facts", "judged_by", "archive", "dom_archive", "loaded", "out_of_scope", "cut", "cut_links", "unchanged", "pruned",
)  # fmt: skip
OUTCOME_ONLY: Final = ("reason", "detail", "attempts", "at")
NOT_ASKED: Final = frozenset({FailureReason.DEAD_HOST, FailureReason.ROBOTS_UNREACHABLE})  # ended without its last try

Ended: TypeAlias = PageItem | FetchFailure | Skipped


@dataclass(frozen=True, slots=True)
class Draft:
    """A record ready to be written, save its depth: `fields` is BSON, so that it is encoded once and its size known."""

    id: str
    lease: Lease
    end: End
    fields: RawBSONDocument
    outlinks: tuple[Outlink, ...]
    out_of_scope: int
    cut: int


@dataclass(frozen=True, slots=True)
class Fence:
    """The order of grants: the greater serial is the later grant, in whatever epoch."""

    epoch: str
    serial: int


def record_id(round_name: str, key: str) -> str:
    """The `_id`: a round's name holds no blank, so all its records are one range of ids."""
    return f"{round_name} {key}"


def fence_of(token: str) -> Fence:
    """Read `epoch-serial` from a lease token; a token without a serial gives 0."""
    epoch, _, serial = token.rpartition("-")
    return Fence(epoch, int(serial)) if serial.isdecimal() else Fence(token, 0)


def draft(round_name: str, item: Ended) -> Draft:
    """The record of an ended URL.  Raises RecordTooLarge when it is over MongoDB's limit without its text as well."""
    document = _page(round_name, item) if isinstance(item, PageItem) else _outcome(round_name, item)
    out_of_scope, cut = (item.out_of_scope, len(item.cuts)) if isinstance(item, PageItem) else (0, 0)
    return Draft(
        id=record_id(round_name, item.lease.key),
        lease=item.lease,
        end=end_of(item),
        fields=_encode(document),
        outlinks=() if isinstance(item, FetchFailure) else item.outlinks,
        out_of_scope=out_of_scope,
        cut=cut,
    )


def whole(draft: Draft, depth: int) -> RawBSONDocument:
    """The document as it is first written.  Put together from encoded parts: BSON is a length, its fields, and a zero."""
    fields = encode({"_id": draft.id, "depth": depth})[4:-1] + draft.fields.raw[4:]
    return RawBSONDocument(struct.pack("<i", 4 + len(fields)) + fields)


def end_of(item: Ended) -> End:
    """How this item ends its URL."""
    if isinstance(item, PageItem):
        return End.STORED
    if isinstance(item, Skipped):
        return End.SKIPPED
    return End.QUARANTINED if item.quarantined else End.FAILED


def links_of(document: Mapping[str, Any]) -> PageLinks:
    """What the page links to, in scope and beyond."""
    return unpack(document["key"], document.get("outlinks", b""))


def tries(document: Mapping[str, Any]) -> int:
    """How often a URL that ended without a page was tried: `attempts` are the passes before the last.

    What is skipped for something known before any request has no status, and no last try.
    """
    asked = document["status"] or (document["end"] != End.SKIPPED and document["reason"] not in NOT_ASKED)
    return int(document["attempts"]) + bool(asked)


def archive_of(document: Mapping[str, Any], field: str = "archive") -> ArchiveRef | None:
    """The address of a page's archived bytes (`archive`) or of its rendered DOM (`dom_archive`)."""
    found = document.get(field)
    return ArchiveRef(found["uri"], found["offset"], found["length"]) if found else None


def reason_document(reason: Reason) -> dict[str, Any]:
    """A reason as stored."""
    return {"code": str(reason.code), "detail": reason.detail, "where": reason.where, "weight": reason.weight}


def simhash_text(value: int) -> str:
    """64 bits as 16 hex digits; MongoDB's integers are signed."""
    return f"{value & 0xFFFF_FFFF_FFFF_FFFF:016x}"


def _shared(round_name: str, item: Ended) -> dict[str, Any]:
    fence = fence_of(item.lease.token)
    links = PageLinks() if isinstance(item, FetchFailure) else PageLinks(item.outlinks, item.foreign)
    return {
        "schema_version": SCHEMA_VERSION,
        "round": round_name,
        "key": item.lease.key,
        "url": item.lease.url,
        "host": item.lease.host,
        "units": list(item.units),
        "end": str(end_of(item)),
        "token": item.lease.token,
        "epoch": fence.epoch,
        "serial": fence.serial,
        "chain": item.lease.chain,
        "outlinks": pack(item.lease.key, links),
    }


def judged_fields(reading: Reading, judgement: Judgement, tagged: Tagged) -> dict[str, Any]:
    """What a page says and how it was judged, as stored: all that judging its archived bytes again may change.

    Verdict and reasons are the page's own; what settling a round makes of them comes after.
    """
    return {
        "judged_by": judged_by(),
        "media": str(reading.media),
        "charset": reading.charset,
        "declared_charset": reading.declared_charset,
        "language": reading.language,
        "text_hash": reading.text_hash,
        "simhash": simhash_text(reading.simhash),
        "sketch": reading.sketch,
        "number_hash": reading.number_hash,
        "title": reading.title,
        "site_title": reading.site_title,
        "text": reading.text[:MAX_TEXT],
        "text_length": len(reading.text),
        "text_cut": len(reading.text) > MAX_TEXT,
        "attachment": reading.attachment,
        "note": reading.note,
        "published": reading.published,
        "source": reading.source,
        "column_path": list(reading.column_path),
        "page_type": str(reading.page_type),
        "system": reading.system,
        "judged": str(judgement.verdict),
        "verdict": str(judgement.verdict),
        "reasons": [reason_document(reason) for reason in judgement.reasons],
        "findings": [reason_document(reason) for reason in judgement.findings],
        "tags": [tag_document(tag) for tag in tagged.tags],
        "facts": tagged.facts,
    }


def _page(round_name: str, item: PageItem) -> dict[str, Any]:
    capture, judgement = item.capture, item.judgement
    if judgement is None or item.archive is None:
        raise ValueError(f"{item.lease.key} reached the store step unarchived or unjudged: check ITEM_PIPELINES")
    absent = bool(item.absent_like) and judgement.verdict is Verdict.KEPT
    copied = bool(item.duplicate_of) and judgement.verdict is Verdict.KEPT and not absent
    document = _shared(round_name, item) | judged_fields(item.reading, judgement, Tagged(item.tags, item.facts))
    if absent:
        document |= {
            "verdict": str(Verdict.IRRELEVANT),
            "reasons": [probe_reason(item.absent_like), *document["reasons"]],
        }
    if copied:
        document |= {
            "verdict": str(Verdict.DUPLICATE),
            "reasons": [_copy_reason(item), *document["reasons"]],
        }
    return document | {
        "out_of_scope": item.out_of_scope,
        "cut": len(item.cuts),
        "status": capture.status,
        "via": str(capture.via),
        "fetched_at": datetime.fromtimestamp(capture.fetched_at, UTC),
        "elapsed": capture.elapsed,
        "address": capture.address,
        "headers": [list(pair) for pair in capture.headers],
        "content_type": header(capture.headers, "content-type"),
        "sha256": hashlib.sha256(capture.body).hexdigest(),
        "wire_bytes": len(capture.wire),
        "bytes": len(capture.body),
        "duplicate_of": item.duplicate_of if copied else "",
        "same_as": [],
        "family": "",
        "archive": _archive(item.archive),
        "dom_archive": _archive(item.dom_archive) if item.dom_archive else None,
        "loaded": [_loaded(one) for one in item.loaded],
        "cut_links": [cut_document(cut) for cut in item.cuts[:MAX_CUTS]],
        "unchanged": _unchanged(item.unchanged),
        "pruned": None,
    }


def _outcome(round_name: str, item: FetchFailure | Skipped) -> dict[str, Any]:
    return _shared(round_name, item) | {
        "reason": str(item.reason),
        "detail": item.detail[:4_000],
        "status": item.status,
        "via": str(item.lease.via),
        "attempts": item.lease.attempts,
        "at": datetime.fromtimestamp(item.at, UTC),
    }


def header(headers: Iterable[tuple[str, str]], name: str) -> str:
    """The first value under `name` (lower case), empty where there is none."""
    return next((value for key, value in headers if key.lower() == name), "")


def _copy_reason(item: PageItem) -> dict[str, Any]:
    code = ReasonCode.NEAR_COPY if item.near_copy else ReasonCode.EXACT_COPY
    return reason_document(Reason(code, item.duplicate_of, "text"))


def probe_reason(url: str) -> dict[str, Any]:
    """Why a page is none: its host answers alike for the made-up address `url`."""
    return reason_document(Reason(ReasonCode.SOFT_404, f"as {url}, which does not exist", PROBE_WHERE, 5.0))


def is_absent(record: Mapping[str, Any]) -> bool:
    """Whether a record says so: its host answers alike for what does not exist."""
    return any(reason["where"] == PROBE_WHERE for reason in record["reasons"])


def cut_document(cut: Cut) -> dict[str, str]:
    """A cut link as stored; `url` is left out where it equals `key`."""
    link = {"key": cut.link.key, "kind": str(cut.link.kind)}
    url = {} if cut.link.url == cut.link.key else {"url": cut.link.url}
    return {"rule": cut.rule, "pattern": cut.pattern, **link, **url}


def cuts_of(document: Mapping[str, Any]) -> tuple[Cut, ...]:
    """The stored cut links of a page."""
    return tuple(
        Cut(one["rule"], one["pattern"], Outlink(one["key"], one.get("url", one["key"]), LinkKind(one["kind"])))
        for one in document.get("cut_links", ())
    )


def tag_document(tag: Tag) -> dict[str, Any]:
    """A tag as stored: the numbers it gives stand under `measured` where it gives any."""
    measured = to_document(tag.measured)
    return {
        "code": tag.code,
        "strength": str(tag.strength),
        "confidence": tag.confidence,
        "snippet": tag.snippet,
        "zone": tag.zone,
    } | ({"measured": measured} if measured else {})


def _loaded(one: Loaded) -> dict[str, Any]:
    sent = {"sent": one.sent} if one.sent else {}
    named = {"url": one.url, "method": one.method, "status": one.status, "content_type": one.content_type}
    return named | sent | {"again": one.again, "archive": _archive(one.archive)}


def loaded_of(document: Mapping[str, Any]) -> tuple[Loaded, ...]:
    """What a browser page was built from, in the order it came."""
    return tuple(
        Loaded(
            one["url"],
            one["method"],
            one["status"],
            one["content_type"],
            one.get("sent", ""),
            ArchiveRef(one["archive"]["uri"], one["archive"]["offset"], one["archive"]["length"]),
            one["again"],
        )
        for one in document.get("loaded", ())
    )


def _unchanged(found: Unchanged | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"round": found.round, "since": datetime.fromtimestamp(found.since, UTC), "how": found.how}


def _archive(ref: ArchiveRef) -> dict[str, Any]:
    return {"uri": ref.uri, "offset": ref.offset, "length": ref.length}


def _encode(document: dict[str, Any]) -> RawBSONDocument:
    try:
        encoded = encode(document)
    except UnicodeEncodeError:
        document = _storable(document)
        encoded = encode(document)
    if len(encoded) > MAX_RECORD_BYTES and "text" in document:
        document = document | {"text": "", "text_cut": True}
        encoded = encode(document)
    if len(encoded) > MAX_RECORD_BYTES:
        raise RecordTooLarge(f"the record of {document['key'][:200]} has {len(encoded)} bytes, MongoDB takes 16 MB")
    return RawBSONDocument(encoded)


def _storable(value: Any) -> Any:
    """Half a surrogate pair, as a page may spell it by an entity, has no UTF-8: it becomes a question mark."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {key: _storable(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_storable(each) for each in value]
    return value
