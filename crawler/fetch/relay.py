"""Between the browser and the round's outbound proxy: a relay of the worker's own that lets only the plan's hosts pass.

Chromium takes one proxy for all, or a list of hosts to be asked without it; that other hosts are not asked at all it
cannot be told.  One connection carries one request, or one tunnel.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

HEAD_BYTES: Final = 256 * 1024  # of a request: cookies of old portals are long
SECONDS: Final = 15.0  # to reach the proxy
_DROPPED: Final = (b"connection:", b"proxy-connection:", b"keep-alive:")


class Relay:
    """`port` listens on loopback.  `away` tells whether the last attempt to reach the proxy failed."""

    def __init__(self, proxy: str, reachable: Collection[str]) -> None:
        parts = urlsplit(proxy)
        self._proxy = (parts.hostname or "", parts.port or 80)
        self._exact = frozenset(one for one in reachable if not one.startswith("*."))
        self._below = tuple(one[1:] for one in reachable if one.startswith("*."))
        self._server: asyncio.Server | None = None
        self.port = 0
        self.away = False

    async def start(self) -> None:
        """Begin to listen."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=HEAD_BYTES)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Take no more connections."""
        if self._server is not None:
            self._server.close()

    def passes(self, target: str) -> bool:
        """Whether a host and port are the plan's."""
        return target in self._exact or target.endswith(self._below)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            head = await reader.readuntil(b"\r\n\r\n")
            line, *fields = head[:-4].split(b"\r\n")
            method, address, _ = line.split(b" ")
            tunnel = method == b"CONNECT"
            if not self.passes(address.decode("ascii") if tunnel else _asked(address.decode("ascii"))):
                writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            elif (far := await self._reached()) is not None:
                await _passed_on(reader, writer, far, line, fields, tunnel=tunnel)
        writer.close()

    async def _reached(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        try:
            async with asyncio.timeout(SECONDS):
                far = await asyncio.open_connection(*self._proxy)
        except (OSError, TimeoutError):
            self.away = True
            return None
        self.away = False
        return far


async def _passed_on(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    far: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    line: bytes,
    fields: list[bytes],
    *,
    tunnel: bool,
) -> None:
    """The request and what it sends to the proxy, and what comes back to the browser."""
    kept = [field for field in fields if not field.lower().startswith(_DROPPED)]
    far[1].write(b"\r\n".join([line, *kept, *([] if tunnel else [b"Connection: close"]), b"", b""]))
    try:
        if tunnel:
            await asyncio.gather(_copied(reader, far[1]), _copied(far[0], writer))
        else:
            lengths = [int(field.split(b":")[1]) for field in kept if field.lower().startswith(b"content-length:")]
            far[1].write(await reader.readexactly(sum(lengths[:1])))
            await _copied(far[0], writer)
    finally:
        far[1].close()


async def _copied(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(1 << 16):
        writer.write(data)
        await writer.drain()
    with contextlib.suppress(OSError):
        writer.write_eof()


def _asked(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or (443 if parts.scheme in {'https', 'wss'} else 80)}"
