"""A server whose answers are Python functions over the raw stream: it can lie, stall, tear and never end.

It runs in a thread with an event loop of its own, so that a worker in another process, or a client in the test's own
loop, finds it answering whatever the test is doing.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

MOST_HEAD = 1 << 20


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came; `at` in seconds of the monotonic clock, `connection` counts from 1."""

    at: float
    host: str
    target: str
    headers: dict[str, str]
    connection: int
    method: str = "GET"
    body: bytes = b""

    @property
    def by_browser(self) -> bool:
        """Whether a browser sent it: only they tell where a request is for."""
        return "sec-fetch-mode" in self.headers or "upgrade-insecure-requests" in self.headers


class Wire:
    """What a script writes to."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    async def send(self, data: bytes) -> None:
        """As it is."""
        self._writer.write(data)
        await self._writer.drain()

    async def reply(
        self, body: bytes | str = b"", status: int = 200, *headers: str, kind: str = "text/html; charset=utf-8"
    ) -> None:
        """A well-behaved answer; `headers` are whole lines."""
        raw = body.encode() if isinstance(body, str) else body
        lines = [f"HTTP/1.1 {status} X", f"Content-Type: {kind}", f"Content-Length: {len(raw)}", *headers, "", ""]
        await self.send("\r\n".join(lines).encode("utf-8", "surrogateescape") + raw)

    async def endless(self, piece: bytes, pause: float = 0.0) -> None:
        """A chunked body without an end."""
        await self.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            await self.send(b"%x\r\n%s\r\n" % (len(piece), piece))
            await asyncio.sleep(pause)

    def reset(self) -> None:
        """Tear the connection."""
        self._writer.transport.abort()


Script = Callable[[Asked, Wire], Awaitable[bool | None]]


@dataclass
class Site:
    """A running server; a script that answers False closes its connection."""

    script: Script
    port: int = 0
    log: list[Asked] = field(default_factory=list)
    _connections: int = 0
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    def asked(self, host: str = "") -> list[Asked]:
        """What was requested so far (of one host), in order."""
        return [each for each in list(self.log) if not host or each.host == host]

    def targets(self, host: str = "") -> list[str]:
        """The same, targets alone."""
        return [each.target for each in self.asked(host)]

    async def end(self, server: asyncio.Server) -> None:
        """Tear what is open: a client that no longer reads would be waited for."""
        server.close()
        for writer in list(self._open):
            writer.transport.abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0.01)  # transports close with the next pass of the loop

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self._connections += 1
        number = self._connections
        self._open.add(writer)
        wire = Wire(writer)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                request, *lines = head.decode("latin-1").split("\r\n")
                fields = (line.partition(":") for line in lines if line)
                headers = {name.lower(): value.strip() for name, _, value in fields}
                method, target = request.split(" ")[:2]
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                asked = Asked(time.monotonic(), headers.get("host", ""), target, headers, number, method, body)
                self.log.append(asked)
                if await self.script(asked, wire) is False:
                    break
        except (
            ConnectionError,
            asyncio.IncompleteReadError,
            asyncio.LimitOverrunError,
            ssl.SSLError,
            asyncio.CancelledError,
        ):
            pass
        finally:
            writer.close()
            self._open.discard(writer)


@contextlib.contextmanager
def serving(script: Script, *, address: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """Serve on a free port until the block ends."""
    site = Site(script)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="scripted site", daemon=True)
    thread.start()

    async def begin() -> asyncio.Server:
        return await asyncio.start_server(site.serve, address, 0, ssl=tls, limit=MOST_HEAD)

    server = asyncio.run_coroutine_threadsafe(begin(), loop).result(10)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        asyncio.run_coroutine_threadsafe(site.end(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
