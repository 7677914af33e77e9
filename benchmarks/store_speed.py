"""Storage, as ratios measured in one run: our WARC writer against warcio, bulk upserts against one per page.

    .venv/bin/python benchmarks/store_speed.py [FOLDER OF HTML PAGES] [--pages 400] [--rounds 3]

Medians of interleaved rounds, CPU time of this process (and of mongod for the second table).  Without a folder the pages
are made up: their compression says little, their times are comparable.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

sys.path.insert(0, str(Path(__file__).parents[1]))

from pipelines.archive import encode
from pipelines.archive_file import ArchiveWriter
from pipelines.store.connect import connect_async
from pipelines.store.records import draft
from pipelines.store.writer import write
from rounds.services import mongo, process
from tests.pipelines.making import ROUND, capture, page, reading


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", nargs="?", type=Path)
    options.add_argument("--pages", type=int, default=400)
    options.add_argument("--rounds", type=int, default=3)
    asked = options.parse_args()
    bodies = real_pages(asked.folder, asked.pages) if asked.folder else made_up(asked.pages)
    size = sum(map(len, bodies))
    print(f"{len(bodies)} pages, {size / len(bodies):,.0f} bytes in the mean, {asked.rounds} rounds")
    archive(bodies, asked.rounds)
    asyncio.run(upserts(asked.pages, asked.rounds))


def real_pages(folder: Path, most: int) -> list[bytes]:
    found = (path.read_bytes() for path in sorted(folder.rglob("*.html")))
    return [body for body in found if 4_000 < len(body) < 80_000][:most]


def made_up(count: int) -> list[bytes]:
    draw = random.Random(7)
    words = ["".join(chr(draw.randrange(0x4E00, 0x6E00)) for _ in range(draw.randrange(2, 5))) for _ in range(3_000)]
    return [f"<p>{'</p><p>'.join(draw.choices(words, k=1_800))}</p>".encode() for _ in range(count)]


def with_warcio(bodies: list[bytes]) -> int:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True)
    for number, body in enumerate(bodies):
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
        url = f"http://www.a.gov.cn/{number}"
        writer.write_record(writer.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=head))
    return out.tell()


def with_ours(bodies: list[bytes]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        writer = ArchiveWriter(Path(folder), "w", lambda _name: b"")
        for number, body in enumerate(bodies):
            end = writer.append(encode(capture(f"/{number}", body))[0].data)
        writer.close()
        return end.offset + end.length


def archive(bodies: list[bytes], rounds: int) -> None:
    writers: dict[str, Callable[[list[bytes]], int]] = {"warcio, gzip": with_warcio, "ours, to a file": with_ours}
    times: dict[str, list[float]] = {name: [] for name in writers}
    sizes = {}
    for _ in range(rounds):
        for name, writer in writers.items():
            begun = time.process_time()
            sizes[name] = writer(bodies)
            times[name].append(time.process_time() - begun)
    (base, base_size) = (statistics.median(times["warcio, gzip"]), sizes["warcio, gzip"])
    print("\n| WARC writer | us/record | speed against warcio | size against warcio |\n|---|---|---|---|")
    for name in writers:
        spent = statistics.median(times[name])
        print(f"| {name} | {1e6 * spent / len(bodies):.0f} | {base / spent:.2f} | {sizes[name] / base_size:.3f} |")


async def upserts(pages: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = mongo.start(Path(folder) / "mongo")
        database = connect_async(mongo.url(server))
        text = "".join(chr(random.Random(3).randrange(0x4E00, 0x6E00)) for _ in range(1_500))
        drafts = [
            (draft(ROUND, replace(page(f"/{number}"), reading=reading(f"/{number}", text[number % 500 :]))), 3)
            for number in range(pages)
        ]
        costs: dict[int, list[tuple[float, float, float]]] = {1: [], 100: []}
        try:
            for _ in range(rounds):
                for batch, spent in costs.items():
                    await database["records"].drop()
                    before = clocks(server.pid)
                    for start in range(0, pages, batch):
                        await write(database, drafts[start : start + batch])
                    spent.append(tuple(b - a for a, b in zip(before, clocks(server.pid), strict=True)))
        finally:
            await database.client.close()
            process.end(server, mongo.KIND.farewell)
    print("\n| upserts, majority, journaled | client us | mongod us | wall us per page |\n|---|---|---|---|")
    for batch, spent in costs.items():
        client, there, wall = (1e6 * statistics.median(column) / pages for column in zip(*spent, strict=True))
        print(f"| {batch} a call | {client:.0f} | {there:.0f} | {wall:.0f} |")


def clocks(pid: int) -> tuple[float, float, float]:
    used = psutil.Process(pid).cpu_times()
    return time.process_time(), used.user + used.system, time.perf_counter()


if __name__ == "__main__":
    main()
