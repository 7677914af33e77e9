"""The HTTP/1.1 server: every host on one port, told apart by the Host header; https on a second port."""

import asyncio
import contextlib
import gzip
import signal
import ssl
import time
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import IO, Any, Final

import orjson

from rehearsal import feeds, search
from rehearsal.answers import Answers, Reply
from rehearsal.certificates import context
from rehearsal.conditional import unmodified
from rehearsal.plan import World

STALLED_FOR: Final = 300.0
"""Seconds a stalled answer is held before the connection is closed; clients give up long before."""

BROWSER_HEADERS: Final = frozenset({"sec-fetch-dest", "upgrade-insecure-requests"})
"""Sent by browsers only; over plain http they leave the first away and send the second when they navigate."""

IDLE_FOR: Final = 75.0
"""Seconds a kept connection may wait for its next request."""

CHUNK: Final = 4096

PHRASES: Final = {status.value: status.phrase for status in HTTPStatus}


@dataclass(slots=True)
class Server:
    """Serves one world until stopped."""

    world: World
    log: IO[bytes] | None = None
    answers: Answers = field(init=False)

    def __post_init__(self) -> None:
        self.answers = Answers(self.world)

    async def start(self, bind: str, port: int) -> tuple[list[asyncio.Server], int, int]:
        """Listens; gives the two listeners and their ports (http, https)."""
        plain = await asyncio.start_server(self._accept("http"), bind, port, backlog=1024)
        secure = await asyncio.start_server(self._accept("https"), bind, 0, ssl=context(self.world), backlog=1024)
        return [plain, secure], _port(plain), _port(secure)

    def _accept(self, scheme: str) -> Any:
        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                while await self._serve(scheme, reader, writer):
                    pass
            except (
                ConnectionError,
                TimeoutError,
                asyncio.IncompleteReadError,
                asyncio.LimitOverrunError,
                ssl.SSLError,
            ):
                pass
            except asyncio.CancelledError:
                pass
            finally:
                writer.close()

        return accept

    async def _serve(self, scheme: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; False when the connection ends."""
        raw = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), IDLE_FOR)
        start = time.time()
        head, *lines = raw.decode("latin-1").split("\r\n")
        method, target, _version = head.split(" ", 2)
        headers = dict(_header(line) for line in lines if ":" in line)
        sent = await reader.readexactly(int(headers.get("content-length", 0)))
        host = headers.get("host", "")
        if target.startswith("http"):
            target = "/" + target.split("/", 3)[3]
        reply = self.answers.reply(scheme, host, target, sent if method == "POST" else b"", headers)
        if reply.kind == "down":
            self._note(start, scheme, host, target, reply, headers, 0)
            return False
        if reply.status == HTTPStatus.OK and not reply.stall:
            known = {name.lower(): value for name, value in reply.headers}
            reply = replace(reply, status=304, body=b"") if unmodified(known, headers) else reply
        if reply.delay:
            await asyncio.sleep(reply.delay)
        keep = headers.get("connection", "").lower() != "close"
        size = 0
        try:
            size = await self._send(reader, writer, reply, method, headers, keep=keep)
        finally:
            self._note(start, scheme, host, target, reply, headers, size)
        return keep and not reply.stall

    async def _send(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        reply: Reply,
        method: str,
        asked: dict[str, str],
        *,
        keep: bool,
    ) -> int:
        body, headers = reply.body, list(reply.headers)
        host = reply.host
        if host and host.gzip and len(body) > 500 and "gzip" in asked.get("accept-encoding", ""):
            body = gzip.compress(body, 4, mtime=0)
            headers.append(("Content-Encoding", "gzip"))
        chunked = bool(host and host.chunked and reply.kind == "document" and body and not reply.stall)
        if reply.status != HTTPStatus.NOT_MODIFIED:
            headers.append(("Transfer-Encoding", "chunked") if chunked else ("Content-Length", str(len(body))))
        headers.append(("Connection", "keep-alive" if keep else "close"))
        phrase = PHRASES.get(reply.status, "Unknown")  # shields answer with numbers of their own
        lines = [f"HTTP/1.1 {reply.status} {phrase}", "Server: nginx", *(f"{name}: {value}" for name, value in headers)]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
        if method == "HEAD":
            body = b""
        elif reply.stall:
            return await _stall(reader, writer, reply.stall, body)
        elif chunked:
            for place in range(0, len(body), CHUNK):
                piece = body[place : place + CHUNK]
                writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            writer.write(b"0\r\n\r\n")
        else:
            writer.write(body)
        await writer.drain()
        return len(body)

    def _note(
        self, start: float, scheme: str, host: str, target: str, reply: Reply, asked: dict[str, str], sent: int
    ) -> None:
        if self.log is None:
            return
        name = host.rsplit(":", 1)[0].lower()
        row = {
            "t": round(start, 6), "end": round(time.time(), 6), "host": name, "site": name.removeprefix("www."), "scheme": scheme,
            "path": target, "status": reply.status, "bytes": sent, "kind": reply.kind, "browser": bool(BROWSER_HEADERS & asked.keys()),
            "agent": asked.get("user-agent", ""), "key": reply.key,
        }  # fmt: skip
        self.log.write(orjson.dumps(row) + b"\n")
        self.log.flush()


async def _stall(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, how: str, body: bytes) -> int:
    """Silence after the head, or in the middle of the body, until the client has gone."""
    sent = body[: len(body) // 2] if how == "half" else b""
    writer.write(sent)
    await writer.drain()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(reader.read(1), STALLED_FOR)  # ends when the client closes its side
    return len(sent)


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip()


def _port(server: asyncio.Server) -> int:
    return int(server.sockets[0].getsockname()[1])


def announcement(world: World, bind: str, http: int, https: int) -> dict[str, Any]:
    """The first line `serve` prints."""
    names = [search.HOST, feeds.HOST, *(name for host in world.hosts for name in (host.site, f"www.{host.site}"))]
    return {
        "http": f"{bind}:{http}",
        "https": f"{bind}:{https}",
        "seed": world.seed,
        "units": [
            {
                "code": unit.code,
                "name": unit.name,
                "seeds": list(unit.seeds),
                "hosts": [host.name for host in unit.hosts],
            }
            for unit in world.units
        ],
        "resolve": [f"{name}:{port}={bind}:{to}" for name in names for port, to in ((80, http), (443, https))],
        "search": f"http://{search.HOST}/search",
        "feeds": f"http://{feeds.HOST}",
        "pages": world.pages,
    }


async def serve(world: World, bind: str, port: int, log: IO[bytes] | None) -> None:
    """Serves until SIGTERM or SIGINT, after one line of JSON on stdout."""
    server = Server(world, log)
    listeners, http, https = await server.start(bind, port)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    print(orjson.dumps(announcement(world, bind, http, https)).decode(), flush=True)  # noqa: T201 - the announcement
    await stop.wait()
    for listener in listeners:
        listener.close()
