"""The page of an address: the one door to all kinds."""

from rehearsal.addresses import Ref, path_of
from rehearsal.chance import number
from rehearsal.kinds import fixed, hubs, items
from rehearsal.links import Link, anchor
from rehearsal.outline import Outline
from rehearsal.plan import Host, World


def outline(world: World, host: Host, ref: Ref) -> Outline | None:
    """What stands at this address; None when nothing does (404)."""
    if ref.kind == "home":
        return hubs.home(world, host, ref)
    if ref.kind == "column":
        return hubs.column(world, host, ref)
    if ref.kind == "item":
        return items.build(world, host, ref)
    if ref.kind == "file":
        return items.file(world, host, ref)
    if ref.kind == "fixed":
        return fixed.build(world, host, ref)
    if ref.kind == "calendar":
        return hubs.calendar(world, host, ref)
    if ref.kind == "session":
        return hubs.session(world, host, ref)
    return hubs.barred(world, host, ref)


def chrome(world: World, host: Host) -> tuple[Link, ...]:
    """Links every framed page of a host carries: home, top columns, and the home page under its index name."""
    columns = [anchor(path_of(world, host, Ref("column", one.index)), one.name) for one in host.columns[: host.top]]
    return (anchor("/", "首页"), *columns, anchor("/index.html", "网站首页"))


def links_of(world: World, host: Host, page: Outline) -> list[Link]:
    """Every link of a page, chrome included."""
    own = [link for block in page.blocks for link in block.links]
    return own if page.frame != "page" or page.answer.status != 200 else [*chrome(world, host), *own]


def charset_of(world: World, host: Host, ref: Ref, page: Outline) -> str:
    """How the page is encoded and declared; on mis-declaring hosts every second page is."""
    if page.charset:
        return page.charset
    if host.charset in {"utf-8", "gbk"}:
        return host.charset
    if number(world.seed, "charset", host.site, *ref) % 2:
        return host.charset
    return "gbk" if host.charset == "gbk-as-utf8" else "utf-8"
