"""What the links kept with each page take: our one compressed piece against a document per link, as ratios.

    .venv/bin/python benchmarks/link_bytes.py [--seed 7] [--pages 300]

The pages are a rehearsal web's.  MongoDB compresses a collection block by block, so documents are also shown compressed
by the same zstd in blocks of 32 KB, as they would lie on disk; ours hardly shrink a second time.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import zstandard
from bson import encode

sys.path.insert(0, str(Path(__file__).parents[1]))

from cleaning.read import read
from crawler.frontier.contract import Grant, Lease, Outlink
from crawler.frontier.ids import split_key
from crawler.outlinks import sort_links
from crawler.scope import Scope
from pipelines.store.links import PageLinks, pack
from rounds import demo

BLOCK = 32 * 1024


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--pages", type=int, default=300)
    asked = options.parse_args()
    pages = asyncio.run(gathered(asked.seed, asked.pages))
    count = sum(len(links.offered) for _, links in pages)
    foreign = sum(len(links.foreign) for _, links in pages)
    documents = [encode({"outlinks": [document(link) for link in links.offered]}) for _, links in pages]
    ours = [pack(key, PageLinks(links.offered)) for key, links in pages]
    both = [pack(key, links) for key, links in pages]
    whole = sum(map(len, documents))
    print(f"{len(pages)} pages, {count / len(pages):.1f} links in scope a page, {foreign / len(pages):.1f} beyond it")
    print(f"{'':38}{'bytes a page':>14}{'ratio':>8}")
    for name, size in (
        ("a document per link", whole),
        ("the same, compressed in blocks", blocks(documents)),
        ("one piece", sum(map(len, ours))),
        ("one piece, compressed in blocks", blocks(ours)),
        ("with the links out of scope", sum(map(len, both))),
    ):
        print(f"{name:38}{size / len(pages):>14,.0f}{size / whole:>8.2f}")


async def gathered(seed: int, most: int) -> list[tuple[str, PageLinks]]:
    """Pages of a rehearsal web with their links, sorted as a worker sorts them."""
    size = {"units": 3, "pages": max(most, 300)}
    truth = await demo.rehearsal_truth(seed, **size)
    with tempfile.TemporaryDirectory() as folder:
        async with demo.rehearsal_web(seed, **size, log=Path(folder) / "log.jsonl") as web:
            plan = demo.plan_of(web, "links")
            scope = Scope(plan)
            places = {each.host: (each.address, each.to_port) for each in plan.resolve if each.port == 80}
            found = []
            for page in [page for page in truth if page.stored and page.url.startswith("http:")][:most]:
                body = await asyncio.to_thread(fetched, page.url, places)
                if not body:
                    continue
                reading = read(body, page.url, content_type="text/html")
                lease = Lease("", Grant.PAGE, split_key(reading.key)[0], reading.key, page.url)
                links = sort_links(reading.links, lease, scope, plan.limits)
                found.append((reading.key, PageLinks(links.offered, links.foreign)))
    return found


def fetched(url: str, places: dict[str, tuple[str, int]]) -> bytes:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(*places[parts.hostname or ""], timeout=2)
    try:
        connection.request(
            "GET", parts.path + (f"?{parts.query}" if parts.query else ""), headers={"Host": parts.netloc}
        )
        return connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return b""  # the web is as unreliable as those it stands for: such a page is left out
    finally:
        connection.close()


def document(link: Outlink) -> dict[str, str]:
    shown = {"key": link.key, "kind": str(link.kind)}
    return shown if link.url == link.key else shown | {"url": link.url}


def blocks(pieces: list[bytes]) -> int:
    joined = b"".join(pieces)
    compressor = zstandard.ZstdCompressor(level=6)
    return sum(len(compressor.compress(joined[at : at + BLOCK])) for at in range(0, len(joined), BLOCK))


if __name__ == "__main__":
    main()
