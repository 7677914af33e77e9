"""Hosts behind a shield: a script sets a cookie and asks for the page again.  Beside them one that refuses everybody."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field
from typing import Final

from tests.crawler.sites.scripted import Asked, Wire
from tests.crawler.sites.scripts import TEXT, page

HOST: Final = "shielded.test"
HARD: Final = "hard.test"  # no cookie is ever good enough
PAGES: Final = [f"/art/{number}.html" for number in range(24)]
CHALLENGE: Final = """<!DOCTYPE html><html><head><meta charset=utf-8><title></title></head><body><script>
setTimeout(() => { document.cookie = 'pass=%d; path=/'; location.reload(); }, 100);
</script></body></html>"""


@dataclass
class Shield:
    """Lets a cookie pass for `lasts` requests, then asks for a new one."""

    lasts: int
    status: int
    epoch: int = 1
    passed: int = 0
    challenged: list[str] = field(default_factory=list)

    async def script(self, asked: Asked, wire: Wire) -> None:
        """All hosts."""
        given = re.search(r"pass=(\d+)", asked.headers.get("cookie", ""))
        if asked.target == "/robots.txt":
            await wire.reply("", 404)
        elif asked.host == HARD or given is None or int(given[1]) != self.epoch:
            self.challenged.append(asked.target)
            await wire.reply(CHALLENGE % self.epoch, self.status)
        else:
            self.passed += 1
            if self.passed % self.lasts == 0:
                self.epoch += 1
            links = "".join(f"<a href={each}>链接</a>" for each in PAGES) + f"<a href=http://{HARD}/>另</a>"
            body = links if asked.target == "/" else f"<h1>{asked.target}</h1>{zlib.crc32(asked.target.encode())}"
            await wire.reply(page(body + TEXT))
