"""Judging again: pages per second, and pages per CPU second with one and with two processes.

    .venv/bin/python benchmarks/retag_speed.py [--pages 2000] [--seed 11]      # --pages 100000 is its long form

Pages are a rehearsal web's, printed and archived once; beyond their number the same archived bytes are judged under
further keys.  Each arm judges the whole round, in turn, on one MongoDB; a process's start (two to three CPU seconds, the
rules compiled) counts, so that small rounds show it.  In the third arm a process is killed by SIGKILL in the middle: its
documents must equal the others'.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from crawler.items import ArchiveRef
from crawler.plan import RoundPlan
from pipelines.archive import encode
from pipelines.store.records import draft, whole
from pipelines.store.retags import RetagBook
from pipelines.store.rounds import Entry, RoundBook
from rehearsal import pages as rehearsed
from rehearsal import truth
from rehearsal.addresses import locate
from rehearsal.plan import build
from rehearsal.printing import page_bytes
from rounds import life, retag
from rounds.services import Services, mongo, process, redis
from tests.pipelines.making import capture, page, reading

UNITS, OWN = 4, 1600  # of the rehearsal web
NOW = datetime.now(UTC)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pages", type=int, default=2000)
    options.add_argument("--seed", type=int, default=11)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        store, queue = mongo.start(home / "mongo"), redis.start(home / "redis")
        here = Services(redis.url(queue), mongo.url(store), home / "archive", home, "")
        try:
            keep(here, asked.seed, asked.pages)
            rates = [arm(here, workers, kill=kill) for workers, kill in ((1, False), (2, False), (2, True))]
        finally:
            process.end(queue, redis.KIND.farewell)
            process.end(store, mongo.KIND.farewell)
    print(f"two processes keep {rates[1][0] / rates[0][0]:.2f} of the pages per CPU second of one")
    print(f"the same documents, with a process killed or not: {len({found for _, found in rates}) == 1}")


def keep(here: Services, seed: int, number: int) -> None:
    """Archive the web's pages and store a round of so many records."""
    world = build(seed, UNITS, OWN)
    rows = [row for row in truth.rows(world) if row["stored"]]
    file = here.home / "pages.warc.gz"
    items = []
    with file.open("wb") as archive:
        for row in rows[:number]:
            place = locate(world, row["url"])
            kind, body = page_bytes(world, place.host, place.ref, rehearsed.outline(world, place.host, place.ref))
            made = capture("/", body, url=row["url"], headers=(("Content-Type", kind),))
            data = encode(made)[0].data
            items.append((made, ArchiveRef(file.as_uri(), archive.tell(), len(data))))
            archive.write(data)
    with life.store(here) as database:
        plan = RoundPlan(name="R", units=(), user_agent="bench")
        RoundBook(database).create(plan, state="finished", catalogue="old", entry=Entry(NOW, "bench", "made"))
        batch = []
        for n in range(number):
            made, ref = items[n % len(items)]
            item = page(f"/{n}", n, capture=made, reading=reading(f"/{n}"))
            batch.append(whole(draft("R", replace(item, archive=ref)), 1))
            if len(batch) == 500 or n == number - 1:
                database["records"].insert_many(batch)
                batch = []


def arm(here: Services, workers: int, *, kill: bool) -> tuple[float, str]:
    """Judge all of it; pages per CPU second, and a hash of what came of it."""
    spent = pages = 0.0
    if kill:
        threading.Thread(target=kill_one, args=(here,), daemon=True).start()
    left = 1
    while left:
        _, ran = retag.retag(
            here, "R", workers=workers, host="", unit="", who="bench", now=NOW, report=lambda *_words: None
        )
        spent, pages, left = spent + ran.cpu_seconds, pages + ran.done, ran.left
        print(f"{workers} process(es): {ran.done} pages in {ran.seconds:.1f} s, {ran.done / ran.seconds:.1f} pages/s,"
              f" {ran.done / ran.cpu_seconds:.1f} pages per CPU second")  # fmt: skip
    digest = hashlib.sha256()
    with life.store(here) as database:
        for one in RetagBook(database, "R").retagged(()):
            digest.update(repr(sorted((name, value) for name, value in one.items())).encode())
    retag.discard(here, "R", who="bench", now=NOW)
    return pages / spent, digest.hexdigest()


def kill_one(here: Services) -> None:
    """SIGKILL one worker once a third of the parts is done."""
    with life.store(here) as database:
        while not (total := database["retag_parts"].count_documents({})) or database["retag_parts"].count_documents(
            {"state": "done"}
        ) < max(1, total // 3):
            time.sleep(0.05)
    workers = [
        child for child in psutil.Process(os.getpid()).children() if "rounds.retag_worker" in " ".join(child.cmdline())
    ]
    if workers:
        workers[0].kill()


if __name__ == "__main__":
    main()
