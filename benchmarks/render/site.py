"""Small pages drawn by a script, for the benchmarks of the browser: each has a style sheet, an image, a script and a data answer.

    python benchmarks/render/site.py

Prints one line `PORT` once it listens; any host, any path with a number in it.
"""

from __future__ import annotations

import asyncio
import re
from typing import Final

TEXT: Final = "市人民政府办公室关于印发办事指南的通知，请各单位遵照执行，并将有关情况及时报送。" * 4
PAGE: Final = """<!DOCTYPE html><html><head><meta charset=utf-8><title>正在加载</title><link rel=stylesheet href=/a.css></head>
<body><div id="app"></div><img src=/i.png><script src="/app.js"></script><script>
fetch('/api/list?p=%(number)s').then((got) => got.json()).then((rows) => {
  document.getElementById('app').innerHTML = '<h1>服务清单 %(number)s</h1>' +
    rows.map((one) => '<li><a href="' + one + '">事项' + one + '</a></li>').join('') + '<p>%(text)s</p>';
});
</script></body></html>"""
PARTS: Final = {
    ".js": ("text/javascript", "window.ready = 1;\n" * 200),
    ".css": ("text/css", "body { color: #333 }"),
    ".png": ("image/png", "no picture"),
}
LAST_LINK: Final = "/d.html"


def answer(target: str) -> tuple[str, str]:
    """Content type and body."""
    if target.startswith("/api/"):
        return "application/json", '["/a.html", "/b.html", "/c.html", "/d.html"]'
    for end, part in PARTS.items():
        if target.endswith(end):
            return part
    number = re.sub(r"\D", "", target) or "0"
    return "text/html; charset=utf-8", PAGE % {"number": number, "text": TEXT}


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            kind, text = answer(head.split(b" ")[1].decode())
            body = text.encode()
            writer.write(
                f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
            )
            await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def main() -> None:
    """Serve until killed."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
