"""What browser pages were built from, in the archive: a site's library is on every page of it and stored once."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from crawler.items import ArchiveRef, Capture, DataResponse, Loaded
from pipelines import warc

REMEMBERED: Final = 4_096  # responses whose bytes are known to stand in the archive, some 1 KB each

_Name = tuple[str, bytes]  # URL, and SHA-256 of the body


@dataclass(frozen=True, slots=True)
class Stored:
    """Where bytes stand already."""

    original: warc.Original
    archive: ArchiveRef


@dataclass(frozen=True, slots=True)
class Built:
    """A response to be archived: with its bytes, or as one that is `stored` already."""

    answer: DataResponse
    record: warc.Encoded
    stored: Stored | None


class Shelf:
    """What this process life has archived: bytes are referred to once the sink has kept them, not before."""

    def __init__(self) -> None:
        self._stored: OrderedDict[_Name, Stored] = OrderedDict()

    def encoded(self, capture: Capture, beside: str) -> list[Built]:
        """The records of what the page loaded, each request once."""
        distinct = {(one.method, one.url, one.sent, one.status, one.body): one for one in capture.loaded}
        return [self._built(one, capture.fetched_at, beside) for one in distinct.values()]

    def _built(self, answer: DataResponse, at: float, beside: str) -> Built:
        stored = self._stored.get(_name(answer)) if answer.body else None
        if stored is None:
            return Built(answer, warc.loaded(answer, at, beside), None)
        return Built(answer, warc.revisit(answer, at, beside, stored.original), stored)

    def placed(self, built: Sequence[Built], refs: Sequence[ArchiveRef], at: float) -> tuple[Loaded, ...]:
        """What the page's record says of them, the addresses of their records known."""
        loaded = []
        for one, ref in zip(built, refs, strict=True):
            if one.stored is None:
                self._remember(_name(one.answer), Stored(warc.Original(one.record.record_id, at), ref))
            loaded.append(
                _loaded(one.answer, ref if one.stored is None else one.stored.archive, one.stored is not None)
            )
        return tuple(loaded)

    def _remember(self, name: _Name, stored: Stored) -> None:
        self._stored[name] = stored
        if len(self._stored) > REMEMBERED:
            self._stored.popitem(last=False)


def _name(answer: DataResponse) -> _Name:
    return answer.url, hashlib.sha256(answer.body).digest()


def _loaded(answer: DataResponse, archive: ArchiveRef, again: bool) -> Loaded:  # noqa: FBT001 - a fact of the record
    return Loaded(answer.url, answer.method, answer.status, answer.content_type, sent_mark(answer.sent), archive, again)


def sent_mark(sent: bytes) -> str:
    """What tells two requests to one address apart; '' for a request without a body."""
    return hashlib.sha256(sent).hexdigest()[:16] if sent else ""
