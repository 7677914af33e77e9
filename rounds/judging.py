"""Judging bodies and captures here, as a worker judges what it fetched.  Needs no services."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Self

from cleaning.documents.reading import with_document
from cleaning.page import Judgement, Media, Reading
from cleaning.read import read
from cleaning.reasons import Verdict
from cleaning.verdict import judge
from crawler.documents.desk import DocumentDesk
from crawler.items import Capture
from crawler.reading import file_name, read_capture
from indicators import catalogue
from indicators.evidence import Tagged
from indicators.tagging import Tagger, day_of_collection


@dataclass(frozen=True, slots=True)
class Judged:
    """A page judged by itself; `duplicate` needs other pages to compare with and never comes out of this."""

    reading: Reading
    judgement: Judgement
    tagged: Tagged


class Rereading:
    """The reader of pages and attachments, ready for any number of them; a context manager.

    `environment` is what the reader's process may know of ours (see DocumentDesk).
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._runner = asyncio.Runner()
        self._documents = DocumentDesk(environment)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the reader of attachments."""
        self._runner.run(self._documents.close())
        self._runner.close()

    def read_capture(self, capture: Capture) -> Reading:
        """What was fetched, its rendered DOM included, says."""
        return self.whole(read_capture(capture), capture.body, file_name(capture))

    def whole(self, reading: Reading, body: bytes, name: str) -> Reading:
        """The reading, with what an attachment of this name says."""
        if reading.media is not Media.ATTACHMENT:
            return reading
        return with_document(reading, self._runner.run(self._documents.read(body, name)))


class Judging(Rereading):
    """The compiled rules beside it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        super().__init__(environment)
        self._tagger = Tagger(catalogue.load())

    def judge(self, body: bytes, url: str, content_type: str, on: date) -> Judged:
        """Judge a saved body; `on` is the day from which the ages of what it says count."""
        return self._judged(self.whole(read(body, url, content_type=content_type), body, url), on)

    def judge_capture(self, capture: Capture) -> Judged:
        """Judge what was fetched, its rendered DOM included."""
        on = day_of_collection(datetime.fromtimestamp(capture.fetched_at, UTC))
        return self._judged(self.read_capture(capture), on)

    def _judged(self, reading: Reading, on: date) -> Judged:
        """As the pipelines do: a harmful page gives no evidence."""
        judgement = judge(reading)
        harmful = judgement.verdict is Verdict.HARMFUL
        return Judged(reading, judgement, Tagged((), 0) if harmful else self._tagger.tag(reading, on))
