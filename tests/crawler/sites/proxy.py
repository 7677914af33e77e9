"""A forwarding proxy on loopback: every name leads to one server of the test, and what was asked for is noted."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Proxy:
    """A running proxy: `plain` and `secure` are the ports names lead to."""

    plain: int
    secure: int = 0
    port: int = 0
    log: list[str] = field(default_factory=list)  # request lines without the version

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: one request, or one tunnel.  Both ends are closed whatever happens to it."""
        opened = [writer]
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._pass(reader, opened)
        finally:
            for one in opened:
                one.close()
            for one in opened:
                with contextlib.suppress(OSError, asyncio.CancelledError):
                    await one.wait_closed()

    async def _pass(self, reader: asyncio.StreamReader, opened: list[asyncio.StreamWriter]) -> None:
        (writer,) = opened
        head = await reader.readuntil(b"\r\n\r\n")
        method, target, version = head.split(b"\r\n", 1)[0].split(b" ")
        self.log.append(f"{method.decode()} {target.decode()}")
        port = self.secure if method == b"CONNECT" else self.plain
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        opened.append(far_writer)
        if method == b"CONNECT":
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))
            return
        parts = urlsplit(target.decode())
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        lines = [line for line in head.split(b"\r\n")[1:-2] if not line.lower().startswith(b"proxy-connection")]
        far_writer.write(b"\r\n".join([b" ".join((method, path.encode(), version)), *lines, b"", b""]))
        answer = await far_reader.readuntil(b"\r\n\r\n")
        size = next(
            int(line.split(b":")[1]) for line in answer.lower().split(b"\r\n") if line.startswith(b"content-length")
        )
        writer.write(answer + await far_reader.readexactly(size))
        await writer.drain()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(1 << 16):
        writer.write(data)
        await writer.drain()
    with contextlib.suppress(OSError):
        writer.write_eof()


@contextlib.contextmanager
def forwarding(plain: int, secure: int = 0, *, port: int = 0) -> Iterator[Proxy]:
    """Forward on a free port (or this one) until the block ends."""
    proxy, loop = Proxy(plain, secure), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="proxy", daemon=True)
    thread.start()

    async def begin() -> asyncio.Server:
        return await asyncio.start_server(proxy.serve, "127.0.0.1", port)

    async def end(server: asyncio.Server) -> None:
        server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.01)

    server = asyncio.run_coroutine_threadsafe(begin(), loop).result(10)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        asyncio.run_coroutine_threadsafe(end(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
