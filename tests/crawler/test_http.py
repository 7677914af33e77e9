"""The HTTP client against servers that lie, stall, tear and never end."""

from __future__ import annotations

import asyncio
import gzip
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from crawler.errors import Broken, FetchError, NotInResolveMap, PrivateAddress, Refused, TimedOut, TlsFailed, TooLarge
from crawler.fetch.decoding import decode
from crawler.fetch.http import Answer, HttpClient
from crawler.plan import Limits, Resolve, RoundPlan, UnitPlan
from tests.crawler.sites.certificate import self_signed
from tests.crawler.sites.scripted import Asked, Script, Wire, serving

LIMITS = Limits(body_bytes=1_000_000, decoded_bytes=2_000_000, page_seconds=30)
Get = Callable[..., Awaitable[Answer]]


def plan_of(*seeds: str, resolve: tuple[Resolve, ...] = (), limits: Limits = LIMITS) -> RoundPlan:
    """A plan of one unit."""
    unit = UnitPlan(code="u", name="u", seeds=seeds, scope=())
    return RoundPlan(name="R", units=(unit,), resolve=resolve, limits=limits, user_agent="caifeng/0.1 (+http://x.cn)")


@pytest.fixture
async def client() -> AsyncIterator[Callable[[RoundPlan], HttpClient]]:
    """Makes clients that are closed with the test."""
    async with AsyncExitStack() as stack:

        def make(plan: RoundPlan) -> HttpClient:
            made = HttpClient(plan)
            stack.push_async_callback(made.close)
            return made

        yield make
        await asyncio.sleep(0)


async def got(make: Any, script: Script, path: str = "/", limits: Limits = LIMITS) -> Answer:
    """One GET of a site of its own."""
    with serving(script) as site:
        base = f"http://127.0.0.1:{site.port}"
        found: Answer = await make(plan_of(base + "/", limits=limits)).get(base + path)
        return found


async def plain(asked: Asked, wire: Wire) -> None:
    """Every page says where it is."""
    await wire.reply(f"page {asked.target}")


async def test_an_answer_is_kept_as_it_came(client: Any) -> None:
    """Status, all headers in order, the very bytes, and the address that answered."""
    body = gzip.compress(b"text")

    async def script(asked: Asked, wire: Wire) -> None:
        assert asked.headers["user-agent"] == "caifeng/0.1 (+http://x.cn)"
        await wire.reply(body, 418, "Content-Encoding: gzip", "Set-Cookie: a=1", "Set-Cookie: b=2")

    answer = await got(client, script)
    assert (answer.status, answer.wire, answer.address) == (418, body, "127.0.0.1")
    assert [value for name, value in answer.headers if name == "Set-Cookie"] == ["a=1", "b=2"]
    assert 0 <= answer.elapsed < LIMITS.page_seconds


async def test_a_url_is_sent_as_it_is_spelled(client: Any) -> None:
    """Escapes, empty parameters, pluses and dots are the server's business; a fragment stays at home."""
    path = "/a%2Fb/%E6%94%BF/./x;y=1?q=%D5%FE+a&&b=&c#f"
    answer = await got(client, plain, path)
    assert answer.wire == b"page " + path.partition("#")[0].encode()


async def test_redirects_are_answers(client: Any) -> None:
    """Following them is the frontier's business; Location's raw bytes come through."""

    async def script(_asked: Asked, wire: Wire) -> None:
        await wire.reply(b"", 302, "Location: /政务\udcd5\udcfe")

    answer = await got(client, script)
    assert answer.status == 302
    location = dict(answer.headers)["Location"]
    assert location.encode("utf-8", "surrogateescape") == "/政务".encode() + b"\xd5\xfe"


async def test_the_cookie_of_a_hop_is_sent_and_none_is_kept(client: Any) -> None:
    """Cookies live in the lease: one page's must not colour another's."""

    async def script(_asked: Asked, wire: Wire) -> None:
        await wire.reply("x", 200, "Set-Cookie: kept=1")

    with serving(script) as site:
        base = f"http://127.0.0.1:{site.port}/"
        one = client(plan_of(base))
        await one.get(base, cookie="a=1; b=2")
        await one.get(base)
        assert [each.headers.get("cookie") for each in site.asked()] == ["a=1; b=2", None]


async def test_connections_are_used_again(client: Any) -> None:
    """And the address is told every time, also for answers shorter than one packet."""
    with serving(plain) as site:
        base = f"http://127.0.0.1:{site.port}/"
        one = client(plan_of(base))
        answers = [await one.get(base + str(number)) for number in range(5)]
        assert [answer.address for answer in answers] == ["127.0.0.1"] * 5
        assert {each.connection for each in site.asked()} == {1}


async def test_a_torn_used_connection_is_not_asked_twice(client: Any) -> None:
    """One grant is one request: a second one is the frontier's to give, after the delay."""

    async def script(asked: Asked, wire: Wire) -> bool | None:
        if asked.target == "/torn":
            wire.reset()
            return False
        await wire.reply("x")
        return None

    with serving(script) as site:
        base = f"http://127.0.0.1:{site.port}/"
        one = client(plan_of(base))
        await one.get(base)
        with pytest.raises(Refused):
            await one.get(base + "torn")
        assert site.targets() == ["/", "/torn"]


async def test_an_endless_body_is_cut_at_the_limit(client: Any) -> None:
    """A gigabyte is not waited for: after the limit the connection is given up."""
    sent = 0

    async def script(_asked: Asked, wire: Wire) -> None:
        nonlocal sent
        await wire.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(16_384):
            await wire.send(b"10000\r\n" + bytes(65536) + b"\r\n")
            sent += 65536

    with pytest.raises(TooLarge, match="1000000"):
        await got(client, script)
    assert sent < 60_000_000  # what the sockets' buffers took, far from the gigabyte


async def test_an_announced_giant_is_not_read(client: Any) -> None:
    """Its Content-Length is enough."""

    async def script(_asked: Asked, wire: Wire) -> None:
        await wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n")
        await asyncio.sleep(60)

    with pytest.raises(TooLarge, match="1073741824"):
        await got(client, script)


async def test_a_body_shorter_than_announced_is_broken(client: Any) -> None:
    """Half a page must not pass for the page."""

    async def script(_asked: Asked, wire: Wire) -> bool:
        await wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
        return False

    with pytest.raises(Broken):
        await got(client, script)


async def test_a_body_longer_than_announced_does_not_leak_into_the_next_page(client: Any) -> None:
    """The surplus may look like an answer; the next page must not get it."""

    async def script(asked: Asked, wire: Wire) -> None:
        if asked.target == "/long":
            await wire.send(
                b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npageHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled"
            )
        else:
            await wire.reply("next page")

    with serving(script) as site:
        base = f"http://127.0.0.1:{site.port}/"
        one = client(plan_of(base))
        with_surplus = await one.get(base + "long")
        assert with_surplus.wire == b"page"
        for _ in range(3):
            assert (await one.get(base + "next")).wire == b"next page"


async def silent(_asked: Asked, _wire: Wire) -> None:
    """Takes the request and says nothing."""
    await asyncio.sleep(30)


async def stalls_in_the_head(_asked: Asked, wire: Wire) -> None:
    """Begins and stops."""
    await wire.send(b"HTTP/1.1 200 OK\r\nContent-Le")
    await asyncio.sleep(30)


async def stalls_in_the_body(_asked: Asked, wire: Wire) -> None:
    """Ten of twenty bytes."""
    await wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n0123456789")
    await asyncio.sleep(30)


async def drips(_asked: Asked, wire: Wire) -> None:
    """A byte now and then, for ever: no single read is late."""
    await wire.endless(b"x", 0.05)


async def drips_headers(_asked: Asked, wire: Wire) -> None:
    """The same before the body."""
    await wire.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        await wire.send(b"X: y\r\n")
        await asyncio.sleep(0.05)


async def says_continue(_asked: Asked, wire: Wire) -> None:
    """Interim answers without end."""
    while True:
        await wire.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    "script", [silent, stalls_in_the_head, stalls_in_the_body, drips, drips_headers, says_continue]
)
async def test_the_whole_answer_has_a_limit(client: Any, script: Script) -> None:
    """From start to the end of the body."""
    with pytest.raises(TimedOut, match="no whole answer within"):
        await got(client, script, limits=Limits(page_seconds=0.4))


async def resets(_asked: Asked, wire: Wire) -> bool:
    """Tears the connection without a word."""
    wire.reset()
    return False


async def closes(_asked: Asked, _wire: Wire) -> bool:
    """Ends it politely, without a word."""
    return False


@pytest.mark.parametrize("script", [resets, closes])
async def test_no_answer_at_all_is_a_refusal(client: Any, script: Script) -> None:
    """Reset or closed before the first byte."""
    with pytest.raises(Refused):
        await got(client, script)


async def test_a_closed_port_is_a_refusal(client: Any) -> None:
    """Nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{held.getsockname()[1]}/"
        with pytest.raises(Refused):
            await client(plan_of(base)).get(base)


@pytest.mark.parametrize(
    "raw",
    [
        b"<html>HTTP/0.9 has no head</html>\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01garbage\r\n\r\n",
        b"\x00" * 4096,
        b"HTTP/1.1 xyz OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhellox",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nbody\r\n0\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
    ],
    ids=["http-0.9", "tls-bytes", "nuls", "status", "negative-length", "two-lengths", "chunk", "ssh"],
)
async def test_what_is_not_http_is_broken(client: Any, raw: bytes) -> None:
    """One FetchError whatever a port speaks."""

    async def script(_asked: Asked, wire: Wire) -> bool:
        await wire.send(raw)
        return False

    with pytest.raises(Broken):
        await got(client, script)


async def test_a_body_that_breaks_off_is_broken(client: Any) -> None:
    """Torn between two chunks."""

    async def script(_asked: Asked, wire: Wire) -> bool:
        await wire.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
        return False

    with pytest.raises(Broken):
        await got(client, script)


async def test_a_large_cookie_passes(client: Any) -> None:
    """Sixty thousand bytes in one line: old portals keep their state there."""

    async def script(_asked: Asked, wire: Wire) -> None:
        await wire.reply("x", 200, "Set-Cookie: state=" + "c" * 60_000)

    answer = await got(client, script)
    assert len(dict(answer.headers)["Set-Cookie"]) == 60_006


@pytest.mark.parametrize(
    "lines", [["X-Big: " + "h" * 200_000], [f"X-{number}: " + "h" * 60_000 for number in range(400)]]
)
async def test_larger_heads_are_refused(client: Any, lines: list[str]) -> None:
    """One endless line, or endless lines, cost one page."""

    async def script(_asked: Asked, wire: Wire) -> bool:
        await wire.reply("x", 200, *lines)
        return False

    with pytest.raises(FetchError):
        await got(client, script)


async def test_a_bomb_arrives_small_and_is_refused_decoded(client: Any) -> None:
    """The wire stays under its limit; decoding stops at the other one."""
    bomb = gzip.compress(bytes(50_000_000))

    async def script(_asked: Asked, wire: Wire) -> None:
        await wire.reply(bomb, 200, "Content-Encoding: gzip")

    answer = await got(client, script)
    assert answer.wire == bomb
    with pytest.raises(TooLarge):
        decode(answer.wire, "gzip", LIMITS.decoded_bytes)


@pytest.mark.parametrize("days", [30, -1])
async def test_certificates_are_no_condition(client: Any, tmp_path: Path, days: int) -> None:
    """Signed by itself, for another name, expired: the page is what counts."""
    with serving(plain, tls=self_signed(tmp_path, "other.test", days=days)) as site:
        base = f"https://127.0.0.1:{site.port}/"
        answer = await client(plan_of(base)).get(base)
        assert (answer.wire, answer.address) == (b"page /", "127.0.0.1")


async def test_no_tls_where_tls_is_asked_for(client: Any) -> None:
    """A plain server behind https: its own reason."""
    with plain_text_port() as port, pytest.raises(TlsFailed):
        await client(plan_of(f"https://127.0.0.1:{port}/")).get(f"https://127.0.0.1:{port}/")


@contextmanager
def plain_text_port() -> Any:
    """A port that answers anything with an HTTP error at once, as web servers do to a TLS greeting."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        yield server.getsockname()[1]
        thread.join(10)


def ipv6() -> bool:
    """Whether the loopback has an IPv6 address."""
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            return False
    return True


async def test_ipv6(client: Any) -> None:
    """Literal, and by the map."""
    if not ipv6():
        pytest.skip("this machine has no IPv6 loopback")
    with serving(plain, address="::1") as site:
        base = f"http://[::1]:{site.port}/"
        assert (await client(plan_of(base)).get(base)).address == "::1"
        entry = Resolve(host="a.test", address="::1", to_port=site.port)
        answer = await client(plan_of("http://a.test/", resolve=(entry,))).get("http://a.test/x")
        assert (answer.wire, answer.address) == (b"page /x", "::1")


async def test_the_map_leads_and_the_host_stays(client: Any) -> None:
    """The server is asked under its real name; names outside the map and private addresses are not asked at all."""
    with serving(plain) as site:
        entry = Resolve(host="*.hz.test", address="127.0.0.1", to_port=site.port)
        one = client(plan_of("http://www.hz.test/", resolve=(entry,)))
        assert (await one.get("http://www.hz.test/a")).wire == b"page /a"
        assert [each.host for each in site.asked()] == ["www.hz.test"]
        with pytest.raises(NotInResolveMap):
            await one.get("http://other.test/")
        with pytest.raises(NotInResolveMap):
            await one.get(f"http://127.0.0.1:{site.port}/")
        with pytest.raises(PrivateAddress):
            await client(plan_of("http://www.gov.cn/")).get(f"http://127.0.0.1:{site.port}/")
        with pytest.raises(PrivateAddress):
            await client(plan_of("http://www.gov.cn/")).get(f"http://localhost:{site.port}/")
        assert len(site.asked()) == 1


@pytest.mark.parametrize("url", ["http://[::1/", "http://a:99999/", "http:///x", "http://a..b/", "http://" + "a" * 300])
async def test_a_url_that_is_none_is_a_fetch_error(client: Any, url: str) -> None:
    """Nothing but FetchError leaves `get`."""
    with pytest.raises(FetchError):
        await client(plan_of("http://www.gov.cn/")).get(url)
