"""Later editions: what changed is drawn alike everywhere, the truth of it is exact, and servers answer conditionals."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pytest

from rehearsal import changes, editions, pages, truth
from rehearsal.addresses import Ref, decode, path_of
from rehearsal.conditional import unmodified
from rehearsal.plan import build
from rehearsal.printing import DECLARED, page_bytes

SMALL = (7, 2, 600)


@pytest.fixture(scope="module")
def second():
    return build(*SMALL, 2)


@pytest.fixture(scope="module")
def changed(second):
    return list(changes.rows(second))


def test_the_first_edition_is_the_web_as_it_was(second) -> None:
    """Nothing is added, edited, gone or down in it."""
    first = replace(second, edition=1)
    assert first == build(*SMALL)
    assert editions.down_site(first) == ""
    assert decode(first, first.hosts[0], "/xinzeng/2-0.html") is None
    assert list(changes.rows(first)) == []


def test_every_kind_of_change_is_there_and_told(second, changed) -> None:
    """The rows are the difference of the two truths, and pages behind the silent host are unreachable, not removed."""
    told = Counter(row["change"] for row in changed)
    assert all(told[kind] for kind in ("added", "changed", "removed", "unreachable")), told
    first = {row["url"] for row in truth.rows(replace(second, edition=1)) if row["stored"] and row["kind"] != "trap"}
    now = {row["url"] for row in truth.rows(second) if row["stored"] and row["kind"] != "trap"}
    by_kind = {kind: {row["url"] for row in changed if row["change"] == kind} for kind in told}
    assert now - first == by_kind["added"]
    assert first - now == by_kind["removed"] | by_kind["unreachable"]
    down = editions.down_site(second)
    assert {url for url in first if f"//{down}/" in url.replace("www.", "")} <= by_kind["unreachable"]


def printed(world, host, ref) -> str:
    """The page's markup."""
    page = pages.outline(world, host, ref)
    assert page is not None
    actual = DECLARED[pages.charset_of(world, host, ref, page)][0]
    return page_bytes(world, host, ref, page)[1].decode("gb18030" if actual == "gbk" else actual)


def test_an_edited_page_differs_by_one_character(second) -> None:
    """The same markup but for one character."""
    first = replace(second, edition=1)
    refs = [
        (host, Ref("item", column.index, k))
        for host in second.hosts
        for column in host.columns
        for k in range(column.count)
    ]
    edited = [(host, ref) for host, ref in refs if editions.fate(second, host, ref) == "edited"]
    assert len(edited) > 4
    for host, ref in edited[:10]:
        before, after = printed(first, host, ref), printed(second, host, ref)
        assert sum(a != b for a, b in zip(before, after, strict=True)) == 1


def test_conditionals_follow_the_standard() -> None:
    """If-None-Match decides alone where it is sent; tags are compared weakly; dates must be the same."""
    headers = {"etag": '"a1"', "last-modified": "Sun, 15 Nov 2026 09:30:00 GMT"}
    assert unmodified(headers, {"if-none-match": 'W/"a1", "b2"'})
    assert not unmodified(headers, {"if-none-match": '"b2"', "if-modified-since": headers["last-modified"]})
    assert unmodified(headers, {"if-modified-since": headers["last-modified"]})
    assert not unmodified(headers, {})
    assert not unmodified({}, {"if-none-match": '"a1"'})


def test_the_server_answers_304_and_hangs_up_on_the_silent_host(second, changed) -> None:
    """Over the wire: a page asked for with its own validators, an edited one with the first edition's, the silent host."""
    words = [
        sys.executable,
        "-m",
        "rehearsal",
        "serve",
        "--seed",
        "7",
        "--units",
        "2",
        "--pages",
        "600",
        "--edition",
        "2",
    ]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as server:
        try:
            told = json.loads(server.stdout.readline())
            port = int(told["http"].rpartition(":")[2])
            host = next(one for one in second.hosts if one.family == "trs" and one.scheme == "http" and not one.www)
            first = replace(second, edition=1)
            path = path_of(second, host, Ref("column", 0))
            status, headers = ask(port, host.name, path)
            tag = headers["etag"]
            assert (status, ask(port, host.name, path, f"If-None-Match: {tag}")[0]) == (200, 304)
            assert ask(port, host.name, path, 'If-None-Match: "other"')[0] == 200
            assert decode(first, host, path) is not None
            assert ask(port, editions.down_site(second), "/") == (0, {})
        finally:
            server.terminate()


def ask(port: int, host: str, path: str, *lines: str) -> tuple[int, dict[str, str]]:
    """One GET; status 0 where the connection is closed without an answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        head = "\r\n".join((f"GET {path} HTTP/1.1", f"Host: {host}", "Connection: close", *lines))
        line.sendall(f"{head}\r\n\r\n".encode())
        raw = b""
        while piece := line.recv(65536):
            raw += piece
    if not raw:
        return 0, {}
    first, *fields = raw.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    pairs = (field.partition(":") for field in fields)
    return int(first.split()[1]), {name.lower(): value.strip() for name, _, value in pairs}
