"""What a page takes on disk: archive record, MongoDB data and indexes; and whether its text should lie apart.

    .venv/bin/python benchmarks/store_size.py [FOLDER OF HTML PAGES] [--pages 400] [--copies 8] [--rounds 3]

Pages are read, judged and tagged as in a crawl.  Without a folder they are those of a rehearsal web.  Each record is
written `--copies` times under keys of its own, far enough apart that no compressed block holds two of them, so that
indexes and blocks are filled.  Bytes are what WiredTiger and the archive files hold after a checkpoint; the second table
compares CPU time of mongod in interleaved rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import statistics
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import bson
import psutil
from pymongo import MongoClient
from pymongo.database import Database

sys.path.insert(0, str(Path(__file__).parents[1]))

from cleaning.read import read
from cleaning.verdict import judge
from crawler.frontier.contract import Outlink
from indicators.catalogue import load
from indicators.matcher import Matcher
from pipelines.archive import encode
from pipelines.store import indexes
from pipelines.store.records import draft, whole
from rounds.demo import rehearsal_truth, rehearsal_web
from rounds.services import mongo, process
from tests.pipelines.making import ROUND, capture, page

HTML = "text/html; charset=utf-8"
SEED, UNITS = 11, 2
SCANNED = {"key": 1, "units": 1, "simhash": 1, "verdict": 1}  # as settling reads a round
SCANS = 20  # one is too short for the clock
Written = Callable[[Database, list[dict[str, Any]]], None]


@dataclass(frozen=True)
class Page:
    """A body under its URL."""

    url: str
    body: bytes


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", nargs="?", type=Path)
    options.add_argument("--pages", type=int, default=400)
    options.add_argument("--copies", type=int, default=8)
    options.add_argument("--rounds", type=int, default=3)
    asked = options.parse_args()
    pages = saved(asked.folder, asked.pages) if asked.folder else asyncio.run(rehearsed(asked.pages))
    documents, archived = made(pages, asked.copies)
    with tempfile.TemporaryDirectory() as folder:
        server = mongo.start(Path(folder) / "mongo")
        try:
            with MongoClient(mongo.url(server), w="majority", journal=True) as client:
                measure(client, server.pid, pages, documents, archived, asked.rounds)
        finally:
            process.end(server, mongo.KIND.farewell)


def measure(client, pid: int, pages: list[Page], documents: list[dict[str, Any]], archived: int, rounds: int) -> None:
    arms: dict[str, Written] = {"one record": together, "text apart": apart}
    sizes: dict[str, dict[str, int]] = {}
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in arms}
    for _ in range(rounds):
        for name, writer in arms.items():
            database = client["size"]
            client.drop_database("size")
            indexes.ensure(database)
            begun = clock(pid)
            for start in range(0, len(documents), 100):
                writer(database, documents[start : start + 100])
            between = clock(pid)
            for _ in range(SCANS):
                sum(1 for _ in database["records"].find({}, SCANNED))
            spent[name].append((between - begun, clock(pid) - between))
            client.admin.command("fsync")
            sizes[name] = size_of(database)
    told(sizes, spent, pages, archived, len(documents))


def told(sizes, spent, pages: list[Page], archived: int, count: int) -> None:
    body = sum(len(page.body) for page in pages) / len(pages)
    warc = archived / len(pages)
    print(f"{len(pages)} pages of {body:,.0f} bytes in the mean, {count} records")
    print("\n| of a page | bytes | GB per million pages | share of the body |\n|---|---|---|---|")
    rows = {"archive record (gzip)": warc}
    rows |= {f"MongoDB, {name}": number / count for name, number in sizes["one record"].items()}
    for name, number in (rows | {"together": sum(rows.values())}).items():
        print(f"| {name} | {number:,.0f} | {number / 1000:.2f} | {number / body:.3f} |")
    print("\n| MongoDB | bytes a page | CPU to write | CPU to scan without text |\n|---|---|---|---|")
    base_size = sum(sizes["one record"].values())
    base = [statistics.median(column) for column in zip(*spent["one record"], strict=True)]
    for name, each in sizes.items():
        write, scan = (statistics.median(column) for column in zip(*spent[name], strict=True))
        print(f"| {name} | {sum(each.values()) / base_size:.3f} | {write / base[0]:.2f} | {scan / base[1]:.2f} |")


def together(database: Database, documents: list[dict[str, Any]]) -> None:
    database["records"].insert_many(documents, ordered=False)


def apart(database: Database, documents: list[dict[str, Any]]) -> None:
    texts = [{"_id": each["_id"], "text": each["text"]} for each in documents]
    database["texts"].insert_many(texts, ordered=False)
    kept = [{name: value for name, value in each.items() if name != "text"} for each in documents]
    database["records"].insert_many(kept, ordered=False)


def size_of(database: Database) -> dict[str, int]:
    """Bytes in use of data, and of each index."""
    found: dict[str, int] = {"data": 0}
    for name in database.list_collection_names():
        stats = database.command("collStats", name)
        free = stats["wiredTiger"]["block-manager"]["file bytes available for reuse"]
        found["data"] += stats["storageSize"] - free
        for index, size in stats["indexSizes"].items():
            found[f"index {index}"] = found.get(f"index {index}", 0) + size
    return found


def made(pages: list[Page], copies: int) -> tuple[list[dict[str, Any]], int]:
    """Records of every page under `copies` keys, and the bytes of all pages' archive records."""
    matcher, archived, items = Matcher(load()), 0, []
    for one in pages:
        shot = replace(capture("/", one.body), url=one.url)
        archived += sum(len(record.data) for record in encode(shot))
        reading = read(one.body, one.url, content_type=HTML)
        links = tuple(Outlink(link.key, link.url, link.kind) for link in reading.links)
        items.append(page("/", capture=shot, reading=reading, outlinks=links, judgement=judge(reading), tags=matcher.match(reading)))  # fmt: skip
    documents = []
    for copy in range(copies):
        for number, item in enumerate(items):
            path = urlsplit(item.reading.key)
            key = f"{item.reading.key}{'&' if path.query else '?'}copy={copy}"
            lease = replace(item.lease, key=key, host=path.netloc, token=f"e1-{copy * len(items) + number}")
            text_hash = hashlib.sha256(f"{copy} {item.reading.text_hash}".encode()).hexdigest()
            fresh = replace(item, lease=lease, reading=replace(item.reading, text_hash=text_hash))
            documents.append(bson.decode(whole(draft(ROUND, fresh), 3).raw))
    return documents, archived


def saved(folder: Path, most: int) -> list[Page]:
    found = (path.read_bytes() for path in sorted(folder.rglob("*.html")))
    bodies = [body for body in found if 4_000 < len(body) < 80_000][:most]
    return [Page(f"http://www.city{number % 20}.gov.cn/art/{number}.html", body) for number, body in enumerate(bodies)]


async def rehearsed(most: int) -> list[Page]:
    """Pages of a rehearsal web that are got by a plain request."""
    truth = [
        one for one in await rehearsal_truth(SEED, units=UNITS, pages=most) if one.stored and not one.needs_browser
    ]
    with tempfile.TemporaryDirectory() as folder:
        async with rehearsal_web(SEED, units=UNITS, pages=most, log=Path(folder) / "log") as web:
            addresses = dict(line.split("=", 1) for line in web.resolve)
            return await asyncio.to_thread(lambda: list(fetched([one.url for one in truth], addresses)))


def fetched(urls: list[str], addresses: dict[str, str]) -> Iterator[Page]:
    for url in urls:
        parts = urlsplit(url)
        address = addresses.get(f"{parts.netloc}:80")
        if parts.scheme == "http" and address:
            asked = urllib.request.Request(parts._replace(netloc=address).geturl(), headers={"Host": parts.netloc})
            try:
                with urllib.request.urlopen(asked, timeout=3) as answer:
                    if "html" in answer.headers.get("Content-Type", ""):
                        yield Page(url, answer.read())
            except OSError:
                continue


def clock(pid: int) -> float:
    used = psutil.Process(pid).cpu_times()
    return used.user + used.system


if __name__ == "__main__":
    main()
