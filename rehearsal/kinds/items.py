"""Items of columns: plain articles and their attachments, and the dispatcher to all other kinds."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from rehearsal import articles
from rehearsal.addresses import Ref, extension, item_kind, path_of
from rehearsal.attachments import make
from rehearsal.chance import dice, number, token
from rehearsal.kinds import copies, faults, moves, rendered, spam
from rehearsal.kinds.guides import guide
from rehearsal.links import Block, a, anchor, paragraph_of, text
from rehearsal.outline import Answer, Outline
from rehearsal.plan import Host, World
from rehearsal.texts.outside import OUTSIDE

CHAIN_PARTS: Final = 9
"""A report in nine parts, each linking only the next: items at two or three clicks, so that it ends at ten or more."""

Builder = Callable[[World, Host, Ref], Outline | None]


def href(world: World, host: Host, column: int, k: int) -> str:
    """How lists spell the link to an item."""
    path = path_of(world, host, Ref("item", column, k))
    kind = item_kind(world, host, column, k)
    if kind == "robots":
        return f"/oa/{(column + 1) * 100000 + k}.html"
    if kind == "deadhost":
        return f"http://old.{host.city.label}.gov.cn/{column}/{k}.html"
    if kind == "session":
        mark = f";jsessionid={token(16, world.seed, host.site, column, k).upper()}"
        head, question, tail = path.partition("?")
        return head + mark + question + tail
    if kind == "tracked":
        return path + ("&" if "?" in path else "?") + ("tdsourcetag=s_pcqq_aiomsg" if k % 2 else "utm_source=weixin")
    if kind == "spelled":
        return spelled(host, path, number(world.seed, host.site, column, k))
    return path


def spelled(host: Host, path: str, lot: int) -> str:
    """One of the spellings in which old pages write an address of their own site."""
    bare, other = host.site, "http" if host.scheme == "https" else "https"
    return (
        f"{other}://{host.name}{path}",
        f"{host.scheme}://{bare}{path}",
        f"{other}://www.{bare}{path}",
        f"HTTP://WWW.{bare.upper()}:80{path}",
        f"/images/..{path}#zw",
    )[lot % 5]


def name(world: World, host: Host, column: int, k: int) -> str:
    """The text lists print for an item."""
    kind = item_kind(world, host, column, k)
    if host.role == "platform":
        return guide_name(world, host, column, k)
    if kind in spam.TITLED:
        return spam.title(world, host, column, k, kind)
    if kind in copies.TITLED:
        return copies.title(world, host, column, k, kind)
    return articles.story(world, host, column, k).title if kind == "only" else _headline(world, host, column, k)


def guide_name(world: World, host: Host, column: int, k: int) -> str:
    """The name of a service item."""
    outline = guide(world, host, Ref("item", column, k))
    return outline.title


def _headline(world: World, host: Host, column: int, k: int) -> str:
    topic = articles.topic_of(world, host, column, k)
    return articles.headline(world.seed, host.city.name, articles.writer(host), topic, host.site, column, k, 0)


def standard_meta(host: Host, found: articles.Story, column: int) -> tuple[tuple[str, str], ...]:
    """The meta tags the standard asks of an article page; some hosts have them."""
    if host.number % 3 == 2:
        return ()
    return (
        ("ArticleTitle", found.title),
        ("PubDate", f"{found.date} 09:{column:02d}:00"),
        ("ContentSource", found.source),
        ("ColumnName", host.columns[column].name),
        ("ColumnType", "工作动态"),
    )


def details(found: articles.Story) -> Block:
    """Date and source under the headline."""
    return text(f'<div class="info">发布时间:{found.date} 09:30　来源:{found.source}　字号:[大 中 小]</div>')


def article(world: World, host: Host, ref: Ref, *more: Block, features: tuple[str, ...] = ()) -> Outline:
    """An article page with further blocks under its text."""
    found = articles.story(world, host, ref.a, ref.b, ref.c)
    blocks = (details(found), articles.body(found), *more)
    return Outline(
        "article",
        found.title,
        blocks,
        body_key=articles.key_of(host, ref),
        features=features,
        meta=standard_meta(host, found, ref.a),
        column=ref.a,
    )


def related(world: World, host: Host, ref: Ref) -> Block:
    """Three other items of the host."""
    links = []
    for turn in range(3):
        lot = number(world.seed, host.site, "related", ref.a, ref.b, turn)
        column = host.columns[lot % len(host.columns)]
        k = (lot >> 16) % column.count
        links.append(anchor(href(world, host, column.index, k), name(world, host, column.index, k)))
    kept = tuple(links)
    return Block(
        kept, lambda: '<div class="xgxx"><h4>相关信息</h4>' + "".join(f"<p>{a(one)}</p>" for one in kept) + "</div>"
    )


def files(world: World, host: Host, ref: Ref, count: int) -> Block:
    """Links to attachments."""
    links = [
        anchor(
            path_of(world, host, Ref("file", ref.a, ref.b, n + 1)),
            f"附件{n + 1}:{name(world, host, ref.a, ref.b)[:24]}.{extension(world.seed, host, ref.a, ref.b, n + 1)}",
        )
        for n in range(count)
    ]
    return paragraph_of(links, "附件下载:", "fujian")


def _plain(world: World, host: Host, ref: Ref) -> Outline | None:
    return None if ref.c else article(world, host, ref)


def _attached(world: World, host: Host, ref: Ref) -> Outline | None:
    if ref.c:
        return None
    block = files(world, host, ref, 1 + number(world.seed, host.site, "files", ref.a, ref.b) % 2)
    return article(world, host, ref, block, features=("attachment-link",))


def _printable(world: World, host: Host, ref: Ref) -> Outline | None:
    if ref.c:
        return None
    path = path_of(world, host, Ref("item", ref.a, ref.b, 0, "print"))
    return article(world, host, ref, paragraph_of([anchor(path, "打印本页")]), features=("print-link",))


def _chain(world: World, host: Host, ref: Ref) -> Outline | None:
    if ref.c >= CHAIN_PARTS:
        return None
    if ref.c == CHAIN_PARTS - 1:
        return article(world, host, ref, features=("deep-chain",))
    following = anchor(path_of(world, host, Ref("item", ref.a, ref.b, ref.c + 1)), f"下一篇(第{ref.c + 2}部分)")
    return article(world, host, ref, paragraph_of([following]), features=("deep-chain",))


def _outside(world: World, host: Host, ref: Ref) -> Outline | None:
    if ref.c:
        return None
    chance = dice(world.seed, host.site, "outside", ref.a, ref.b)
    links = [anchor(f"http://{site}/", label) for site, label in chance.sample(OUTSIDE, 3)]
    links += [
        anchor(f"http://10.0.0.8/oa/login?id={ref.b}", "内网办公"),
        anchor("http://127.0.0.1:9/manage/", "后台管理"),
    ]
    links += [anchor(f"mailto:bgs@{host.city.label}.gov.cn", "电子邮箱"), anchor("javascript:void(0)", "收藏本页")]
    links += [anchor("#top", "返回顶部"), anchor("tel:12345", "拨打热线"), anchor("/images/map.png", "查看大图")]
    return article(
        world, host, ref, paragraph_of(links, "相关链接:"), features=("outside-link", "private-link", "not-a-page-link")
    )


def _counter(world: World, host: Host, ref: Ref) -> Outline | None:
    if ref.c:
        return None
    script = (
        '<p class="count">浏览次数:<span id="hits">--</span> 次</p><div id="weather"></div><div id="app-tips"></div>'
        '<script>fetch("/api/hits?id=" + encodeURIComponent(location.pathname)).then(function (r) { return r.json(); })'
        '.then(function (d) { document.getElementById("hits").innerText = d.hits; });'
        'function goHome() { location.href = "/"; }</script>'
        "<noscript>您的浏览器未启用脚本,浏览次数无法显示。</noscript>"
    )
    return article(world, host, ref, text(script), features=("ajax-negative",))


def _marked(feature: str) -> Builder:
    def build(world: World, host: Host, ref: Ref) -> Outline | None:
        return None if ref.c else article(world, host, ref, features=(feature,))

    return build


def _shortcut(world: World, host: Host, ref: Ref) -> Outline | None:
    """A slow, flapping page near the top that links into the middle of a deep chain."""
    if ref.c:
        return None
    chains = sorted(slot for slot, kind in host.quotas.items() if kind == "chain")
    more = []
    if chains:
        target = path_of(world, host, Ref("item", *chains[0], 5))
        more.append(paragraph_of([anchor(target, "直接查看第六部分")]))
    answer = Answer(flaps=2, flap_status=503, retry_after=1, delay=0.8)
    outline = article(world, host, ref, *more, features=("shortcut", "flapping-503", "slow"))
    return faults.with_answer(outline, answer)


BUILDERS: Final[dict[str, Builder]] = {
    "plain": _plain,
    "attached": _attached,
    "print": _printable,
    "chain": _chain,
    "outside": _outside,
    "counter": _counter,
    "shortcut": _shortcut,
    "spelled": _marked("spelled-link"),
    "session": _marked("session-parameter"),
    "tracked": _marked("tracking-parameter"),
    "spa": rendered.article,
    "hangs": rendered.harmful("hangs"),
    "swells": rendered.harmful("swells"),
    "leaks": rendered.harmful("leaks"),
    **moves.builders(article),
    **faults.builders(article),
    **copies.BUILDERS,
    **spam.BUILDERS,
}


ORDINARY: Final = frozenset(
    {"plain", "attached", "counter", "outside", "leisure", "marketing", "fighting", "lookalike", "print"}
)
"""Kinds whose pages exist only after scripts have run in a scripted column."""


def scripted(world: World, host: Host, ref: Ref) -> bool:
    """Whether the ordinary items of a column, or the guides of a platform's, are drawn by their scripts."""
    return number(world.seed, "scripted", host.site, ref.a) % 10_000 < world.scripted * 10_000


def _guide(world: World, host: Host, ref: Ref, kind: str) -> Outline | None:
    if ref.c or ref.extra:
        return None
    page = guide(world, host, ref)
    return rendered.shell(page, host) if kind == "spa" or scripted(world, host, ref) else page


def build(world: World, host: Host, ref: Ref) -> Outline | None:
    """The page of an item's address, or None when there is no such page."""
    kind = item_kind(world, host, ref.a, ref.b)
    if host.role == "platform":
        return _guide(world, host, ref, kind)
    if ref.extra == "print":
        return copies.print_view(article(world, host, ref._replace(extra=""))) if kind == "print" else None
    if ref.c == moves.LANDING:
        return article(world, host, ref, features=("redirect-only",))
    page = BUILDERS[kind](world, host, ref) if kind in BUILDERS else None
    if page is not None and kind in ORDINARY and page.frame == "page" and scripted(world, host, ref):
        return rendered.shell(page, host)
    if page is None or page.frame != "page" or page.kind != "article" or ref.c or "soft-404" in page.features:
        return page
    return replace(page, aside=(*page.aside, related(world, host, ref)))


def file(world: World, host: Host, ref: Ref) -> Outline:
    """An attachment: small but real bytes of its type.  A second one of the first one's type is its copy."""
    end = extension(world.seed, host, ref.a, ref.b, ref.c)
    copied = ref.c > 1 and end == extension(world.seed, host, ref.a, ref.b, 1)
    source = 1 if copied else ref.c
    found = articles.story(world, host, ref.a, ref.b, 20 + source)
    lines = (found.title, *found.lines)
    return Outline(
        "attachment",
        found.title,
        body_key=f"file:{host.site}:{ref.a}:{ref.b}:{source}",
        features=("attachment", f"attachment-{end}", *(("attachment-copy",) if copied else ())),
        frame="bare",
        answer=Answer(file=lambda: make(end, lines, found.date)),
    )
