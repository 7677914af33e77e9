"""The reading side: one round's records, streamed in key order, and counts over them.  Synchronous."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

from pymongo.errors import ExecutionTimeout

from cleaning.reasons import Verdict
from crawler.frontier.contract import End, Outlink
from crawler.frontier.ids import join_key, split_key
from pipelines.store.connect import Document, Store, reaching
from pipelines.store.records import links_of, record_id
from pipelines.store.segments import Segment, segments_of
from pipelines.store.values import ValueBook
from pipelines.store.writer import RECORDS

_BATCH: Final = 500  # documents per round trip: some 3 MB of pages

# Evidence counts once: a duplicate's stands on its representative, a harmful page's does not count.
EVIDENCE: Final = (Verdict.KEPT, Verdict.IRRELEVANT, Verdict.AD)
ENDED_BADLY: Final = (End.FAILED, End.QUARANTINED)


@dataclass(frozen=True, slots=True)
class PageFilter:
    """Which pages; an empty field does not restrict."""

    verdicts: tuple[Verdict, ...] = ()
    host: str = ""
    unit: str = ""
    code: str = ""  # pages that evidence this point
    since: datetime | None = None  # fetched at this time or later
    before: datetime | None = None  # fetched before this time
    tampered: bool = False  # pages with something their site's owner should be told

    def query(self) -> Document:
        """As MongoDB takes it."""
        asked: Document = {}
        if self.verdicts:
            asked["verdict"] = {"$in": [str(verdict) for verdict in self.verdicts]}
        if self.host:
            asked["host"] = self.host
        if self.unit:
            asked["units"] = self.unit
        if self.code:
            asked["tags.code"] = self.code
        if self.tampered:
            asked["findings.0"] = {"$exists": True}
        fetched = {"$gte": self.since, "$lt": self.before}
        if limits := {sign: moment for sign, moment in fetched.items() if moment is not None}:
            asked["fetched_at"] = limits
        return asked


@dataclass(frozen=True, slots=True)
class OutcomeFilter:
    """Which URLs that ended otherwise; an empty field does not restrict."""

    ends: tuple[End, ...] = (End.FAILED, End.SKIPPED, End.QUARANTINED)
    reason: str = ""
    host: str = ""
    unit: str = ""

    def query(self) -> Document:
        """As MongoDB takes it."""
        asked: Document = {"end": {"$in": [str(end) for end in self.ends]}}
        if self.reason:
            asked["reason"] = self.reason
        if self.host:
            asked["host"] = self.host
        if self.unit:
            asked["units"] = self.unit
        return asked


class RoundReader:
    """One round.  Every method raises StoreAway where MongoDB cannot be reached."""

    def __init__(self, database: Store, round_name: str, *, url: str = "") -> None:
        self._database = database
        self._records = database[RECORDS]
        self._round = round_name
        self._url = url or "the configured address"

    @property
    def round_name(self) -> str:
        """The round read."""
        return self._round

    @property
    def values(self) -> ValueBook:
        """Its values and samples."""
        return ValueBook(self._database, self._round, url=self._url)

    def segments(self, round_name: str = "") -> Iterator[Segment]:
        """The archive's segments in an object store, by name; none where the archive is a directory."""
        with reaching(self._url):
            yield from segments_of(self._database, round_name or self._round)

    def holders(self) -> list[str]:
        """Earlier rounds whose archives hold bytes of this one's pages."""
        found = self._aggregate(
            [
                {"$match": {"round": self._round, "end": str(End.STORED), "unchanged.round": {"$exists": True}}},
                {"$group": {"_id": "$unchanged.round"}},
            ]
        )
        return sorted(row["_id"] for row in found)

    def pages(self, where: PageFilter = PageFilter(), fields: Sequence[str] = ()) -> Iterator[Document]:
        """Stored pages in key order: whole documents, or `_id` and the fields named."""
        return self._stream({"end": str(End.STORED), **where.query()}, fields)

    def first_pages(self, where: PageFilter, fields: Sequence[str], limit: int) -> list[Document]:
        """At most so many of these pages, in key order."""
        return list(islice(self.pages(where, fields), limit))

    def count(self, where: PageFilter, seconds: float) -> int | None:
        """How many of these pages there are; None where that takes longer than so many seconds: not every filter has an index."""
        asked = {"round": self._round, "end": str(End.STORED), **where.query()}
        with reaching(self._url):
            try:
                return self._records.count_documents(asked, maxTimeMS=int(seconds * 1000))
            except ExecutionTimeout:
                return None

    def outcomes(self, where: OutcomeFilter = OutcomeFilter(), fields: Sequence[str] = ()) -> Iterator[Document]:
        """URLs that ended failed, skipped or quarantined, in key order."""
        return self._stream(where.query(), fields)

    def of_host(self, host: str, fields: Sequence[str]) -> Iterator[Document]:
        """All that has ended on one host, page or other, in key order: `_id` and the fields named."""
        first, last = record_id(self._round, join_key(host, "/")), record_id(self._round, join_key(host, "0"))
        asked = {"_id": {"$gte": first, "$lt": last}, "host": host}
        with (
            reaching(self._url),
            self._records.find(asked, dict.fromkeys(fields, 1), batch_size=_BATCH).sort("_id", 1) as cursor,
        ):
            yield from cursor

    def every(self, fields: Sequence[str]) -> Iterator[Document]:
        """All that has ended, page or other, in key order: `_id` and the fields named."""
        return self._stream({}, fields)

    def record(self, key: str) -> Document | None:
        """How this URL ended, page or other, its links as `{key, url, kind}`; None where it has not."""
        with reaching(self._url):
            found = self._records.find_one({"_id": record_id(self._round, key)})
        if found is not None:
            links = links_of(found)
            found["outlinks"] = [_link(link) for link in links.offered]
            found["foreign_links"] = [_link(link) for link in links.foreign]
        return found

    def beside(self, key: str) -> list[str]:
        """The URLs of the same host that stand just before and just after a key, whether or not it has a record itself."""
        host, here = split_key(key)[0], record_id(self._round, key)
        first, last = record_id(self._round, join_key(host, "/")), record_id(self._round, join_key(host, "0"))
        sides = (({"$gte": first, "$lt": here}, -1), ({"$gt": here, "$lt": last}, 1))
        found = []
        for span, direction in sides:
            with (
                reaching(self._url),
                self._records.find({"_id": span}, {"key": 1}).sort("_id", direction).limit(1) as cursor,
            ):
                found += [document["key"] for document in cursor]
        return found

    def records(self, keys: Sequence[str], fields: Sequence[str]) -> dict[str, Document]:
        """The records of these keys, by key, with `key` and the fields named; keys without one are left out."""
        asked = {"_id": {"$in": [record_id(self._round, key) for key in keys]}}
        with reaching(self._url), self._records.find(asked, dict.fromkeys(("key", *fields), 1)) as cursor:
            return {document["key"]: document for document in cursor}

    def ends_by_host(self) -> dict[str, dict[End, int]]:
        """Records per host and end."""
        return self._by_host({"round": self._round})

    def ends_on(self, hosts: Sequence[str]) -> dict[str, dict[End, int]]:
        """The same of these hosts alone, from the index; hosts without a record are left out."""
        return self._by_host(
            {"round": self._round, "end": {"$in": [str(end) for end in End]}, "host": {"$in": list(hosts)}}
        )

    def _by_host(self, match: Document) -> dict[str, dict[End, int]]:
        table: dict[str, dict[End, int]] = defaultdict(dict)
        for row in self._aggregate(
            [{"$match": match}, {"$group": {"_id": {"h": "$host", "e": "$end"}, "n": {"$sum": 1}}}]
        ):
            table[row["_id"]["h"]][End(row["_id"]["e"])] = row["n"]
        return dict(table)

    def ends(self) -> dict[End, int]:
        """Records per end."""
        total = dict.fromkeys(End, 0)
        for counts in self.ends_by_host().values():
            for end, count in counts.items():
                total[end] += count
        return total

    def verdicts(self) -> dict[Verdict, int]:
        """Pages per verdict; every verdict is named."""
        found = self._grouped({"end": str(End.STORED)}, "$verdict")
        return {verdict: found.get(str(verdict), 0) for verdict in Verdict}

    def reasons(self, ends: Sequence[End] = ENDED_BADLY) -> dict[str, int]:
        """Outcomes per reason, failures and quarantines where not told otherwise."""
        return self._grouped({"end": {"$in": [str(end) for end in ends]}}, "$reason")

    def reasons_by_host(self, ends: Sequence[End] = ENDED_BADLY) -> dict[str, dict[str, int]]:
        """The same per host."""
        table: dict[str, dict[str, int]] = defaultdict(dict)
        for row in self._aggregate(
            [
                {"$match": {"round": self._round, "end": {"$in": [str(end) for end in ends]}}},
                {"$group": {"_id": {"h": "$host", "r": "$reason"}, "n": {"$sum": 1}}},
            ]
        ):
            table[row["_id"]["h"]][row["_id"]["r"]] = row["n"]
        return dict(table)

    def via(self) -> dict[str, int]:
        """Pages per way of fetching."""
        return self._grouped({"end": str(End.STORED)}, "$via")

    def units(self) -> dict[str, int]:
        """Pages per unit; a page of several units counts for each."""
        found = self._aggregate(
            [
                {"$match": {"round": self._round, "end": str(End.STORED)}},
                {"$project": {"units": 1}},
                {"$unwind": "$units"},
                {"$group": {"_id": "$units", "n": {"$sum": 1}}},
            ]
        )
        return {row["_id"]: row["n"] for row in found}

    def points(self, verdicts: Sequence[Verdict] = EVIDENCE) -> dict[str, dict[str, int]]:
        """Unit → point code → number of pages that evidence it."""
        table: dict[str, dict[str, int]] = defaultdict(dict)
        for row in self._aggregate(
            [
                {
                    "$match": {
                        "round": self._round,
                        "end": str(End.STORED),
                        "verdict": {"$in": [str(verdict) for verdict in verdicts]},
                    }
                },
                {"$project": {"units": 1, "codes": {"$setUnion": ["$tags.code", []]}}},
                {"$unwind": "$codes"},
                {"$unwind": "$units"},
                {"$group": {"_id": {"u": "$units", "c": "$codes"}, "n": {"$sum": 1}}},
                {"$sort": {"_id": 1}},
            ]
        ):
            table[row["_id"]["u"]][row["_id"]["c"]] = row["n"]
        return dict(table)

    def _stream(self, query: Mapping[str, Any], fields: Sequence[str]) -> Iterator[Document]:
        # A round's name holds no blank, so "name " up to "name!" is exactly its ids.
        asked = {"_id": {"$gte": f"{self._round} ", "$lt": f"{self._round}!"}, **query}
        projection = dict.fromkeys(fields, 1) if fields else None
        with reaching(self._url), self._records.find(asked, projection, batch_size=_BATCH).sort("_id", 1) as cursor:
            yield from cursor

    def _grouped(self, match: Mapping[str, Any], field: str) -> dict[str, int]:
        found = self._aggregate(
            [{"$match": {"round": self._round, **match}}, {"$group": {"_id": field, "n": {"$sum": 1}}}]
        )
        return {row["_id"]: row["n"] for row in found}

    def _aggregate(self, pipeline: list[Document]) -> list[Document]:
        with reaching(self._url), self._records.aggregate(pipeline, allowDiskUse=True) as cursor:
            return list(cursor)


def _link(link: Outlink) -> Document:
    return {"key": link.key, "url": link.url, "kind": str(link.kind)}
