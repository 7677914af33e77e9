"""Templates that need the browser, that do not, and one that seems whole until it is rendered."""

from __future__ import annotations

import zlib
from typing import Final

from tests.crawler.sites.scripted import Asked, Wire
from tests.crawler.sites.scripts import SHELL, TEXT, page

HOST: Final = "mixed.test"
DRAWN: Final = [f"/drawn/{number}.html" for number in range(20)]
PLAIN: Final = [f"/plain/{number}.html" for number in range(30)]
SEEMS: Final = [f"/seems/{number}.html" for number in range(90)]
BEHIND: Final = "/behind/"
ADDS: Final = """<div class=more></div><script>
const place = document.getElementsByClassName('m' + 'ore')[0];
place.appendChild(Object.assign(document.createElement('a'), {href: ['', 'behind', '%s'].join('/'), textContent: '相关文件'}));
</script>"""


async def script(asked: Asked, wire: Wire) -> None:
    """The site."""
    target = asked.target
    mark = f"{zlib.crc32(target.encode())} {TEXT}"
    if target == "/":
        await wire.reply(page("".join(f"<a href={each}>链接</a>" for each in (*DRAWN, *PLAIN, *SEEMS))))
    elif target in DRAWN:
        await wire.reply(SHELL % (mark, ""))
    elif target in SEEMS:
        await wire.reply(page(f"<h1>{target}</h1>{mark}" + ADDS % target.rpartition("/")[2]))
    elif target == "/api/list":
        await wire.reply("[]", kind="application/json")
    elif target == "/app.js":
        await wire.reply("window.ready = true;", kind="text/javascript")
    elif target in PLAIN or target.startswith(BEHIND):
        await wire.reply(page(f"<h1>{target}</h1>{mark}"))
    else:
        await wire.reply("", 404)
