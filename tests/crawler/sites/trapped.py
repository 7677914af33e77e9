"""A county's web with real pages and with traps that never end, each of a kind of its own."""

from __future__ import annotations

import secrets
from itertools import combinations
from urllib.parse import parse_qsl, urlencode

from tests.crawler.sites.scripted import Asked, Wire

HOST = "zhen.example"
MIRROR = "jiu.zhen.example"  # the same pages under another name, and one that only it has
ONLY_THERE = "/lm0/jiuwen.html"
COLUMNS = 18
PAGES = 4  # of a column's list
ITEMS = 14  # of a list's page
FACETS = {
    "lx": ("环保", "教育", "交通"),
    "nd": ("2021", "2022", "2023"),
    "ly": ("省里", "市里", "县里"),
    "zt": ("有效", "废止"),
}
STEPS = ("选事项", "填申请", "交材料", "领结果")
MONTH = "/yugao/{}.html"
SUBJECTS = (
    "水库除险",
    "村道硬化",
    "幼苗补贴",
    "校车巡检",
    "老屋修缮",
    "茶园改造",
    "渡口停航",
    "夜市摊位",
    "河堤绿化",
    "井盖更换",
)


def real() -> set[str]:
    """Every address that is no trap: what a round must store."""
    lists = {f"/lm{c}/l{p}.html" for c in range(COLUMNS) for p in range(PAGES)}
    items = {f"/lm{c}/w{n}.html" for c in range(COLUMNS) for n in range(PAGES * ITEMS)}
    single = {f"/zc/s.html?{urlencode({name: value})}" for name, values in FACETS.items() for value in values}
    months = {MONTH.format(202611)}
    return {"/", "/zc/s.html", "/bs/start.html", *lists, *items, *single, *months}


def wasted(asked: list[Asked]) -> list[str]:
    """Requests for what is no page of its own: of each step, whatever its mark, one is."""
    steps: set[str] = set()
    pages = {HOST + target for target in real()} | {MIRROR + ONLY_THERE}
    found = []
    for each in asked:
        name = each.target.rpartition("/")[2]
        first = name.startswith("step") and name not in steps
        steps.add(name)
        if not first and each.host + each.target not in pages and each.target != "/robots.txt":
            found.append(each.host + each.target)
    return found


def title_of(column: int, number: int) -> str:
    """An article's title, unlike any other's."""
    return f"关于{SUBJECTS[number % 10]}的第{'甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未'[column]}{chr(0x4E00 + number * 7)}号说明"


async def script(asked: Asked, wire: Wire) -> None:
    """Answer as the site does."""
    path, _, query = asked.target.partition("?")
    parts = path.strip("/").split("/")
    if path == "/":
        await wire.reply(_home(asked.host))
    elif asked.host + path == MIRROR + ONLY_THERE:
        await wire.reply(_page("旧文一篇", f"<p>{'只有旧站才有的一段话。' * 9}</p>"))
    elif parts[0].startswith("lm"):
        await wire.reply(_column(int(parts[0][2:]), parts[1]))
    elif parts[0] == "zc":
        await wire.reply(_facets(dict(parse_qsl(query))))
    elif parts[0] == "bs":
        await wire.reply(_step(parts[-1]))
    elif parts[0] in {"yugao", "rili"}:
        await wire.reply(_month(parts[0], int(parts[1].removesuffix(".html").replace("-", ""))))
    else:
        await wire.reply("", 404)


def _page(title: str, body: str) -> str:
    foot = f'<div class="footer">某镇人民政府主办 第{secrets.randbelow(10**6)}位来访</div>'
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1><div>{body}</div>{foot}</body></html>"


def _home(host: str) -> str:
    other = f'<a href="{ONLY_THERE}">旧文</a>' if host == MIRROR else f'<a href="http://{MIRROR}/">旧站</a>'
    columns = "".join(f'<li><a href="/lm{c}/l0.html">栏目{chr(0x7532 + c)}</a></li>' for c in range(COLUMNS))
    doors = '<a href="/zc/s.html">文件查询</a> <a href="/bs/start.html">办事</a> '
    return _page(
        "某镇",
        f'<ul>{columns}</ul>{doors}<a href="{MONTH.format(202611)}">预告</a> <a href="/rili/2026-11.html">日历</a>{other}',
    )


def _column(column: int, name: str) -> str:
    number = int(name[1:].removesuffix(".html") or 0)
    if name.startswith("w"):
        title = title_of(column, number)
        words = "".join(
            f"{title[2:6]}一事，{chr(0x5000 + column * 97 + number * 13 + step)}村已经办结。" for step in range(9)
        )
        return _page(title, f"<div class=content><p>{words}</p></div><a href='/lm{column}/l0.html'>返回</a>")
    rows = "".join(
        f'<li><a href="/lm{column}/w{n}.html">{title_of(column, n)}</a></li>'
        for n in range(number * ITEMS, number * ITEMS + ITEMS)
    )
    pager = "".join(f'<a href="/lm{column}/l{p}.html">{p + 1}</a> ' for p in range(PAGES))
    return _page(f"栏目{chr(0x7532 + column)}", f"<ul>{rows}</ul>{pager}")


def _facets(chosen: dict[str, str]) -> str:
    """Every choice keeps the others, as such forms do: their order in the address is the order of clicks."""
    rows = [
        "".join(
            f'<a href="/zc/s.html?{urlencode({**{k: v for k, v in chosen.items() if k != name}, name: value})}">{value}</a> '
            for value in values
        )
        for name, values in FACETS.items()
    ]
    places = [sum(ord(letter) for letter in value) for value in chosen.values()]
    shown = [n for n in range(40) if all((n * 31 + place) % 3 == 0 for place in places)]
    found = "".join(f'<li><a href="/lm{n % 12}/w{n % 30}.html">{title_of(n % 12, n % 30)}</a></li>' for n in shown)
    told = f"已选：{'、'.join(chosen.values()) or '不限'}，共 {len(shown)} 条"
    return _page("文件查询", f"<p>{'</p><p>'.join(rows)}</p><p>{told}</p><ul>{found or '<li>没有合适的文件</li>'}</ul>")


def _step(name: str) -> str:
    """A new mark for every answer, under a name of its own in the path."""
    number = int(name[4]) if name.startswith("step") else 0
    links = "".join(f'<a href="/bs/{secrets.token_hex(8)}z1a/step{n}.html">{step}</a> ' for n, step in enumerate(STEPS))
    return _page(f"网上办事：{STEPS[number]}", f"<p>请先{STEPS[number]}，再到窗口{STEPS[number][1:]}。</p>{links}")


def _month(kind: str, month: int) -> str:
    year, number = divmod(month, 100)
    address = MONTH if kind == "yugao" else "/rili/{}.html"

    def link(step: int, word: str) -> str:
        there_year, there = divmod(year * 12 + number - 1 + step, 12)
        name = f"{there_year}{there + 1:02d}" if kind == "yugao" else f"{there_year}-{there + 1:02d}"
        return f'<a href="{address.format(name)}">{word}</a> '

    days = "".join(f"<td>{day}</td>" for day in range(1, 29 + number % 3))
    steps = link(-1, "上月") + link(1, "下月") + link(-12, "去年") + link(12, "明年")
    return _page(f"{year}年{number}月预告", f"{steps}<table><tr>{days}</tr></table><p>本月没有安排</p>")


def traps_without_end() -> int:
    """How many addresses the filter alone has, were every order of clicks followed; the others have no end at all."""
    names = list(FACETS)
    total = 0
    for size in range(2, len(names) + 1):
        for some in combinations(names, size):
            count = 1
            for place, name in enumerate(some):
                count *= len(FACETS[name]) * (place + 1)
            total += count
    return total
