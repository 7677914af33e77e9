"""A round whose archive is being pruned: which files are to be rewritten, and who names which of their records.

`prune_files` has one document per archive file of which something goes, `prune_refs` one per record of such a file that
stays and page that names it.  Both are gone when the round is done.  A file is `listed` before the first page is
marked, and `ready` once all who name its records are known: from then on it can be gone on with after a kill.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

from pymongo import ReplaceOne, UpdateOne

from crawler.frontier.contract import End
from crawler.items import ArchiveRef
from pipelines.store.connect import Document, Store, reaching
from pipelines.store.reader import RoundReader
from pipelines.store.records import SCHEMA_VERSION
from pipelines.store.segments import SEGMENTS
from pipelines.store.writer import RECORDS

FILES: Final = "prune_files"
REFS: Final = "prune_refs"
_SLICE: Final = 500
_ADDRESSES: Final = ("archive", "dom_archive", "loaded")


@dataclass(frozen=True, slots=True)
class Named:
    """A record of an archive file, and the page's record (by `_id`) that names it."""

    ref: ArchiveRef
    page: str


class PruneBook:
    """One round's pruning.  Every method raises StoreAway where MongoDB cannot be reached, and may be repeated."""

    def __init__(self, database: Store, round_name: str, *, url: str = "") -> None:
        self._database = database
        self._round = round_name
        self._url = url or "the configured address"

    def list_files(self, uris: Iterable[str]) -> None:
        """Something of these files goes."""
        writes = [
            UpdateOne(
                {"_id": f"{self._round} {uri}"},
                {"$setOnInsert": {"round": self._round, "uri": uri, "ready": False, "schema_version": SCHEMA_VERSION}},
                upsert=True,
            )
            for uri in uris
        ]
        self._write(FILES, writes)

    def mark(self, pages: Iterable[Mapping[str, Any]], at: datetime) -> None:
        """These pages' bytes go: their records say so and name them no more."""
        gone: Document = {"archive": None, "dom_archive": None, "loaded": []}
        self._write(
            RECORDS, [UpdateOne({"_id": page["_id"]}, {"$set": {**gone, "pruned": {"at": at}}}) for page in pages]
        )

    def files(self, *, ready: bool) -> list[str]:
        """Files that are listed and not ready, or ready and not done, by URI."""
        with reaching(self._url), self._database[FILES].find({"round": self._round, "ready": ready}) as cursor:
            return sorted(found["uri"] for found in cursor)

    def begin_refs(self) -> set[str]:
        """Forget who names records of files that are not ready; answers those files."""
        listed = self.files(ready=False)
        for uri in listed:
            self._forget_refs(uri)
        return set(listed)

    def add_refs(self, found: Sequence[Named]) -> None:
        """These records stay."""
        writes = [
            ReplaceOne(
                {"_id": f"{self._round} {one.ref.uri} {one.ref.offset:015d} {one.page}"},
                {
                    "_id": f"{self._round} {one.ref.uri} {one.ref.offset:015d} {one.page}",
                    "uri": one.ref.uri, "offset": one.ref.offset, "length": one.ref.length, "page": one.page,
                },
                upsert=True,
            )
            for one in found
        ]  # fmt: skip
        self._write(REFS, writes)

    def set_ready(self, uris: Iterable[str]) -> None:
        """All who name records of these files are known."""
        self._write(
            FILES, [UpdateOne({"_id": f"{self._round} {uri}"}, {"$set": {"ready": True}}) for uri in sorted(uris)]
        )

    def refs(self, uri: str) -> Iterator[Named]:
        """Who names which record of a file, in the order of its bytes."""
        with reaching(self._url), self._database[REFS].find(self._of_file(uri)).sort("_id", 1) as cursor:
            for one in cursor:
                yield Named(ArchiveRef(one["uri"], one["offset"], one["length"]), one["page"])

    def move(self, moved: Iterator[tuple[Named, ArchiveRef]]) -> None:
        """Pages name the records at their new addresses; one that does so already is left."""
        while part := list(islice(moved, _SLICE)):
            new = {(old.ref.uri, old.ref.offset): ref for old, ref in part}
            asked = {"_id": {"$in": sorted({old.page for old, _ in part})}}
            with (
                reaching(self._url),
                self._database[RECORDS].find(asked, dict.fromkeys(_ADDRESSES, 1)) as cursor,
            ):
                pages = list(cursor)
            self._write(RECORDS, [UpdateOne({"_id": page["_id"]}, {"$set": _moved(page, new)}) for page in pages])

    def done(self, uri: str) -> None:
        """The file is gone, its register entry as well."""
        with reaching(self._url):
            self._database[SEGMENTS].delete_one({"url": uri, "round": self._round})
        self._forget_refs(uri)
        with reaching(self._url):
            self._database[FILES].delete_one({"_id": f"{self._round} {uri}"})

    def carriers(self, others: Iterable[str]) -> list[str]:
        """Of the other rounds, those whose pages name bytes of this one's archive."""
        return [name for name in others if self._round in RoundReader(self._database, name, url=self._url).holders()]

    def carried(self, others: Sequence[str], pages: Sequence[Document]) -> set[str]:
        """Keys of these pages whose bytes a page of another round names."""
        found: set[str] = set()
        wanted = {page["key"]: page["archive"] for page in pages if page["archive"]}
        for name in others:
            reader = RoundReader(self._database, name, url=self._url)
            for key, one in reader.records(list(wanted), ("end", "archive")).items():
                if one["end"] == End.STORED and one["archive"] == wanted[key]:
                    found.add(key)
        return found

    def _of_file(self, uri: str) -> Document:
        return {"_id": {"$gte": f"{self._round} {uri} ", "$lt": f"{self._round} {uri}!"}}

    def _forget_refs(self, uri: str) -> None:
        with reaching(self._url):
            self._database[REFS].delete_many(self._of_file(uri))

    def _write(self, collection: str, writes: Sequence[Any]) -> None:
        if writes:
            with reaching(self._url):
                self._database[collection].bulk_write(writes, ordered=False)


def refs_of(page: Mapping[str, Any]) -> Iterator[ArchiveRef]:
    """Every archive record a page's record names."""
    own = (page.get("archive"), page.get("dom_archive"))
    for one in (*own, *(loaded["archive"] for loaded in page.get("loaded") or ())):
        if one:
            yield ArchiveRef(one["uri"], one["offset"], one["length"])


def _moved(page: Document, new: Mapping[tuple[str, int], ArchiveRef]) -> Document:
    def address(old: Document | None) -> Document | None:
        ref = new.get((old["uri"], old["offset"])) if old else None
        return {"uri": ref.uri, "offset": ref.offset, "length": ref.length} if ref else old

    changed = {name: address(page.get(name)) for name in ("archive", "dom_archive")}
    loaded = [one | {"archive": address(one["archive"])} for one in page.get("loaded") or ()]
    return {**changed, "loaded": loaded}
