"""One process that judges archived pages again: `python -m rounds.retag_worker ROUND WORKER`, as many as are wanted.

It claims a part of the round, judges its pages from their archived bytes, keeps what came of them, and goes on until no
part is left.  Nothing but MongoDB and the archive is asked; SIGTERM and SIGINT give the part back after the page in hand.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from crawler.exits import Exit
from crawler.settings import CAIFENG_MONGO_URL
from pipelines.errors import PipelineError, RecordBroken, RecordMissing
from pipelines.recapture import FIELDS, recapture
from pipelines.store.connect import Document, connect
from pipelines.store.errors import StoreError
from pipelines.store.records import judged_fields
from pipelines.store.retags import Part, RetagBook
from rounds.judging import Judging

CLAIM_SECONDS: Final = 90.0  # beyond the longest page (an attachment of 30 s): a dead worker's part is free after it
RENEWED_AFTER: Final = 20.0  # seconds after which a claim is prolonged
KEPT_AT_ONCE: Final = 50  # pages written together
SUSPECTED: Final = 3  # workers that died over a part: the page the last one had begun is left out
LOOK_AGAIN: Final = 0.5  # seconds until a worker that found nothing free asks once more

log = logging.getLogger(__name__)


class Worker:
    """Judges parts of one round until none is left, or it is told to stop."""

    def __init__(self, book: RetagBook, name: str, judging: Judging, query: Mapping[str, Any]) -> None:
        self._book = book
        self._name = name
        self._judging = judging
        self._query = dict(query)
        self._renewed = 0.0
        self.stopping = False

    def run(self) -> None:
        """Part after part."""
        while not self.stopping:
            part = self._book.claim(self._name, datetime.now(UTC), CLAIM_SECONDS)
            if part is not None:
                self._do(part)
            elif self._book.progress()[2]:  # others are at work: one of them may die
                time.sleep(LOOK_AGAIN)
            else:
                return

    def _do(self, part: Part) -> None:
        self._renewed = time.monotonic()
        ready: list[tuple[str, dict[str, Any]]] = []
        troubles: list[tuple[str, str]] = []
        for page in list(self._book.pages(part, self._query, FIELDS)):
            if self.stopping:
                self._book.keep(ready)
                self._book.put_back(part, self._name)
                return
            if part.deaths >= SUSPECTED and page["key"] == part.at:
                troubles.append((page["key"], f"{part.deaths} workers died over it"))
                continue
            self._hold(part, page["key"])
            try:
                ready.append((page["key"], self._judged(page)))
            except (RecordMissing, RecordBroken) as error:
                troubles.append((page["key"], str(error)))
            if len(ready) >= KEPT_AT_ONCE:
                self._book.keep(ready)
                ready = []
        self._book.keep(ready)
        self._book.done(part, self._name, troubles)

    def _judged(self, page: Document) -> dict[str, Any]:
        found = self._judging.judge_capture(recapture(page))
        return judged_fields(found.reading, found.judgement, found.tagged) | {"archive": page["archive"]}

    def _hold(self, part: Part, key: str) -> None:
        """Prolong the claim now and then; over a part that killed somebody, name each page before it is begun."""
        now = time.monotonic()
        if part.deaths or now - self._renewed > RENEWED_AFTER:
            self._renewed = now
            self._book.note(part, self._name, key, datetime.now(UTC) + timedelta(seconds=CLAIM_SECONDS))


def main(round_name: str, worker: str) -> int:
    """Work; the code the process ends with."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    database = connect(CAIFENG_MONGO_URL)
    try:
        book = RetagBook(database, round_name, url=CAIFENG_MONGO_URL)
        job = book.job()
        if job is None:
            log.info("round %s is not being judged again: nothing to do", round_name)
            return Exit.OK
        query = {name: value for name, value in (("host", job.host), ("units", job.unit)) if value}
        with Judging(os.environ) as judging:
            working = Worker(book, worker, judging, query)
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda *_: setattr(working, "stopping", True))
            working.run()
    except (StoreError, PipelineError) as error:
        log.exception("the worker ends")
        return int(error.exit)
    finally:
        database.client.close()
    return Exit.OK


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
