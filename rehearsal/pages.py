"""The page of an address: the one door to all kinds."""

from collections.abc import Callable
from typing import Final

from rehearsal import editions
from rehearsal.addresses import Ref, path_of
from rehearsal.chance import number
from rehearsal.kinds import fixed, hubs, items
from rehearsal.links import Link, anchor
from rehearsal.outline import Outline
from rehearsal.plan import Host, World

_BUILDERS: Final[dict[str, Callable[[World, Host, Ref], Outline | None]]] = {
    "column": hubs.column,
    "item": items.build,
    "file": items.file,
    "fixed": fixed.build,
    "calendar": hubs.calendar,
    "session": hubs.session,
    "barred": hubs.barred,
    "added": editions.added,
    "home": lambda world, host, _ref: hubs.home(world, host),
}


def outline(world: World, host: Host, ref: Ref) -> Outline | None:
    """What stands at this address; None when nothing does (404)."""
    return editions.as_edited(world, host, ref, _BUILDERS[ref.kind](world, host, ref))


def chrome(world: World, host: Host) -> tuple[Link, ...]:
    """Links every framed page of a host carries: home, top columns, and the home page under its index name."""
    columns = [anchor(path_of(world, host, Ref("column", one.index)), one.name) for one in host.columns[: host.top]]
    return (anchor("/", "首页"), *columns, anchor("/index.html", "网站首页"))


def links_of(world: World, host: Host, page: Outline) -> list[Link]:
    """Every link of a page, chrome included."""
    own = [link for block in (*page.blocks, *page.aside) for link in block.links]
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
