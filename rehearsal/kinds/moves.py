"""Pages that lead on by other means than anchors: refresh, frames, onclick, options, redirects."""

from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import Final, Protocol

from rehearsal import articles
from rehearsal.addresses import Ref, path_of
from rehearsal.links import Block, Kind, Link
from rehearsal.outline import Outline, redirect
from rehearsal.plan import Host, World

LANDING: Final = 19
"""The part number of pages that only a redirect from another host leads to."""

Builder = Callable[[World, Host, Ref], Outline | None]


class Writer(Protocol):
    """What `items.article` looks like."""

    def __call__(self, world: World, host: Host, ref: Ref, *more: Block, features: tuple[str, ...] = ()) -> Outline:
        """An article page."""
        ...


def _part(world: World, host: Host, ref: Ref, c: int) -> str:
    return path_of(world, host, Ref("item", ref.a, ref.b, c))


def _refresh(world: World, host: Host, ref: Ref) -> Block:
    link = Link(Kind.REFRESH, _part(world, host, ref, 1), "新地址")
    return Block((link,), lambda: "")


def _written(world: World, host: Host, ref: Ref) -> Block:
    link = Link(Kind.WRITTEN, _part(world, host, ref, 1))
    tag = f'<meta http-equiv=\\"refresh\\" content=\\"0;url={link.href}\\">'
    return Block((link,), lambda: f'<script type="text/javascript">document.write("{tag}");</script>')


def _location(world: World, host: Host, ref: Ref) -> Block:
    link = Link(Kind.LOCATION, _part(world, host, ref, 1))
    order = ("window.location.href", "location.href", "location")[ref.b % 3]
    return Block((link,), lambda: f"<script>{order} = '{link.href}';</script>")


def _iframe(world: World, host: Host, ref: Ref) -> Block:
    link = Link(Kind.FRAME, _part(world, host, ref, 1))
    return Block(
        (link,), lambda: f'<iframe src="{escape(link.href)}" width="100%" height="600" frameborder="0"></iframe>'
    )


def _onclick(world: World, host: Host, ref: Ref) -> Block:
    one = Link(Kind.ONCLICK, _part(world, host, ref, 1), "在线申报")
    two = Link(Kind.ONCLICK, _part(world, host, ref, 2), "进度查询")
    return Block(
        (one, two),
        lambda: (
            f'<input type="button" class="btn" value="{one.text}" onclick="window.open(\'{escape(one.href)}\')">'
            f'<div class="btn" onclick="location.href=\'{escape(two.href)}\'">{two.text}</div>'
        ),
    )


def _option(world: World, host: Host, ref: Ref) -> Block:
    links = tuple(
        Link(Kind.OPTION, _part(world, host, ref, c), f"{label}版") for c, label in ((1, "市直"), (2, "区县"))
    )
    rows = "".join(f'<option value="{escape(link.href)}">{link.text}</option>' for link in links)
    return Block(
        links,
        lambda: (
            '<select onchange="if (this.value) window.open(this.value)"><option value="">--请选择--</option>'
            f'<option value="0">全部</option>{rows}</select>'
        ),
    )


def _area(world: World, host: Host, ref: Ref) -> Block:
    links = tuple(Link(Kind.AREA, _part(world, host, ref, c), f"第{c}片区") for c in (1, 2))
    rows = "".join(
        f'<area shape="rect" coords="0,{n * 40},200,{n * 40 + 40}" href="{escape(link.href)}" alt="{link.text}">'
        for n, link in enumerate(links)
    )
    return Block(links, lambda: f'<img src="/images/map.png" usemap="#m" alt="辖区图"><map name="m">{rows}</map>')


_BLOCKS: Final = {
    "refresh": (_refresh, "meta-refresh", 1),
    "written": (_written, "written-refresh", 1),
    "location": (_location, "location", 1),
    "iframe": (_iframe, "iframe", 1),
    "onclick": (_onclick, "onclick", 2),
    "option": (_option, "option", 2),
    "area": (_area, "area", 2),
}


def _led(article: Writer, kind: str) -> Builder:
    block, feature, parts = _BLOCKS[kind]

    def build(world: World, host: Host, ref: Ref) -> Outline | None:
        if ref.c > parts:
            return None
        if ref.c:
            return article(world, host, ref)
        outline = article(world, host, ref, block(world, host, ref), features=(feature,))
        if kind != "refresh":
            return outline
        target = escape(_part(world, host, ref, 1))
        return replace(outline, head=f'<meta http-equiv="refresh" content="{ref.b % 4}; url={target}">')

    return build


def _frameset(article: Writer) -> Builder:
    def build(world: World, host: Host, ref: Ref) -> Outline | None:
        if ref.c > 2:
            return None
        if ref.c:
            return article(world, host, ref)
        links = tuple(Link(Kind.FRAME, _part(world, host, ref, c)) for c in (1, 2))
        found = articles.story(world, host, ref.a, ref.b)
        rows = "".join(f'<frame src="{escape(link.href)}" name="f{n}">' for n, link in enumerate(links))
        block = Block(
            links,
            lambda: (
                f'<frameset cols="200,*">{rows}<noframes><body><h1>{escape(found.title)}</h1>{found.html()}</body></noframes></frameset>'
            ),
        )
        return Outline(
            "article",
            found.title,
            (block,),
            features=("frameset",),
            frame="frameset",
            column=ref.a,
            body_key=articles.key_of(host, ref),
        )

    return build


def _redirects(article: Writer, hops: int, status: int, feature: str, style: str) -> Builder:
    def build(world: World, host: Host, ref: Ref) -> Outline | None:
        if ref.c > hops:
            return None
        if ref.c == hops:
            return article(world, host, ref, features=("redirect-target",))
        path = _part(world, host, ref, ref.c + 1)
        target = {"absolute": host.origin + path, "root": path, "relative": path.rpartition("/")[2]}[style]
        return redirect(target, status, (feature,))

    return build


def _loop(world: World, host: Host, ref: Ref) -> Outline | None:
    if ref.c > 1:
        return None
    return redirect(_part(world, host, ref, 1 - ref.c), 302, ("redirect-loop",), "loop")


def _only(world: World, host: Host, ref: Ref) -> Outline | None:
    """Sends to a page of another host of the unit that no page links."""
    if ref.c:
        return None
    hosts = world.units[host.unit].hosts[:-1]
    other = hosts[(host.number + 1) % len(hosts)]
    column = other.columns[ref.a % len(other.columns)]
    target = Ref("item", column.index, ref.b % column.count, LANDING)
    return redirect(articles.absolute(world, other, target), 301, ("redirect-across",))


def builders(article: Writer) -> dict[str, Builder]:
    """One builder for each kind of this file, given the one that writes articles."""
    return {
        **{kind: _led(article, kind) for kind in _BLOCKS},
        "frameset": _frameset(article),
        "moved": _redirects(article, 1, 301, "redirect-301", "absolute"),
        "found": _redirects(article, 1, 302, "redirect-302", "root"),
        "relative": _redirects(article, 1, 302, "redirect-relative", "relative"),
        "hops": _redirects(article, 3, 302, "redirect-chain", "root"),
        "loop": _loop,
        "only": _only,
    }
