"""A site of which every page is an attack, but for a few good ones that must not suffer."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Awaitable, Callable

import brotli

from tests.crawler.sites.scripted import Asked, Wire

HOST = "hostile.test"
GOOD = tuple(f"/good/{number}.html" for number in range(6))
TEXT = "市人民政府办公室关于印发办事指南的通知，请各单位遵照执行，并将有关情况及时报送。" * 4

Page = Callable[[Asked, Wire], Awaitable[bool | None]]


def page(body: str, title: str = "标题") -> str:
    """A page of a government."""
    return f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{title}</title></head><body>{body}</body></html>"


def good(target: str) -> str:
    """An innocent page, no two alike."""
    return page(f"<h1>关于{target}的通知</h1><p>文号 {zlib.crc32(target.encode())}。{TEXT}{target}</p>", target)


async def _gigabyte(_asked: Asked, wire: Wire) -> None:
    await wire.endless(b"<p>" + b"x" * 65_000)


async def _announced(_asked: Asked, wire: Wire) -> None:
    await wire.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1073741824\r\n\r\n<html>")
    await asyncio.sleep(60)


async def _gzip_bomb(_asked: Asked, wire: Wire) -> None:
    await wire.reply(gzip.compress(bytes(60_000_000)), 200, "Content-Encoding: gzip")


async def _brotli_bomb(_asked: Asked, wire: Wire) -> None:
    await wire.reply(brotli.compress(bytes(30_000_000), quality=4), 200, "Content-Encoding: br")


async def _many_links(_asked: Asked, wire: Wire) -> None:
    await wire.reply(page("".join(f"<a href=/n{number % 997}.html?{number}>链接</a>" for number in range(100_000))))


async def _deep(_asked: Asked, wire: Wire) -> None:
    await wire.reply(page("<div>" * 100_000 + TEXT + "<a href=/good/0.html>x</a>" + "</div>" * 100_000, "深"))


async def _deep_mixed(_asked: Asked, wire: Wire) -> None:
    await wire.reply(page("<table><tr><td><b><i><font>" * 16_000 + TEXT, "乱"))


async def _invalid_bytes(_asked: Asked, wire: Wire) -> None:
    body = (
        b"<html><title>\xff\xfe\xc0\x80</title><p>" + TEXT.encode("gbk")[:-1] + b"\xff\x80" * 500 + b"\xed\xa0\x80</p>"
    )
    await wire.reply(body)


async def _nuls(_asked: Asked, wire: Wire) -> None:
    body = "<ht\0ml><body>\0<p>" + TEXT.replace("政", "政\0") + "</p><a href='/go\0od/0.html'>x</a></body>"
    await wire.reply(body.encode() + b"\0" * 5000)


async def _endless_redirect(asked: Asked, wire: Wire) -> None:
    number = int(asked.target.rpartition("/")[2] or 0)
    await wire.reply("", 302, f"Location: /hop/{number + 1}")


async def _round(asked: Asked, wire: Wire) -> None:
    await wire.reply("", 302, f"Location: {'/loop/b' if asked.target == '/loop/a' else '/loop/a'}")


async def _itself(asked: Asked, wire: Wire) -> None:
    await wire.reply("", 302, f"Location: {asked.target}")


async def _refresh(asked: Asked, wire: Wire) -> None:
    number = int(asked.target.rpartition("/")[2])
    head = f"<html><head><meta http-equiv=refresh content='0;url=/fresh/{number + 1}'></head>"
    await wire.reply(f"{head}<body><p>第{number}页 {zlib.crc32(asked.target.encode())} {TEXT}</p></body></html>")


async def _never_ends(_asked: Asked, wire: Wire) -> None:
    await wire.endless(b"<p>x</p>", 0.05)


async def _silent(_asked: Asked, _wire: Wire) -> None:
    await asyncio.sleep(60)


async def _too_short(_asked: Asked, wire: Wire) -> bool:
    await wire.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n<html>half")
    return False


async def _too_long(_asked: Asked, wire: Wire) -> None:
    body = good("/too-long").encode()
    surplus = b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled"
    await wire.send(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body) + body + surplus
    )


async def _http09(_asked: Asked, wire: Wire) -> bool:
    await wire.send(b"<html>I never learnt HTTP/1.0</html>\n")
    return False


async def _reset(_asked: Asked, wire: Wire) -> bool:
    wire.reset()
    return False


async def _one_line(_asked: Asked, wire: Wire) -> None:
    await wire.reply(
        gzip.compress(page(f"<p>{(TEXT * 6000)[:1_700_000]}</p>", "长").encode()), 200, "Content-Encoding: gzip"
    )


async def _raw_headers(_asked: Asked, wire: Wire) -> None:
    await wire.reply(good("/raw-headers"), 200, "X-Title: \udcd5\udcfe\udcb8\udcae", "X-Mark: 政府", "Retry-After: ²")


async def _raw_location(_asked: Asked, wire: Wire) -> None:
    await wire.reply("", 302, "Location: /\udcd5\udcfe.html")


async def _bad_wait(_asked: Asked, wire: Wire) -> None:
    await wire.reply("", 503, "Retry-After: ²")


async def _big_cookie(_asked: Asked, wire: Wire) -> None:
    await wire.reply(good("/big-cookie"), 200, "Set-Cookie: state=" + "c" * 65_000)


async def _big_head(_asked: Asked, wire: Wire) -> bool:
    await wire.reply("x", 200, "X-Big: " + "h" * 300_000)
    return False


async def _odd_links(_asked: Asked, wire: Wire) -> None:
    links = ["http://[::1", "http://a:99999/", "//", "http:///x", "\x01", "http://hostile.test:0/", "http://%zz/",
             "/" + "a/" * 3000, "?" * 5000, "http://" + "b" * 4000 + ".hostile.test/", "javascript:" + "x" * 9000]  # fmt: skip
    await wire.reply(page("".join(f'<a href="{link}">x</a>' for link in links) + TEXT, "怪"))


PAGES: dict[str, Page] = {
    "/gigabyte": _gigabyte,
    "/announced": _announced,
    "/bomb/gzip": _gzip_bomb,
    "/bomb/brotli": _brotli_bomb,
    "/many-links": _many_links,
    "/deep": _deep,
    "/deep-mixed": _deep_mixed,
    "/invalid-bytes": _invalid_bytes,
    "/nuls": _nuls,
    "/loop/a": _round,
    "/loop/b": _round,
    "/itself": _itself,
    "/never-ends": _never_ends,
    "/silent": _silent,
    "/too-short": _too_short,
    "/too-long": _too_long,
    "/http09": _http09,
    "/reset": _reset,
    "/one-line": _one_line,
    "/raw-headers": _raw_headers,
    "/raw-location": _raw_location,
    "/bad-wait": _bad_wait,
    "/big-cookie": _big_cookie,
    "/big-head": _big_head,
    "/odd-links": _odd_links,
}
SEEDED = (*[target for target in PAGES if target != "/loop/b"], "/hop/0", "/fresh/0", *GOOD)


async def script(asked: Asked, wire: Wire) -> bool | None:
    """The site."""
    if asked.target == "/":
        await wire.reply(
            page("<h1>市政府</h1>" + "".join(f"<a href={target}>链接</a>" for target in SEEDED) + TEXT, "首页")
        )
    elif asked.target.startswith("/hop/"):
        await _endless_redirect(asked, wire)
    elif asked.target.startswith("/fresh/"):
        await _refresh(asked, wire)
    elif asked.target in GOOD:
        await wire.reply(good(asked.target))
    elif asked.target in PAGES:
        return await PAGES[asked.target](asked, wire)
    else:
        await wire.reply("nothing here", 404)
    return None
