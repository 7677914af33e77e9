"""Small sites, each on a host of its own, that answer for what is not there each in a way of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tests.crawler.sites.scripted import Asked, Wire

PAGES = 70  # real ones beside the home page: a probe comes after 50
DEAD = 6  # links on real pages that lead nowhere
FRAME = '<div class="nav"><a href="/">首页</a><a href="/w1.html">概况</a></div>'
GONE = "您要找的政务服务事项搬走了，请从办事指南重新找起。"
Script = Callable[[Asked, Wire], Awaitable[None]]


def page(title: str, words: str, links: str = "") -> str:
    """A page in the site's frame."""
    return f"<html><head><title>{title}</title></head><body>{FRAME}<h1>{title}</h1><div class=content><p>{words}</p></div>{links}</body></html>"


def real(target: str) -> str | None:
    """A page that is there: the home page links to all and to one that is not, every ninth to another."""
    if target == "/":
        links = "".join(f'<li><a href="/w{n}.html">第{n}件</a></li>' for n in range(1, PAGES + 1))
        return page("某县人民政府", "欢迎来到本县的门户。", f"<a href='/art/0.html'>旧文</a><ul>{links}</ul>")
    name = target.removeprefix("/w").removesuffix(".html")
    if not (target.startswith("/w") and name.isdecimal() and 1 <= int(name) <= PAGES):
        return None
    number = int(name)
    title = f"{chr(0x4E00 + number * 31)}乡通知"
    words = (
        f"{chr(0x5000 + number * 17)}村的{chr(0x5200 + number * 13)}渠已经修好，{chr(0x5400 + number * 7)}户受益。" * 4
    )
    dead = number // 9
    return page(title, words, f'<a href="/art/{dead}.html">附件说明</a>' if number % 9 == 0 and dead <= DEAD else "")


def gone(target: str) -> str:
    """An error page: it repeats the address asked for and names further ones that are not there either."""
    return page("提示", f"{GONE}（{target}）", f'<a href="{target.removesuffix(".html")}/x1.html">看看相近的内容</a>')


async def honest(asked: Asked, wire: Wire) -> None:
    """404 for what is not there."""
    found = real(asked.target)
    await (wire.reply(found) if found else wire.reply("", 404))


async def polite(asked: Asked, wire: Wire) -> None:
    """200, and words that say it otherwise than most."""
    await wire.reply("", 404) if asked.target == "/robots.txt" else await wire.reply(
        real(asked.target) or gone(asked.target)
    )


async def barring(asked: Asked, wire: Wire) -> None:
    """The same, where robots.txt bars all but the real pages."""
    if asked.target == "/robots.txt":
        await wire.reply("User-agent: *\nDisallow: /cf\n", kind="text/plain")
    else:
        await polite(asked, wire)


async def leading(asked: Asked, wire: Wire) -> None:
    """A redirect to one page, which tells where one came from."""
    if asked.target == "/robots.txt":
        await wire.reply("", 404)
    elif asked.target.startswith("/sorry.jsp"):
        await wire.reply(gone(asked.target.partition("=")[2]))
    elif (found := real(asked.target)) is not None:
        await wire.reply(found)
    else:
        await wire.reply("", 302, f"Location: /sorry.jsp?from={asked.target}")


async def homely(asked: Asked, wire: Wire) -> None:
    """The home page for whatever is not there."""
    await wire.reply("", 404) if asked.target == "/robots.txt" else await wire.reply(
        real(asked.target) or real("/") or ""
    )


async def alike(asked: Asked, wire: Wire) -> None:
    """An application: every path but the home page has one and the same text."""
    if asked.target == "/robots.txt":
        await wire.reply("", 404)
    elif asked.target == "/":
        await wire.reply(real("/") or "")
    else:
        await wire.reply(page("应用", "请用菜单选择要办理的事项，然后填写表格。"))


async def silent(asked: Asked, wire: Wire) -> None:
    """No answer at all for the made-up address."""
    if asked.target.startswith("/cf"):
        wire.reset()
    else:
        await honest(asked, wire)


# Hosts whose pages are kept unless something speaks against them; all are led to loopback.
SITES: dict[str, Script] = {
    f"{script.__name__}.gov.cn": script for script in (honest, polite, barring, leading, homely, alike, silent)
}


async def script(asked: Asked, wire: Wire) -> None:
    """All of them on one server."""
    await SITES[asked.host](asked, wire)
