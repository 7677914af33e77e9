"""A page shown again from the archive alone: its own bytes, and the scripts and answers it was built from.

The page stands on loopback at its own path and query, so that its relative addresses lead back here.  A
Content-Security-Policy keeps the browser from every other host; what the archive does not have is not found.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import orjson

from cleaning.media import ending_of
from crawler.items import ArchiveRef
from pipelines.archive_loaded import sent_mark
from pipelines.archive_reader import ArchivedRecord, read
from pipelines.store.records import archive_of, loaded_of
from rounds.refusals import BadChoice, NoSuchPage

LOOPBACK: Final = "127.0.0.1"
OWN_ONLY: Final = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; form-action 'self'; base-uri 'self'"
AS_DRAWN: Final = "default-src 'self' 'unsafe-inline' data: blob:; script-src 'none'; form-action 'none'"
# Headers of the page that its showing rests on; lengths, encodings, cookies and policies are ours or void.
KEPT_HEADERS: Final = frozenset({"content-type", "content-language", "last-modified"})
# Parameters that differ with each request and choose nothing.
PASSING: Final = frozenset({"_", "t", "ts", "time", "timestamp", "rnd", "rand", "random", "r", "nonce", "v"})
ENDINGS: Final = {"json": ".json", "javascript": ".js", "xml": ".xml", "css": ".css", "html": ".html"}


@dataclass(frozen=True, slots=True)
class Piece:
    """One archived answer of the page: `sent` as in `crawler.items.Loaded`."""

    url: str
    method: str
    sent: str
    status: int
    content_type: str
    again: bool
    ref: ArchiveRef

    def body(self) -> bytes:
        """Its bytes, content-decoded.  Raises RecordMissing, RecordBroken, ArchiveAway."""
        return read(self.ref).body


@dataclass(frozen=True, slots=True)
class Replay:
    """A stored page with all that was archived of it."""

    url: str
    key: str
    main: ArchivedRecord
    dom: bytes | None
    pieces: tuple[Piece, ...]

    @property
    def path(self) -> str:
        """Path and query of the page."""
        return path_of(self.url)

    def answer(self, method: str, target: str, sent: bytes) -> Piece | None:
        """The archived answer to a request of the page: the same, else without what differs each time, else the only one."""
        there = [one for one in self.pieces if path_of(one.url).partition("?")[0] == target.partition("?")[0]]
        mark, lasting = sent_mark(sent), _lasting(target)
        same = [one for one in there if one.method == method and _lasting(one.url) == lasting]
        exact = [one for one in same if path_of(one.url) == target and one.sent == mark]
        for alike in (exact, [one for one in same if one.sent == mark], same):
            if alike:
                return alike[0]
        return there[0] if len(there) == 1 else None


def replay_of(record: Mapping[str, Any]) -> Replay:
    """What the archive has of a page's record.  Raises NoSuchPage for what was not stored, and what reading raises."""
    ref, dom = archive_of(record), archive_of(record, "dom_archive")
    if record.get("pruned"):
        raise NoSuchPage(
            f"{record['url']} 的存档在 {record['pruned']['at']:%Y-%m-%d} 清理掉了（caifeng prune），只剩记录"
        )
    if ref is None:
        raise NoSuchPage(f"{record['url']} 没有存下（{record['end']}），存档里没有它")
    pieces = tuple(
        Piece(one.url, one.method, one.sent, one.status, one.content_type, one.again, one.archive)
        for one in loaded_of(record)
    )
    return Replay(record["url"], record["key"], read(ref), read(dom).body if dom else None, pieces)


def path_of(url: str) -> str:
    """Path and query."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _lasting(url: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    parts = urlsplit(url)
    fields = parse_qsl(parts.query, keep_blank_values=True)
    return parts.path, tuple(sorted(pair for pair in fields if pair[0].lower() not in PASSING))


@dataclass(slots=True)
class Asked:
    """What a browser asked of a replay, in order: the target, and whether the archive had it."""

    targets: list[tuple[str, bool]] = field(default_factory=list)


@contextmanager
def serving(replay: Replay, port: int = 0, *, drawn: bool = False) -> Iterator[tuple[str, Asked]]:
    """Serve it on loopback while the block runs: the page's address there, and what is asked for.

    `drawn`: the rendered DOM in place of the page's bytes, its scripts not run again.  Raises OSError where the port is taken.
    """
    asked = Asked()
    server = ThreadingHTTPServer((LOOPBACK, port), _handler(replay, asked, drawn=drawn))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="replay", daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_address[1]}{replay.path}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(replay: Replay, asked: Asked, *, drawn: bool) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers from the archive."""

        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

        def _answer(self, sent: bytes) -> None:
            if self.path == replay.path and (self.command == "GET" or not replay.answer(self.command, self.path, sent)):
                asked.targets.append((self.path, True))
                self._send(*_page(replay, drawn=drawn))
                return
            piece = None if drawn else replay.answer(self.command, self.path, sent)
            asked.targets.append((self.path, piece is not None))
            if piece is None:
                self._send(404, (("Content-Type", "text/plain; charset=utf-8"),), "存档里没有".encode())
            else:
                self._send(piece.status, (("Content-Type", piece.content_type),), piece.body())

        def _send(self, status: int, headers: tuple[tuple[str, str], ...], body: bytes) -> None:
            self.send_response(status)
            fixed = (("Content-Security-Policy", AS_DRAWN if drawn else OWN_ONLY), ("Cache-Control", "no-store"))
            for name, value in (*headers, *fixed, ("Content-Length", str(len(body)))):
                self.send_header(name, value.encode("latin-1", "replace").decode("latin-1"))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """`asked` tells what was asked for."""

    return Handler


def _page(replay: Replay, *, drawn: bool) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    if drawn and replay.dom is not None:
        return 200, (("Content-Type", "text/html; charset=utf-8"),), replay.dom
    kept = tuple((name, value) for name, value in replay.main.headers if name.lower() in KEPT_HEADERS)
    return replay.main.status, kept, replay.main.body


def write(replay: Replay, folder: Path) -> Mapping[str, Any]:
    """Write all of it into a new folder, and an index of it: `index.json`, whose content is returned.

    Raises BadChoice where the folder exists and holds something; then nothing is written.
    """
    if folder.exists() and any(folder.iterdir()):
        raise BadChoice(f"{folder} 不是空文件夹：给一个新的")
    folder.mkdir(parents=True, exist_ok=True)
    kind = next((value for name, value in replay.main.headers if name.lower() == "content-type"), "")
    page = f"page{_ending(replay.url, kind)}"
    (folder / page).write_bytes(replay.main.body)
    if replay.dom is not None:
        (folder / "dom.html").write_bytes(replay.dom)
    loaded = []
    for number, piece in enumerate(replay.pieces, 1):
        name = f"loaded-{number:03d}{_ending(piece.url, piece.content_type)}"
        (folder / name).write_bytes(piece.body())
        loaded.append(describe(piece) | {"file": name})
    index = {
        "url": replay.url,
        "key": replay.key,
        "fetched_at": replay.main.date,
        "status": replay.main.status,
        "headers": [list(pair) for pair in replay.main.headers],
        "file": page,
        "dom": "dom.html" if replay.dom is not None else None,
        "loaded": loaded,
    }
    (folder / "index.json").write_bytes(orjson.dumps(index, option=orjson.OPT_INDENT_2))
    return index


def describe(piece: Piece) -> dict[str, Any]:
    """A piece for programs."""
    return {
        "url": piece.url,
        "method": piece.method,
        "status": piece.status,
        "content_type": piece.content_type,
        "again": piece.again,
    }


def _ending(url: str, content_type: str) -> str:
    for sign, ending in ENDINGS.items():
        if sign in content_type.lower():
            return ending
    found = ending_of(url)
    return f".{found}" if found.isalnum() else ".bin"
