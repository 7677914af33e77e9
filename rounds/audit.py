"""The audit: the ledger closes, and every page can be walked back to its archived bytes.

Only reads.  Best run at rest; while leases are out, a record may stand whose ack is still under way, so that many
records more than the ledger counts are no difference.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Any, Final

from cleaning.reasons import Verdict
from cleaning.urls import canonicalize
from crawler.frontier.contract import Counts, End
from crawler.items import ArchiveRef
from indicators.catalogue import load
from pipelines.archive_reader import ArchivedRecord, read
from pipelines.errors import RecordBroken, RecordMissing
from pipelines.store.connect import Document
from pipelines.store.reader import RoundReader
from pipelines.store.records import archive_of, loaded_of
from rounds.audit_archive import Holdings, Leftover, holdings
from rounds.progress import remaining

MAX_SNIPPET: Final = 120  # characters (indicators.evidence)
_CHUNK: Final = 500  # pages looked at together

_PAGE_FIELDS: Final = (
    "unchanged", "key", "url", "units", "sha256", "verdict", "duplicate_of", "tags", "archive", "dom_archive", "loaded", "via", "pruned",
)  # fmt: skip


class Kind(StrEnum):
    """What can be wrong: closed."""

    LEDGER = "ledger"  # found is not the sum of the places a URL can be in
    COUNT = "count"  # the frontier counts another number of an end than there are records
    ARCHIVE_MISSING = "archive-missing"  # no readable record at the page's address
    ARCHIVE_KIND = "archive-kind"  # the record is of another kind than it should be
    ARCHIVE_URL = "archive-url"  # the record is another URL's
    BYTES = "bytes"  # the archived body is not the one that was judged
    DOM = "dom"  # the rendered DOM is missing, or belongs to another answer
    LOADED = "loaded"  # a script or answer that built the page is missing, or is another URL's
    SEGMENT = "segment"  # a registered segment is not in the object store as it was sealed
    DUPLICATE = "duplicate"  # duplicate_of names no page, a duplicate, or one that does not serve a unit of this page
    VALUE = "value"  # a value names a page that does not show its point, or is scored without being found
    SAMPLE = "sample"  # a value's observations are not those it names, or do not make up what they were drawn from
    CATALOGUE = "catalogue"  # the catalogue a value was worked out by is not kept
    TAG = "tag"  # a point the catalogue does not know, or a snippet that is too long


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it should be; `key` is a page's key, a host, or the round's name."""

    kind: Kind
    key: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What was checked, and every difference."""

    differences: tuple[Difference, ...]
    pages: int  # all stored pages: marks and tags were checked
    archived: int  # pages whose archived bytes were read back
    outcomes: int
    leftovers: tuple[Leftover, ...] = ()  # of killed workers: named, but no difference
    cuts: Mapping[str, int] = field(default_factory=dict)  # links kept as cut with their pages, by rule
    pruned: int = 0  # pages whose bytes were let go by `caifeng prune`: no difference
    remaining: int = 0  # URLs still to be done: what was checked is the round as far as it has come

    @property
    def clean(self) -> bool:
        """True where nothing differs."""
        return not self.differences


@dataclass(slots=True)
class _Pages:
    """Running totals of the walk over the pages."""

    holdings: Holdings
    pages: int = 0
    archived: int = 0
    pruned: int = 0
    differences: list[Difference] = field(default_factory=list)


def audit(
    counts: Counts,
    host_counts: Mapping[str, Counts],
    reader: RoundReader,
    *,
    archive_url: str,
    sample: int | None = None,
    codes: Collection[str] | None = None,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> AuditReport:
    """Check the round.  `sample` bounds how many pages' bytes are read back, spread evenly; None reads all.

    That each page's address lies within its file is looked at for all of them.  `codes` are the points the catalogue knows (the installed catalogue's where not given); `progress` is told how
    many pages are done, of how many.  Raises StoreAway, ArchiveAway.
    """
    known = frozenset(load().points if codes is None else codes)
    by_host = reader.ends_by_host()
    differences = [
        *ledger_differences(reader.round_name, counts, host_counts),
        *count_differences(host_counts, by_host),
    ]
    stored = sum(ends.get(End.STORED, 0) for ends in by_host.values())
    outcomes = sum(sum(ends.values()) for ends in by_host.values()) - stored
    stride = 1 if sample is None else -(-stored // sample) if sample > 0 else 0
    seen = _Pages(holdings(reader.round_name, reader.segments()))
    for name in reader.holders():
        seen.holdings.lend(reader.segments(name))
    pages = reader.pages(fields=_PAGE_FIELDS)
    while chunk := list(islice(pages, _CHUNK)):
        _check_chunk(chunk, reader, known, stride, seen)
        progress(seen.pages, stored)
    differences += seen.differences
    differences += (
        Difference(Kind.SEGMENT, segment.url, f"{segment.bytes} bytes, sha256 {segment.sha256}", found)
        for segment, found in seen.holdings.broken_segments(whole=sample is None)
    )
    return AuditReport(
        tuple(differences),
        seen.pages,
        seen.archived,
        outcomes,
        tuple(seen.holdings.leftovers(archive_url)),
        pruned=seen.pruned,
        remaining=remaining(counts),
    )


def ledger_differences(round_name: str, counts: Counts, host_counts: Mapping[str, Counts]) -> Iterator[Difference]:
    """Promise F1, for the round and for each host; and the hosts must add up to the round."""
    for name, each in ((round_name, counts), *sorted(host_counts.items())):
        if each.difference:
            yield Difference(Kind.LEDGER, name, f"{each.found} found", f"{each.found - each.difference} accounted for")
    for field_name in ("found", "queued", "delayed", "leased", *map(str, End)):
        of_hosts = sum(getattr(each, field_name) for each in host_counts.values())
        if of_hosts != getattr(counts, field_name):
            expected = f"{getattr(counts, field_name)} {field_name}"
            yield Difference(Kind.LEDGER, round_name, expected, f"{of_hosts} over all hosts")


def count_differences(
    host_counts: Mapping[str, Counts], by_host: Mapping[str, Mapping[End, int]]
) -> Iterator[Difference]:
    """The frontier's counters against the records, per host and end."""
    for host in sorted({*host_counts, *by_host}):
        counts, records = host_counts.get(host, Counts()), by_host.get(host, {})
        under_way = counts.leased
        for end in End:
            counted, written = int(getattr(counts, str(end))), records.get(end, 0)
            ahead = written - counted
            if ahead < 0 or ahead > under_way:
                yield Difference(Kind.COUNT, host, f"{counted} {end}", f"{written} records")
            else:
                under_way -= ahead


def place_differences(page: Mapping[str, Any], there: Holdings) -> Iterator[Difference]:
    """Whether the page's addresses can hold records at all; reads none."""
    main, dom = archive_of(page), archive_of(page, "dom_archive")
    if main is None and page.get("pruned"):
        return
    if main is None:
        yield Difference(Kind.ARCHIVE_MISSING, page["key"], "an archive address", "none")
    lent = bool(page.get("unchanged"))
    for kind, ref in ((Kind.ARCHIVE_MISSING, main), (Kind.DOM, dom)):
        problem = there.problem(ref, lent=lent) if ref is not None else ""
        if ref is not None and problem:
            yield Difference(kind, page["key"], _expected(ref), problem)
    for one in loaded_of(page):
        if problem := there.problem(one.archive):
            yield Difference(Kind.LOADED, page["key"], _expected(one.archive), problem)


def page_differences(page: Mapping[str, Any]) -> Iterator[Difference]:
    """The chain page → archive record → bytes, for one page whose places are sound.  Raises ArchiveAway."""
    ref = archive_of(page)
    assert ref is not None
    try:
        main = read(ref)
    except (RecordMissing, RecordBroken) as error:
        yield Difference(Kind.ARCHIVE_MISSING, page["key"], _expected(ref), str(error))
        return
    yield from _main_differences(page, main)
    yield from _dom_differences(page, main)
    yield from _loaded_differences(page)


def _expected(ref: ArchiveRef) -> str:
    return f"a record at {ref.uri} {ref.offset}"


def _main_differences(page: Mapping[str, Any], main: ArchivedRecord) -> Iterator[Difference]:
    if main.kind != "response":
        yield Difference(Kind.ARCHIVE_KIND, page["key"], "response", main.kind)
    if main.url != page["url"] and canonicalize(main.url) != page["key"]:
        yield Difference(Kind.ARCHIVE_URL, page["key"], page["url"], main.url)
    digest = hashlib.sha256(main.body).hexdigest()
    if digest != page["sha256"]:
        yield Difference(Kind.BYTES, page["key"], page["sha256"], digest)


def _dom_differences(page: Mapping[str, Any], main: ArchivedRecord) -> Iterator[Difference]:
    ref = archive_of(page, "dom_archive")
    if ref is None:
        return
    try:
        dom = read(ref)
    except (RecordMissing, RecordBroken) as error:
        yield Difference(Kind.DOM, page["key"], _expected(ref), str(error))
        return
    if dom.kind != "conversion" or dom.refers_to != main.record_id:
        yield Difference(
            Kind.DOM, page["key"], f"conversion of {main.record_id}", f"{dom.kind} of {dom.refers_to or 'nothing'}"
        )


def _loaded_differences(page: Mapping[str, Any]) -> Iterator[Difference]:
    """What a page was built from; bytes that stand with an earlier page are read with that one."""
    for one in loaded_of(page):
        if one.again:
            continue
        try:
            record = read(one.archive)
        except (RecordMissing, RecordBroken) as error:
            yield Difference(Kind.LOADED, page["key"], _expected(one.archive), str(error))
            continue
        if (record.kind, record.url) != ("response", one.url):
            yield Difference(Kind.LOADED, page["key"], f"response of {one.url}", f"{record.kind} of {record.url}")


def tag_differences(page: Mapping[str, Any], codes: Collection[str]) -> Iterator[Difference]:
    """Every tag names a known point and quotes the page briefly."""
    for tag in page["tags"]:
        if tag["code"] not in codes:
            yield Difference(Kind.TAG, page["key"], "a point of the catalogue", tag["code"])
        if len(tag["snippet"]) > MAX_SNIPPET:
            yield Difference(Kind.TAG, page["key"], f"at most {MAX_SNIPPET} characters", str(len(tag["snippet"])))


def duplicate_difference(page: Mapping[str, Any], representative: Mapping[str, Any] | None) -> Difference | None:
    """What is wrong with a duplicate's representative; None where nothing is."""
    if representative is None or representative["end"] != End.STORED:
        found = "no stored page"
    elif representative["verdict"] == Verdict.DUPLICATE:
        found = "a duplicate itself"
    elif set(page["units"]).isdisjoint(representative["units"]):
        found = "a page of other units"
    else:
        return None
    return Difference(Kind.DUPLICATE, page["key"], page["duplicate_of"] or "a page it is a copy of", found)


def _check_chunk(
    chunk: Sequence[Document], reader: RoundReader, codes: Collection[str], stride: int, seen: _Pages
) -> None:
    duplicates = [page for page in chunk if page["verdict"] == Verdict.DUPLICATE]
    representatives = reader.records([page["duplicate_of"] for page in duplicates], ("end", "verdict", "units"))
    for page in duplicates:
        wrong = duplicate_difference(page, representatives.get(page["duplicate_of"]))
        if wrong is not None:
            seen.differences.append(wrong)
    for page in chunk:
        seen.differences.extend(tag_differences(page, codes))
        wrong_places = list(place_differences(page, seen.holdings))
        seen.differences.extend(wrong_places)
        if page.get("pruned"):
            seen.pruned += 1
        elif stride and seen.pages % stride == 0:
            seen.differences.extend(() if wrong_places else page_differences(page))
            seen.archived += 1
        seen.pages += 1
