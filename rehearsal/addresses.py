"""From an address to a page number and back, in the manner of each content management system.

Nothing is looked up: an address is parsed into a `Ref`, printed again, and accepted only when both agree.
"""

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import quote, unquote, urljoin, urlsplit

from rehearsal.added import added_pages, added_path
from rehearsal.chance import number, pick
from rehearsal.mixture import drawn_kind
from rehearsal.plan import Host, World
from rehearsal.templates.resources import resource
from rehearsal.texts.service import FIXED_BY_SLUG

NEWEST: Final = dt.date(2026, 11, 15)
"""The youngest date of any page: dates belong to the seed, not to the day of the run."""

EXTENSIONS: Final = ("pdf", "docx", "xlsx", "doc", "zip")
PROXY: Final = "/module/web/jpage/dataproxy.jsp"
ITEMS: Final = "/rest/sxlist/query"
PAGER: Final = "AspNetPager1"
SESSION: Final = re.compile(r";jsessionid=[0-9A-Za-z.!-]+", re.IGNORECASE)
TRACKING: Final = frozenset({"tdsourcetag", "utm_source", "utm_medium", "phpsessid", "jsessionid"})


class Ref(NamedTuple):
    """A page's number on its host; which fields count depends on `kind`."""

    kind: str  # home | column | item | file | fixed | calendar | session | barred | added
    a: int = 0  # column
    b: int = 0  # list page, item
    c: int = 0  # part of an item, number of a file
    extra: str = ""  # index | print | slug | token


@dataclass(frozen=True, slots=True)
class Place:
    """Where a URL points: `key` is host (without www) and path with query; `host` None when no such host exists."""

    key: str
    host: Host | None
    path: str
    ref: Ref | None  # None: no page has this address


def item_kind(world: World, host: Host, column: int, k: int) -> str:
    """What item k of a column is."""
    fixed = host.quotas.get((column, k))
    if fixed:
        return fixed
    return drawn_kind(host.role, world.seed, host.site, column, k)


@lru_cache(maxsize=65536)
def date_of(seed: int, site: str, column: int, k: int) -> dt.date:
    """The day item k of a column was published; later items are older."""
    return NEWEST - dt.timedelta(days=k * 3 + number(seed, site, "date", column, k) % 3)


def extension(seed: int, host: Host, column: int, k: int, n: int) -> str:
    """The type of an attachment; half of the further ones are of the first one's type."""
    if n > 1 and number(seed, host.site, "alike", column, k, n) % 2:
        n = 1
    return pick(EXTENSIONS, seed, host.site, "file", column, k, n)


def path_of(world: World, host: Host, ref: Ref) -> str:
    """The address of a page on its host, beginning with a slash."""
    if ref.kind == "home":
        return "/index.html" if ref.extra == "index" else "/"
    if ref.kind == "fixed":
        return f"/zt/{ref.extra}/" if not ref.a else f"/zt/{ref.extra}/{ref.a}.html"
    if ref.kind == "calendar":
        return f"/rili/list.jsp?month={ref.b}&year={ref.a}"
    if ref.kind == "session":
        # half of the units carry the mark in the path, half in a parameter nobody knows
        return f"/fw/page{ref.a}.jsp?vt={ref.extra}" if host.unit % 2 else f"/fw/(S({ref.extra}))/page{ref.a}.aspx"
    if ref.kind in {"barred", "added"}:
        return f"/oa/{ref.a}.html" if ref.kind == "barred" else added_path(ref.a, ref.b)
    path = _FAMILIES[host.family](world, host, ref)
    if ref.kind == "item" and ref.extra == "print":
        path += "&print=1" if "?" in path else "?print=1"
    return path


def _trs(world: World, host: Host, ref: Ref) -> str:
    slug = host.columns[ref.a].slug
    if ref.kind == "column":
        if ref.b:
            return f"/{slug}/index_{ref.b}.html"
        return f"/{slug}/index.html" if ref.extra == "index" else f"/{slug}/"
    date = date_of(world.seed, host.site, ref.a, ref.b)
    code = (ref.a + 1) * 1_000_000 + ref.b
    if ref.kind == "file":
        end = extension(world.seed, host, ref.a, ref.b, ref.c)
        return f"/{slug}/{date:%Y%m}/P0{date:%Y%m%d}{code:09d}_{ref.c}.{end}"
    part = f"_{ref.c}" if ref.c else ""
    return f"/{slug}/{date:%Y%m}/t{date:%Y%m%d}_{code}{part}.html"


def _jcms(world: World, host: Host, ref: Ref) -> str:
    code = 1000 + ref.a
    if ref.kind == "column":
        if ref.b and host.columns[ref.a].style == "datastore":
            return proxied(host, ref.a, ref.b)
        if ref.b:
            return f"/col/col{code}/index.html?pageNum={ref.b + 1}&uid={code}"
        return f"/col/col{code}/index.html"
    if ref.kind == "file":
        end = extension(world.seed, host, ref.a, ref.b, ref.c)
        return f"/attach/0/{code}_{ref.b}_{ref.c}.{end}"
    date = date_of(world.seed, host.site, ref.a, ref.b)
    part = f"_{ref.c}" if ref.c else ""
    return f"/art/{date.year}/{date.month}/{date.day}/art_{code}_{ref.b}{part}.html"


def proxy_fields(host: Host, column: int) -> dict[str, str]:
    """What the data proxy of a jcms site is told about a column, in the order its pages print it."""
    return {
        "col": "1", "appid": "1", "webid": str(host.number + 1), "path": "/", "columnid": str(1000 + column),
        "sourceContentType": "1", "unitid": str(45000 + column), "webname": host.title, "permissiontype": "0",
    }  # fmt: skip


def proxied(host: Host, column: int, group: int) -> str:
    """The address that answers a group of a column's records."""
    found = host.columns[column]
    first, last = group * found.rows + 1, min(found.count, (group + 1) * found.rows)
    fields = "&".join(f"{name}={quote(value, safe='')}" for name, value in proxy_fields(host, column).items())
    return f"{PROXY}?startrecord={first}&endrecord={last}&perpage={found.per_page}&{fields}"


def _vsb(world: World, host: Host, ref: Ref) -> str:
    if ref.kind == "column":
        column = host.columns[ref.a]  # numbered from the oldest page, so that a page keeps its name when news come
        return f"/{column.slug}/{column.pages - ref.b}.htm" if ref.b else f"/{column.slug}.htm"
    if ref.kind == "file":
        end = extension(world.seed, host, ref.a, ref.b, ref.c)
        return f"/__local/{ref.a + 1:02d}/{ref.b}/{ref.c}/fujian.{end}"
    part = f"_{ref.c}" if ref.c else ""
    return f"/info/{1000 + ref.a}/{ref.b}{part}.htm"


def _asp(world: World, host: Host, ref: Ref) -> str:
    if ref.kind == "column":
        page = f"&page={ref.b + 1}" if ref.b else ""
        if ref.b and host.columns[ref.a].style == "postback":
            page = posted(str(ref.b + 1))
        return f"/list.aspx?cid={ref.a + 1}{page}"
    if ref.kind == "file":
        end = extension(world.seed, host, ref.a, ref.b, ref.c)
        return f"/uploadfile/{ref.a + 1}/{ref.b}-{ref.c}.{end}"
    part = f"&part={ref.c}" if ref.c else ""
    return f"/show.aspx?id={(ref.a + 1) * 1_000_000 + ref.b}{part}"


def posted(argument: str) -> str:
    """How an answer to a step of a list's pager is named: by what was sent, behind the address."""
    return f"&__EVENTTARGET={PAGER}&__EVENTARGUMENT={argument}"


def area(world: World, host: Host) -> str:
    """The area code by which a platform tells its cities apart."""
    return world.units[host.unit].code


def queried(world: World, host: Host, column: int, page: int) -> str:
    """The address that answers a page of a platform's list in JSON; pages from 0."""
    found = host.columns[column]
    return f"{ITEMS}?columnId={column + 1}&areaCode={area(world, host)}&pageNum={page + 1}&pageSize={found.per_page}"


def _platform(world: World, host: Host, ref: Ref) -> str:
    if ref.kind == "column" and host.columns[ref.a].style == "api":
        return (
            queried(world, host, ref.a, ref.b)
            if ref.b
            else f"/{host.columns[ref.a].slug}/list.html?areaCode={area(world, host)}"
        )
    if ref.kind == "column":
        return f"/{host.columns[ref.a].slug}/list_{ref.b + 1}.html"
    if ref.kind == "file":
        end = extension(world.seed, host, ref.a, ref.b, ref.c)
        return f"/download/{ref.a + 1}_{ref.b}_{ref.c}.{end}"
    part = f"_{ref.c}" if ref.c else ""
    return f"/guide/{(ref.a + 1) * 1_000_000 + ref.b}{part}.html"


_FAMILIES: Final = {"trs": _trs, "jcms": _jcms, "vsb": _vsb, "asp": _asp, "platform": _platform}

_SHARED: Final = (
    ("calendar", re.compile(r"/rili/list\.jsp\?month=(?P<b>\d{1,2})&year=(?P<a>\d{1,4})")),
    ("session", re.compile(r"/fw/\(S\((?P<extra>[0-9a-f]{12})\)\)/page(?P<a>\d)\.aspx")),
    ("session", re.compile(r"/fw/page(?P<a>\d)\.jsp\?vt=(?P<extra>[0-9a-f]{12})")),
    ("added", re.compile(r"/xinzeng/(?P<b>\d{1,3})-(?P<a>\d)\.html")),
    ("barred", re.compile(r"/oa/(?P<a>\d{1,9})\.html")),
    ("fixed", re.compile(r"/zt/(?P<extra>[a-z0-9]+)/(?:(?P<a>\d{1,3})\.html)?")),
)
_PATTERNS: Final = {
    "trs": (
        ("file", re.compile(r"/\w+/\d{6}/P0\d{8}(?P<id>\d{9})_(?P<c>\d+)\.\w+")),
        ("item", re.compile(r"/\w+/\d{6}/t\d{8}_(?P<id>\d+)(?:_(?P<c>\d+))?\.html")),
        ("column", re.compile(r"/(?P<slug>[a-z]+\d*)/(?:index(?:_(?P<b>\d+))?\.html)?")),
    ),
    "jcms": (
        ("column", re.compile(r"/col/col(?P<k>\d+)/index\.html(?:\?pageNum=(?P<page>\d+)&uid=\d+)?")),
        ("column", re.compile(re.escape(PROXY) + r"\?startrecord=(?P<start>\d+)&.*&columnid=(?P<k>\d+)&.*")),
        ("item", re.compile(r"/art/\d+/\d+/\d+/art_(?P<k>\d+)_(?P<b>\d+)(?:_(?P<c>\d+))?\.html")),
        ("file", re.compile(r"/attach/0/(?P<k>\d+)_(?P<b>\d+)_(?P<c>\d+)\.\w+")),
    ),
    "vsb": (
        ("column", re.compile(r"/(?P<slug>[a-z]+\d*)(?:/(?P<b>\d+))?\.htm")),
        ("item", re.compile(r"/info/(?P<k>\d+)/(?P<b>\d+)(?:_(?P<c>\d+))?\.htm")),
        ("file", re.compile(r"/__local/(?P<col>\d+)/(?P<b>\d+)/(?P<c>\d+)/fujian\.\w+")),
    ),
    "asp": (
        ("column", re.compile(r"/list\.aspx\?cid=(?P<col>\d+)(?:&page=(?P<page>\d+)|&__EVENT.*=(?P<page2>\d+))?")),
        ("item", re.compile(r"/show\.aspx\?id=(?P<id>\d+)(?:&part=(?P<c>\d+))?")),
        ("file", re.compile(r"/uploadfile/(?P<col>\d+)/(?P<b>\d+)-(?P<c>\d+)\.\w+")),
    ),
    "platform": (
        ("column", re.compile(r"/(?P<slug>[a-z]+\d*)/list(?:_(?P<page>\d+)\.html|\.html\?areaCode=\d+)")),
        (
            "column",
            re.compile(re.escape(ITEMS) + r"\?columnId=(?P<col>\d+)&areaCode=\d+&pageNum=(?P<page>\d+)&pageSize=\d+"),
        ),
        ("item", re.compile(r"/guide/(?P<id>\d+)(?:_(?P<c>\d+))?\.html")),
        ("file", re.compile(r"/download/(?P<col>\d+)_(?P<b>\d+)_(?P<c>\d+)\.\w+")),
    ),
}


def _numbers(host: Host, found: re.Match[str]) -> tuple[int, int, int]:
    """Column, second and third number of a match, whatever the family calls them; column -1 when there is none."""
    got = found.groupdict()
    if got.get("slug"):
        columns = [column.index for column in host.columns if column.slug == got["slug"]]
        a = columns[0] if columns else -1
    elif got.get("id"):
        a, got["b"] = int(got["id"]) // 1_000_000 - 1, str(int(got["id"]) % 1_000_000)
    elif got.get("col"):
        a = int(got["col"]) - 1
    else:
        a = int(got["k"]) - 1000
    page = got.get("page") or got.get("page2")
    b = int(page) - 1 if page else int(got.get("b") or 0)
    if 0 <= a < len(host.columns):
        column = host.columns[a]
        if got.get("start"):
            b = (int(got["start"]) - 1) // column.rows
        elif b and host.family == "vsb" and got.get("slug"):
            b = column.pages - b
    return a, b, int(got.get("c") or 0)


def _candidate(host: Host, path: str) -> Ref | None:
    if path in {"/", "/index.html"}:
        return Ref("home", extra="index" if len(path) > 1 else "")
    for kind, pattern in _SHARED:
        found = pattern.fullmatch(path)
        if found:
            got = found.groupdict()
            return Ref(kind, int(got.get("a") or 0), int(got.get("b") or 0), 0, got.get("extra") or "")
    printed = path.removesuffix("?print=1").removesuffix("&print=1")
    for kind, pattern in _PATTERNS[host.family]:
        found = pattern.fullmatch(printed)
        if found:
            a, b, c = _numbers(host, found)
            extra = "print" if printed != path else ""
            if kind == "column" and host.family == "trs" and not b and path.endswith("index.html"):
                extra = "index"
            return Ref(kind, a, b, c, extra)
    return None


def decode(world: World, host: Host, path: str) -> Ref | None:
    """The page this path (with query) of a host stands for, or None when there is none by its numbers."""
    ref = _candidate(host, path)
    if ref is None:
        return None
    if ref.kind in {"column", "item", "file"}:
        if not 0 <= ref.a < len(host.columns):
            return None
        column = host.columns[ref.a]
        if ref.b >= (column.pages if ref.kind == "column" else column.count):
            return None
    if ref.kind == "added" and (ref.b != world.edition or ref.a >= added_pages(world, host)):
        return None
    if ref.kind == "fixed" and ref.extra not in FIXED_BY_SLUG:
        return None
    return ref if path_of(world, host, ref) == path else None


def tidy_path(path: str, query: str) -> str:
    """Path and query as the rehearsal's own identity rules write them."""
    path = SESSION.sub("", path) or "/"
    kept = [pair for pair in query.split("&") if pair and pair.split("=")[0].lower() not in TRACKING]
    plain = quote(unquote(path), safe="/()_-.~!$&'*+,;=:@")
    return plain + ("?" + "&".join(kept) if kept else "")


def locate(world: World, url: str) -> Place | None:
    """Where an absolute URL points; None when it is no page of the web.

    No page are other domains, schemes and ports, and what pages load (scripts, styles, images).
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    site = parts.hostname.lower().removeprefix("www.")
    host = world.by_site.get(site)
    try:
        port = parts.port
    except ValueError:
        return None
    if host is None and not any(site.endswith("." + domain) for domain in world.domains):
        return None
    if port not in {None, 80, 443}:
        return None
    path = tidy_path(parts.path, parts.query)
    if resource(path.split("?", 1)[0]):
        return None
    return Place(site + path, host, path, decode(world, host, path) if host else None)


def resolve(base: str, href: str) -> str:
    """An href made absolute, without its fragment."""
    return urljoin(base, href.split("#", 1)[0].strip()) if not href.startswith("#") else base


def canonical(place: Place) -> str:
    """The page's address as its own site spells it."""
    return (place.host.origin + place.path) if place.host else f"http://{place.key}"
