"""Home pages, columns, traps and barred pages."""

from dataclasses import replace
from html import escape

from rehearsal import feeds
from rehearsal.addresses import Ref, date_of, path_of, queried
from rehearsal.chance import token
from rehearsal.kinds import items, lists, rendered
from rehearsal.kinds.fixed import fixed_of
from rehearsal.links import Block, Kind, Link, a, anchor, listing, paragraph_of, text
from rehearsal.outline import Outline
from rehearsal.plan import Column, Host, World


def home(world: World, host: Host) -> Outline:
    """A host's home page."""
    blocks = [_latest(world, host, column) for column in host.columns[:4] if host.role != "platform"]
    services = [
        anchor(path_of(world, host, Ref("fixed", extra=page.slug)), page.title.format(city=host.city.name))
        for page in fixed_of(world, host)
    ]
    if services:
        blocks.append(listing(services, "fuwu"))
    if host.role == "portal":
        blocks += [_departments(world, host), _media(world, host)]
    if host.role == "department" and host.number % 2:
        blocks.append(paragraph_of([anchor(path_of(world, host, Ref("calendar", 2026, 11)), "活动日历")]))
    if host.role == "department" and host.number % 6 == 2:
        mark = token(12, world.seed, host.site, "session")
        blocks.append(paragraph_of([anchor(path_of(world, host, Ref("session", 1, extra=mark)), "网上服务厅(旧版)")]))
    blocks.append(_friends(world, host))
    features = tuple(
        name
        for name, has in (
            ("https-only", host.scheme == "https"),
            ("www-only", host.www),
            ("gzip", host.gzip),
            ("chunked", host.chunked),
        )
        if has
    )
    return Outline(
        "home", host.title, tuple(blocks), body_key=f"home:{host.site}", features=features, points=_home_points(host)
    )


def _home_points(host: Host) -> tuple[str, ...]:
    return ("1.2.1-M01", "3.1.1-M05", "2.1.1-M05") if host.role == "portal" else ()


def _latest(world: World, host: Host, column: Column) -> Block:
    links = [
        anchor(items.href(world, host, column.index, k), items.name(world, host, column.index, k))
        for k in range(min(3, column.count))
    ]
    block = listing(links, "new", [str(date_of(world.seed, host.site, column.index, k)) for k in range(len(links))])
    return Block(block.links, lambda: f"<h3>{column.name}</h3>" + block.html())


def _departments(world: World, host: Host) -> Block:
    """Three departments in a drop-down list; the fourth only through the page of a deep column."""
    hosts = world.units[host.unit].hosts
    links = tuple(Link(Kind.OPTION, other.origin + "/", other.title) for other in hosts[1:4])
    platform = anchor(hosts[-1].origin + "/", hosts[-1].title)
    rows = "".join(f'<option value="{escape(link.href)}">{link.text}</option>' for link in links)
    return Block(
        (*links, platform),
        lambda: (
            f'<select name="bm" onchange="window.open(this.value)"><option value="">--部门网站--</option>{rows}</select>{a(platform)}'
        ),
    )


def _media(world: World, host: Host) -> Block:
    """The matrix of new media: the city's own account, a post of it, and a button for sharing, which is none."""
    account = feeds.uid(world.units[host.unit], "weibo")
    links = [
        anchor(f"https://weibo.com/u/{account}", f"{host.city.name}发布"),
        anchor(f"https://weibo.com/{account}/0000", "最新微博"),
        anchor("https://service.weibo.com/share/share.php", "分享"),
    ]
    return paragraph_of(links, "政务新媒体:", "media")


def _friends(world: World, host: Host) -> Block:
    portal = world.units[host.unit].hosts[0]
    following = world.units[(host.unit + 1) % len(world.units)].hosts[0]
    links = [anchor(portal.origin + "/", portal.title), anchor(f"http://{following.site}/", following.title)]
    if host.role == "department" and host.number % 6 == 2:
        fourth = world.units[host.unit].hosts[4]
        links.append(anchor(fourth.origin + "/", fourth.title))
    links.append(anchor("http://www.minghe-daily.example/", "明河日报"))
    return paragraph_of(links, "友情链接:", "friends")


def column(world: World, host: Host, ref: Ref) -> Outline:
    """One page of a column's list; the first also leads to the columns below it."""
    page = _list(world, host, ref)
    below = [anchor(path_of(world, host, Ref("column", n)), host.columns[n].name) for n in host.below(ref.a)]
    if ref.b or not below:
        return page
    return replace(page, blocks=(*page.blocks, paragraph_of(below, "往年归档:")))


def _list(world: World, host: Host, ref: Ref) -> Outline:
    found = host.columns[ref.a]
    first = ref.b * found.rows
    numbers = range(first, min(found.count, first + found.rows))
    links = [anchor(items.href(world, host, ref.a, k), items.name(world, host, ref.a, k)) for k in numbers]
    dates = [str(date_of(world.seed, host.site, ref.a, k)) for k in numbers]
    title = found.name if not ref.b else f"{found.name}(第{ref.b + 1}页)"
    key = f"column:{host.site}:{ref.a}:{ref.b}"
    page = Outline("list", title, body_key=key, column=ref.a)
    if found.style == "datastore":
        return lists.store(host, ref, page, links, dates)
    if found.style == "api":
        return lists.service(world, host, ref, page, links)
    if found.style in {"vsb", "postback"}:
        rows = listing(links, "list", dates)
        return (lists.jump if found.style == "vsb" else lists.steps)(world, host, ref, page, rows)
    if found.style == "trs":
        return _trs_list(world, host, ref, page, listing(links, "list", dates))
    pager = _pager(world, host, ref, found)
    if found.style == "plain":
        total = f"共{found.count}条记录 第{ref.b + 1}/{found.pages}页 " if host.number % 3 != 1 else ""
        return replace(page, blocks=(listing(links, "list", dates), paragraph_of(pager, f"{total}分页:", "pager")))
    names = {"fetched": "script-list", "built": "document-built-list", "noscript": "noscript-list"}
    return replace(
        page,
        blocks=(rendered.listing(found.style, links, pager, dates),),
        features=(names[found.style],),
        needs_browser=True,
        charset="utf-8",
        payload=lambda: rendered.list_payload(links, pager, dates),
    )


def first_items(world: World, host: Host, path: str) -> bytes | None:
    """The first page's answer of a platform's list, which its own script asks for; None for any other target."""
    for found in host.columns:
        if found.style == "api" and path == queried(world, host, found.index, 0):
            numbers = range(min(found.count, found.rows))
            links = [
                anchor(items.href(world, host, found.index, k), items.name(world, host, found.index, k))
                for k in numbers
            ]
            return lists.items_bytes(world, host, found.index, links)
    return None


def _pager(world: World, host: Host, ref: Ref, found: Column) -> list[Link]:
    near = {n for n in range(ref.b - 2, ref.b + 3) if 0 <= n < found.pages} | {0, found.pages - 1}
    return [anchor(path_of(world, host, Ref("column", ref.a, n)), str(n + 1)) for n in sorted(near) if n != ref.b]


def _trs_list(world: World, host: Host, ref: Ref, page: Outline, rows: Block) -> Outline:
    """The pager is printed by a script; `index.html` is the same page as the directory and linked as such."""
    found = host.columns[ref.a]
    links = [Link(Kind.PAGER, f"index_{n}.html") for n in range(1, found.pages) if n != ref.b]
    call = f'createPageHTML({found.pages}, {ref.b}, "index", "html");'
    pager = Block(
        tuple(links),
        lambda: (
            f'<div class="page"><script type="text/javascript" src="/js/page.js"></script><script>{call}</script></div>'
        ),
    )
    blocks = [rows, pager]
    if found.pages > 1:
        first = path_of(world, host, Ref("column", ref.a, extra="index"))
        blocks.append(paragraph_of([anchor(first, "栏目首页")]))
    features = (*(("trs-pager",) if found.pages > 1 else ()), *(("index-name",) if ref.extra == "index" else ()))
    return replace(page, blocks=tuple(blocks), features=features)


def calendar(world: World, host: Host, ref: Ref) -> Outline | None:
    """A month of a calendar without end."""
    if host.role != "department" or not host.number % 2 or not 1 <= ref.b <= 12:
        return None
    count = ref.a * 12 + ref.b - 1
    links = []
    for step, label in ((-1, "上一月"), (1, "下一月")):
        year, month = divmod(count + step, 12)
        links.append(anchor(path_of(world, host, Ref("calendar", year, month + 1)), label))
    days = "".join(f"<td>{day}</td>" + ("</tr><tr>" if day % 7 == 0 else "") for day in range(1, 29))
    return Outline(
        "trap",
        f"{ref.a}年{ref.b}月活动日历",
        (paragraph_of(links), text(f"<table><tr>{days}</tr></table><p>本月暂无活动安排。</p>")),
        features=("calendar-trap",),
    )


def session(world: World, host: Host, ref: Ref) -> Outline | None:
    """A page that mints new session marks for its own links."""
    if host.role != "department" or host.number % 6 != 2 or not 1 <= ref.a <= 3:
        return None
    links = [
        anchor(
            path_of(world, host, Ref("session", page, extra=token(12, world.seed, host.site, ref.extra, ref.a, page))),
            f"服务页面{page}",
        )
        for page in (1, 2, 3)
    ]
    return Outline(
        "trap",
        f"网上服务厅第{ref.a}页",
        (paragraph_of(links), text("<p>请选择需要办理的业务,办理结果以窗口答复为准。</p>")),
        features=("session-trap",),
    )


def barred(_world: World, host: Host, _ref: Ref) -> Outline:
    """A page robots.txt forbids."""
    if host.robots == "none":
        return Outline(
            "article",
            "内部办公",
            (text("<p>内部办公系统值班安排,工作日由各科室轮流值守,电话登记后转有关科室处理。</p>"),),
            features=("unbarred",),
        )
    return Outline("robots", "内部办公", (text("<p>内部办公系统</p>"),), features=("robots",))
