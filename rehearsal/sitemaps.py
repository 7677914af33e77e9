"""Site maps as sites really have them: some have none, none is whole, and all are older than the site.

What a map leaves out follows from how it was made, which differs by host: an export of the newest articles of each
column, a visit that began at the home page and stopped early, or an index that skips some columns.  Attachments, print
views and parts of articles are rarely named; articles that are gone since still are.
"""

from collections.abc import Iterator
from html import escape
from typing import Final

from rehearsal.addresses import Ref, date_of, item_kind, path_of
from rehearsal.chance import number, pick
from rehearsal.kinds.fixed import fixed_of
from rehearsal.plan import Column, Host, World

PART: Final = 60
"""Addresses of one file of an index of site maps."""

NONE, BROKEN, HTML, PLAIN, INDEX = "none", "broken", "html", "plain", "index"
KINDS: Final = (NONE, PLAIN, PLAIN, HTML, INDEX, PLAIN, BROKEN, PLAIN, NONE, INDEX)
MANNERS: Final = ("newest", "shallow", "columns", "spotty")
UNLISTED: Final = frozenset({"robots", "stalled", "always500", "deadhost", "loop", "gambling", "porn", "fraud"})


def kind_of(world: World, host: Host) -> str:
    """Which sort of site map a host has."""
    return pick(KINDS, world.seed, "sitemap", host.site)


def _lot(world: World, host: Host, *parts: object) -> float:
    return number(world.seed, "sitemap", host.site, *parts) % 10_000 / 10_000


def paths(world: World, host: Host) -> list[str]:
    """Every address the map names, in its order."""
    return list(dict.fromkeys(_paths(world, host)))


def _paths(world: World, host: Host) -> Iterator[str]:
    manner = pick(MANNERS, world.seed, "manner", host.site)
    yield "/"
    for page in fixed_of(world, host):
        if _lot(world, host, "fixed", page.slug) < 0.85:
            yield path_of(world, host, Ref("fixed", extra=page.slug))
            yield from (
                path_of(world, host, Ref("fixed", n, extra=page.slug))
                for n in range(1, page.parts + 1)
                if _lot(world, host, "part", page.slug, n) < 0.4
            )
    for column in host.columns:
        if manner == "columns" and _lot(world, host, "column", column.index) < 0.3:
            continue
        yield path_of(world, host, Ref("column", column.index))
        yield from _items(world, host, column, manner)


def _items(world: World, host: Host, column: Column, manner: str) -> Iterator[str]:
    """Articles of a column: none of the last days, some that are gone, and of the others what the manner leaves."""
    age = number(world.seed, "age", host.site) % 3  # items that are younger than the map
    most = column.count * (0.45 + 0.5 * _lot(world, host, "most")) if manner == "newest" else column.count
    depth = 2 * column.per_page if manner == "shallow" else column.count
    share = 0.55 + 0.4 * _lot(world, host, "share")
    for k in range(age, column.count):
        if k > most or k >= depth + age or item_kind(world, host, column.index, k) in UNLISTED:
            continue
        if manner == "spotty" and _lot(world, host, "item", column.index, k) > share:
            continue
        yield path_of(world, host, Ref("item", column.index, k))
    for k in range(column.count, column.count + 1 + column.count // 12):  # removed since
        yield path_of(world, host, Ref("item", column.index, k))


def answer(world: World, host: Host, path: str) -> tuple[int, str, bytes] | None:
    """Status, type and body for the address of a site map; None where the address is none of a map's."""
    kind = kind_of(world, host)
    if path == "/wzdt.html":
        return (200, "text/html; charset=utf-8", _html(world, host)) if kind == HTML else None
    if path == "/sitemap.xml":
        if kind in {NONE, HTML}:
            return None
        if kind == BROKEN:  # answered by the page for everything that is not there
            return 200, "text/html; charset=utf-8", "<html><body><p>您访问的页面不存在</p></body></html>".encode()
        listed = paths(world, host)
        body = _urlset(world, host, listed) if kind == PLAIN else _index(host, len(listed))
        return 200, "application/xml", body
    if kind == INDEX and path.startswith("/sitemap_") and path.endswith(".xml"):
        middle = path.removeprefix("/sitemap_").removesuffix(".xml")
        first = int(middle) * PART if middle.isdecimal() else -1
        listed = paths(world, host)[first : first + PART] if first >= 0 else []
        return (200, "text/xml", _urlset(world, host, listed)) if listed else None
    return None


def _index(host: Host, count: int) -> bytes:
    parts = "".join(
        f"<sitemap><loc>{host.origin}/sitemap_{n}.xml</loc></sitemap>" for n in range((count + PART - 1) // PART)
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return f"{head}{parts}</sitemapindex>\n".encode()


def _urlset(world: World, host: Host, listed: list[str]) -> bytes:
    rows = []
    for path in listed:
        origin = host.origin if _lot(world, host, "spelled") < 0.7 else f"http://{host.site}"
        rows.append(f"<url><loc>{escape(origin + path)}</loc><changefreq>daily</changefreq></url>")
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return f"{head}{''.join(rows)}</urlset>\n".encode()


def _html(world: World, host: Host) -> bytes:
    """A page 网站地图 that no other page links any more."""
    rows = "".join(f'<li><a href="{escape(path)}">{escape(path)}</a></li>' for path in paths(world, host))
    newest = date_of(world.seed, host.site, 0, 2)
    return (
        f"<html><head><meta charset=utf-8><title>网站地图-{host.title}</title></head>"
        f"<body><h1>网站地图</h1><p>更新于 {newest}</p><ul>{rows}</ul></body></html>"
    ).encode()
