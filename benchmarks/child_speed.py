"""Reading and judging a page in the worker against doing it in a child process, and what hostile pages cost in the worker.

    .venv/bin/python benchmarks/child_speed.py [FOLDER OF HTML PAGES] [--pages 200] [--rounds 3]

CPU is of this process and of the child; the ratio is the median of the rounds' own.  Pages go to the child and readings
come back by pickle, as `concurrent.futures` does it, eight at a time so that neither side waits.
"""

from __future__ import annotations

import argparse
import itertools
import pickle
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import psutil

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from crawl.site import Web  # noqa: E402  the two folders are put on the path first

from cleaning.page import Judgement, Reading  # noqa: E402
from cleaning.read import read  # noqa: E402
from cleaning.verdict import judge  # noqa: E402

AT_ONCE = 8
SIZE = 200_000  # bytes; larger pages are read in a thread of the worker (`crawler.reading_desk.BIG`)
HOSTILE = {
    "nested elements": b"<div>" * (SIZE // 5),
    "nested and never closed tables": b"<table><tr><td>" * (SIZE // 15),
    "links, each different": b"".join(b"<a href=/%d.html>%d</a>" % (n, n) for n in range(SIZE // 24)),
    "one word": b"<p>" + "政".encode() * (SIZE // 3),
    "one script": b"<script>" + b"createPageHTML(" * (SIZE // 15),
    "attributes": b"<p " + b"".join(b"a%d=b " % n for n in range(SIZE // 9)),
    "entities": b"<p>" + b"&amp;" * (SIZE // 5),
    "hidden blocks": b"<div style=display:none>x" * (SIZE // 25),
}


def whole(body: bytes, url: str) -> tuple[Reading, Judgement]:
    reading = read(body, url, content_type="text/html; charset=utf-8")
    return reading, judge(reading)


def pages(folder: Path | None, count: int) -> list[tuple[bytes, str]]:
    if folder is None:
        made = Web(count, 4, 80).pages.items()
        return [(body, f"http://{host.decode()}{path.decode()}") for (host, path), body in made]
    found = (path.read_bytes() for path in sorted(folder.rglob("*.html")))
    chosen = itertools.islice((body for body in found if 4_000 < len(body) < 80_000), count)
    return [(body, f"http://www.a.gov.cn/{number}.html") for number, body in enumerate(chosen)]


def inside(given: list[tuple[bytes, str]]) -> tuple[float, float]:
    began = time.process_time()
    for body, url in given:
        whole(body, url)
    spent = time.process_time() - began
    return spent, spent


def outside(given: list[tuple[bytes, str]], pool: ProcessPoolExecutor) -> tuple[float, float]:
    """(CPU of both, CPU of the parent alone)."""
    (child,) = psutil.Process().children()
    before, began = child.cpu_times(), time.process_time()
    for start in range(0, len(given), AT_ONCE):
        for waiting in [pool.submit(whole, body, url) for body, url in given[start : start + AT_ONCE]]:
            waiting.result()
    parent, after = time.process_time() - began, child.cpu_times()
    return parent + after.user + after.system - before.user - before.system, parent


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", nargs="?", type=Path)
    options.add_argument("--pages", type=int, default=200)
    options.add_argument("--rounds", type=int, default=3)
    asked = options.parse_args()
    given = pages(asked.folder, asked.pages)
    rows: list[tuple[float, float, float]] = []
    with ProcessPoolExecutor(1) as pool:
        pool.submit(whole, *given[0]).result()
        for _ in range(asked.rounds):
            (alone, _), (both, parent) = inside(given), outside(given, pool)
            rows.append((alone, both, parent))
    size = statistics.mean(len(pickle.dumps(whole(*page))) for page in given)
    print(f"{len(given)} pages, {statistics.mean(len(body) for body, _ in given):,.0f} bytes in the mean;")
    print(f"a reading with its judgement is {size:,.0f} bytes of pickle\n")
    print("| | CPU us per page | against the worker alone |\n|---|---|---|")
    names = ("read and judged in the worker", "in a child: both processes", "in a child: the worker's own part")
    for at, name in enumerate(names):
        ratio = statistics.median(row[at] / row[0] for row in rows)
        print(f"| {name} | {1e6 * statistics.median(row[at] for row in rows) / len(given):.0f} | {ratio:.2f} |")
    usual = statistics.median(row[0] for row in rows) / len(given)
    print(f"\n| hostile page of {SIZE:,} bytes, in the worker | ms of CPU | usual pages |\n|---|---|---|")
    for name, body in HOSTILE.items():
        began = time.process_time()
        whole(body, "http://www.a.gov.cn/x.html")
        spent = time.process_time() - began
        print(f"| {name} | {1e3 * spent:.0f} | {spent / usual:.0f} |")


if __name__ == "__main__":
    main()
