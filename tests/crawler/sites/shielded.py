"""Hosts behind a shield: a script sets a cookie and asks for the page again.  Beside them one that refuses everybody."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field
from typing import Final

from tests.crawler.sites.scripted import Asked, Wire
from tests.crawler.sites.scripts import TEXT, page

HOST: Final = "shielded.test"  # asks with 412,
OTHER: Final = "scripted.test"  # with 200
HARD: Final = "hard.test"  # no cookie is ever good enough
THROTTLED_AT: Final = 12  # pages of OTHER, before it says once that it is asked too much
PAGES: Final = [f"/art/{number}.html" for number in range(24)]
CHALLENGE: Final = """<!DOCTYPE html><html><head><meta charset=utf-8><title></title></head><body><script>
setTimeout(() => { document.cookie = 'pass=%d; path=/'; location.reload(); }, 100);
</script></body></html>"""


@dataclass
class Shield:
    """Of one host: lets a cookie pass for `lasts` requests, then asks for a new one with this status."""

    status: int
    lasts: int
    epoch: int = 1
    passed: int = 0
    throttled: bool = False

    async def answer(self, asked: Asked, wire: Wire) -> None:
        """Its pages, or its challenge."""
        given = re.search(r"pass=(\d+)", asked.headers.get("cookie", ""))
        if given is None or int(given[1]) != self.epoch:
            await wire.reply(CHALLENGE % self.epoch, self.status)
            return
        if asked.host == OTHER and self.passed == THROTTLED_AT and not self.throttled:
            self.throttled = True
            await wire.reply("too many", 429, "Retry-After: 1")
            return
        self.passed += 1
        if self.passed % self.lasts == 0:
            self.epoch += 1
        links = "".join(f"<a href={each}>链接</a>" for each in PAGES)
        links += "".join(f"<a href=http://{each}/>另</a>" for each in (OTHER, HARD))
        body = links if asked.target == "/" else f"<h1>{asked.host}{asked.target}</h1>"
        await wire.reply(page(f"{body}{zlib.crc32((asked.host + asked.target).encode())}{TEXT}"))


@dataclass
class Shields:
    """All hosts."""

    lasts: int
    of: dict[str, Shield] = field(init=False)

    def __post_init__(self) -> None:
        self.of = {HOST: Shield(412, self.lasts), OTHER: Shield(200, self.lasts), HARD: Shield(412, 0)}
        self.of[HARD].epoch = -1

    async def script(self, asked: Asked, wire: Wire) -> None:
        """The site."""
        if asked.target == "/robots.txt":
            await wire.reply("", 404)
        else:
            await self.of[asked.host].answer(asked, wire)
