"""A web of any size at no cost: every page is made up from its number when it is asked for.

    python benchmarks/crawl/large.py --pages 1000000 --hosts 4

Prints `PORT PAGES` once it listens.  Each host is a tree, ten pages below each, so that a million lie within six clicks;
besides its children a page links to earlier ones only, so that no depth ever falls.  About 20 KB and 40 links a page; its
text is drawn from two thousand paragraphs, so that no two pages are copies.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import socket

import uvloop
from crawl.site import CODE, CSS, LINKS, WORDS, Server, host_name

BELOW = 10
PARAGRAPHS = 2000
NUMBER = re.compile(rb"/t(\d+)\.html$")


class Large:
    """The pages of all hosts."""

    def __init__(self, pages: int, hosts: int, port: int) -> None:
        self.each = pages // hosts
        self._hosts = {host_name(number, port).encode() for number in range(hosts)}
        draw = random.Random(7)
        self._pool = ["".join(draw.choices(WORDS, k=60)) for _ in range(PARAGRAPHS)]

    def get(self, key: tuple[bytes, bytes]) -> bytes | None:
        """The page at (host, path); None where there is none."""
        host, path = key
        found = NUMBER.search(path)
        number = 0 if path == b"/" else int(found[1]) if found else self.each
        if host not in self._hosts or number >= self.each:
            return None
        return self._page(number, random.Random(f"{host!r} {number}")).encode()

    def _page(self, number: int, draw: random.Random) -> str:
        children = range(BELOW * number + 1, min(BELOW * number + BELOW + 1, self.each))
        targets = [*children, *(draw.randrange(number + 1) for _ in range(LINKS - len(children)))]
        links = "".join(f'<li><a href="{path_of(to)}">{draw.choice(WORDS)}{to}</a></li>\n' for to in targets)
        body = "".join(f"<p>{draw.choice(self._pool)}。</p>\n" for _ in range(18))
        title = "".join(draw.choices(WORDS, k=7))
        return (
            f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>'
            f"<style>{CSS}</style><script>{CODE}</script></head><body><h1>{title}</h1>"
            f'<div id="zoom">{body}</div><div class="list"><ul>{links}</ul></div></body></html>'
        )


def path_of(number: int) -> str:
    """Where a page lies."""
    return f"/c{number % 97:02d}/t{number}.html" if number else "/"


async def serve(pages: int, hosts: int) -> None:
    """Listen on a free port of loopback until the process is ended."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=512)
    port = listening.getsockname()[1]
    web = Large(pages, hosts, port)
    server = await asyncio.get_running_loop().create_server(lambda: Server(web.get), sock=listening)
    print(port, web.each * hosts, flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--hosts", type=int, default=4)
    given = parser.parse_args()
    uvloop.run(serve(given.pages, given.hosts))
