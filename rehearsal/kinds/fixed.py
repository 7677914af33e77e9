"""Fixed pages: lists, registers, forms and tools that show the points of the catalogue."""

from collections.abc import Callable
from dataclasses import replace
from html import escape
from random import Random

from rehearsal.addresses import Ref, path_of
from rehearsal.chance import dice, number
from rehearsal.links import Block, anchor, listing, text
from rehearsal.outline import Outline
from rehearsal.plan import Host, World
from rehearsal.texts import prose
from rehearsal.texts.names import DEPARTMENTS, DISTRICTS, SURNAMES, Department
from rehearsal.texts.service import FIXED, FIXED_BY_SLUG, Fixed
from rehearsal.texts.topics import TOPICS

KINDS = (
    "行政许可",
    "行政处罚",
    "行政强制",
    "行政征收",
    "行政给付",
    "行政检查",
    "行政确认",
    "行政奖励",
    "行政裁决",
    "其他职权",
)


def fixed_of(world: World, host: Host) -> tuple[Fixed, ...]:
    """The fixed pages a host has: units differ."""
    if host.role == "department":
        return ()
    return tuple(
        page
        for page in FIXED
        if page.place == host.role and number(world.seed, "fixed", host.unit, page.slug) % 100 < page.share
    )


def slots_of(chance: Random, host: Host, dept: Department) -> dict[str, str]:
    """What stands in the gaps of a page's lines; throws the dice the same number of times whatever the page."""
    topic = TOPICS[chance.choice(dept.topics)]
    return {
        "city": host.city.name, "name": host.city.name[-1], "label": host.city.label.capitalize(),
        "dept": f"市{dept.name}", "topic": topic.name, "thing": chance.choice(topic.things), "kind": chance.choice(KINDS),
        "place": chance.choice(DISTRICTS), "sur": chance.choice(SURNAMES), "m": f"{chance.randint(1, 11):02d}",
        "d": f"{chance.randint(1, 14):02d}", "n": str(chance.randint(11, 98)), "n2": str(chance.randint(10, 99)),
        "few": str(chance.randint(1, 4)), "big": str(chance.randint(800, 9000)), "big2": str(chance.randint(500, 799)),
    }  # fmt: skip


def table_rows(page: Fixed, host: Host, chance: Random) -> list[list[str]]:
    """The cells of a fixed page's table, row by row."""
    headers = page.lines[0].split("|")
    rows = []
    for turn in range(24):
        slots = slots_of(chance, host, DEPARTMENTS[turn % len(DEPARTMENTS)])
        cells = page.lines[1].format(**slots).split("|")
        lead = (
            [f"{host.city.label[:2].upper()}{chance.randint(10**6, 10**7)}"]
            if "编" in headers[0] or "索引" in headers[0]
            else []
        )
        lead = lead or (
            [f"2026年{12 - turn % 12}月"] if headers[0] == "月份" else [str(turn + 1)] if headers[0] == "序号" else []
        )
        if headers[1:2] == ["部门"]:
            lead.append(slots["dept"])
        if headers[1:2] == ["职权名称"]:
            lead.append(slots["thing"] + "监管")
            cells[0] = slots["kind"]
        rows.append((lead + cells)[: len(headers)])
    return rows


def _table(page: Fixed, host: Host, chance: Random) -> Block:
    headers, rows = page.lines[0].split("|"), table_rows(page, host, chance)

    def html() -> str:
        head = "".join(f"<th>{name}</th>" for name in headers)
        body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
        search = '<form action="/search" method="get"><input name="keyword"><input type="submit" value="查询"></form>'
        return f"{search}<table border=1><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>更新日期:2026-10-28</p>"

    return Block((), html)


def _form(page: Fixed, host: Host, chance: Random) -> Block:
    legend, *fields = page.lines[0].split("|")
    slots = slots_of(chance, host, chance.choice(DEPARTMENTS))
    rows = "".join(f'<p><label>{name}</label><input name="f{n}" required></p>' for n, name in enumerate(fields))
    more = "".join(f"<p>{escape(line.format(**slots))}</p>" for line in page.lines[1:])
    return text(
        f'{more}<form action="/api/submit" method="post"><fieldset><legend>{escape(legend.format(**slots))}</legend>{rows}'
        '<textarea name="content"></textarea><input type="submit" value="提交"></fieldset></form>',
    )


def _titles(world: World, page: Fixed, host: Host, chance: Random) -> Block:
    slots = slots_of(chance, host, chance.choice(DEPARTMENTS))
    names = [line.format(**slots) for line in page.lines]
    if not page.parts:
        rows = "".join(f"<li>{escape(name)} <span>2026-11-{2 + n:02d}</span></li>" for n, name in enumerate(names))
        return text(f"<ul>{rows}</ul>")
    links = [anchor(path_of(world, host, Ref("fixed", n + 1, extra=page.slug)), name) for n, name in enumerate(names)]
    return listing(links[: page.parts], "zt", [f"2026-11-{2 + n:02d}" for n in range(len(links))])


def _letter_titles(host: Host, page: Fixed, seed: int) -> list[str]:
    patterns = (
        "请问{thing}需要带什么材料",
        "{place}{thing}什么时候能解决",
        "关于{thing}的咨询",
        "建议改进{place}的{thing}",
        "{thing}为什么迟迟没有结果",
    )
    out = []
    for turn in range(page.parts):
        chance = dice(seed, "letter", host.site, page.slug, turn + 1)
        slots = slots_of(chance, host, DEPARTMENTS[(turn * 5 + host.unit) % len(DEPARTMENTS)])
        out.append(chance.choice(patterns).format(**slots))
    return out


def _letters(world: World, page: Fixed, host: Host) -> Block:
    names = _letter_titles(host, page, world.seed)
    links = [anchor(path_of(world, host, Ref("fixed", n + 1, extra=page.slug)), name) for n, name in enumerate(names)]
    state = [f"2026-11-{1 + n:02d} 已答复" for n in range(len(links))]
    inner = listing(links, "xj", state)
    top = (
        f'<p>{escape(page.lines[0])}</p><form action="/search"><select name=dept><option>全部部门</option></select>'
        "<input name=keyword><input type=submit value=检索></form>"
    )
    return Block(inner.links, lambda: top + inner.html())


def _datasets(world: World, page: Fixed, host: Host) -> Block:
    names = [f"{TOPICS[key].things[0]}基础信息" for key in list(TOPICS)[: page.parts]]
    links = [anchor(path_of(world, host, Ref("fixed", n + 1, extra=page.slug)), name) for n, name in enumerate(names)]
    inner = listing(links, "data", [f"更新时间 2026-10-{10 + n}" for n in range(len(links))])
    top = f"<p>{escape(page.lines[0])}</p><p>数据目录 | 数据接口 | 开放指数 | 应用展示</p>"
    return Block(inner.links, lambda: top + inner.html())


def _words(page: Fixed, host: Host, chance: Random) -> Block:
    slots = slots_of(chance, host, chance.choice(DEPARTMENTS))
    lines = [escape(line.format(**slots)) for line in page.lines]
    if page.style == "tools":
        rows = "".join(f'<li><a href="javascript:void(0)" class="tool">{line}</a></li>' for line in lines)
        return text(f"<ul class=tools>{rows}</ul>")
    return text("".join(f"<p>{line}</p>" for line in lines))


def _main(world: World, page: Fixed, host: Host) -> Block:
    chance = dice(world.seed, "fixed", host.site, page.slug)
    builders: dict[str, Callable[[], Block]] = {
        "table": lambda: _table(page, host, chance),
        "form": lambda: _form(page, host, chance),
        "titles": lambda: _titles(world, page, host, chance),
        "letters": lambda: _letters(world, page, host),
        "datasets": lambda: _datasets(world, page, host),
    }
    return builders.get(page.style, lambda: _words(page, host, chance))()


def _part(world: World, host: Host, ref: Ref, page: Fixed) -> Outline | None:
    """A page below a fixed page: a letter with its answer, a data set, or a document."""
    if ref.a > page.parts or (page.style == "titles" and ref.a > len(page.lines)):
        return None
    chance = dice(world.seed, "part", host.site, page.slug, ref.a)
    dept = DEPARTMENTS[(ref.a * 5 - 5 + host.unit) % len(DEPARTMENTS)]
    topic = TOPICS[dept.topics[0]]
    lines = prose.sentences(chance, host.city.name, f"市{dept.name}", topic, 10)
    key = f"fixed:{host.site}:{page.slug}:{ref.a}"
    if page.style == "letters":
        heading = _letter_titles(host, page, world.seed)[ref.a - 1]
        block = text(
            f"<h3>来信内容</h3><p>来信人:{chance.choice(SURNAMES)}** 来信时间:2026-10-{ref.a + 9}</p><p>{escape(heading)}?{lines[0]}望答复,谢谢。</p>"
            f"<h3>答复内容</h3><p>答复单位:市{dept.name} 答复时间:2026-11-{ref.a:02d}</p><p>您好!您的来信收悉。{''.join(lines[1:6])}感谢您的关注。</p>",
        )
        return Outline("article", heading, (block,), body_key=key, features=("letter",))
    if page.style == "datasets":
        heading = f"{TOPICS[list(TOPICS)[ref.a - 1]].things[0]}基础信息"
        rows = (
            ("数据集名称", heading),
            ("数据描述", lines[0]),
            ("来源部门", f"市{dept.name}"),
            ("主题分类", topic.name),
            ("格式", "csv、json、xlsx"),
            ("更新频率", "每月"),
            ("更新时间", f"2026-10-{10 + ref.a}"),
            ("开放条件", "无条件开放"),
        )
        table = "".join(f"<tr><th>{name}</th><td>{escape(value)}</td></tr>" for name, value in rows)
        return Outline(
            "article",
            heading,
            (text(f"<table>{table}</table>"),),
            body_key=key,
            points=("1.2.3-M07",),
            features=("data-set",),
        )
    slots = slots_of(dice(world.seed, "fixed", host.site, page.slug), host, dept)
    first = dice(world.seed, "fixed", host.site, page.slug)
    slots = slots_of(first, host, first.choice(DEPARTMENTS))
    heading = page.lines[ref.a - 1].format(**slots)
    body = "".join(f"<p>{escape(line)}</p>" for line in prose.paragraphs(lines, chance))
    return Outline("article", heading, (text(f"<p>日期:2026-11-{1 + ref.a:02d}</p>{body}"),), body_key=key)


def build(world: World, host: Host, ref: Ref) -> Outline | None:
    """A fixed page or a page below it."""
    page = FIXED_BY_SLUG[ref.extra]
    if page not in fixed_of(world, host):
        return None
    if ref.a:
        return _part(world, host, ref, page)
    heading = page.title.format(city=host.city.name)
    kind = "list" if page.style in {"titles", "letters", "datasets"} else "article"
    block = _main(world, page, host)
    outline = Outline(kind, heading, (block,), points=page.points, body_key=f"fixed:{host.site}:{page.slug}")
    return replace(outline, features=("fixed-page",))
