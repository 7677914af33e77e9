"""`caifeng points`: the catalogue of collection points, read and tried."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from console.cli import point_checks, render
from console.cli.chinese import App
from console.cli.failing import file_trouble
from console.cli.options import AsJson
from crawler.exits import Exit
from indicators import catalogue, lint, wording
from indicators.book import book
from indicators.records import Catalogue, Point
from indicators.schema import schema as file_schema
from indicators.texts import clues
from indicators.trace import RuleTrace, trace
from rounds.refusals import BadChoice, NoSuchPoint, Refusal

app = App(no_args_is_help=True, help="点位目录：查看、检查、在网页上试，抽样核对规则准不准")
point_checks.register(app)

Code = Annotated[str, typer.Argument(metavar="CODE", help="例如 1.1.2-M01")]
_HELD: Final = {True: "✓", False: "✗"}


class CatalogueFaults(Refusal):
    """The catalogue loads, but holds what a person must look at before it is frozen."""

    exit = Exit.BAD_INPUT


@app.command("list", help="列出点位；可以只看一个指标、一种方法或没有网页规则的。")
def list_(
    *,
    indicator: Annotated[str, typer.Option("--indicator", help="只看这个三级指标，如 1.1.2，或上级，如 1.1")] = "",
    method: Annotated[str, typer.Option("--method", help="只看这种方法，如 crawl-tag")] = "",
    without_rules: Annotated[bool, typer.Option("--without-rules", help="只看没有网页规则的机器点位")] = False,
    as_json: AsJson = False,
) -> None:
    """List points."""
    if method and method not in wording.METHODS:
        raise BadChoice(f"没有方法 {method}；有 {'、'.join(wording.METHODS)}")
    points = [
        point
        for point in catalogue.load().points.values()
        if f"{point.code.split('-')[0]}.".startswith(f"{indicator}." if indicator else "")
        and method in {"", point.method}
        and not (without_rules and (point.rules or not point.by_machine))
    ]
    if indicator and not points:
        raise NoSuchPoint(f"没有指标 {indicator}（caifeng points list 可以查看全部）")
    if as_json:
        render.document([_document(point) for point in points])
        return
    heads = ("代码", "名称", "采集", "方法", "测量", "单位", "网页", "规则")
    rows = (
        (
            one.code,
            one.name,
            "机器" if one.by_machine else "人工",
            wording.METHODS[one.method],
            one.measure,
            one.unit,
            wording.ROLES[one.page_role] if one.by_machine else "",
            len(one.rules) if one.by_machine else "",
        )
        for one in points
    )
    render.show(render.table(f"点位（{len(points)} 个）", heads, rows, numbers=("规则",)))


@app.command(help="查看一个点位：看什么、怎么找、怎么算、依据是什么。")
def show(code: Code, *, as_json: AsJson = False) -> None:
    """Show one point."""
    loaded = catalogue.load()
    point = _point(loaded, code)
    if as_json:
        render.document(_document(point) | _cited(loaded, point))
        return
    render.show(render.table(point.code, ("", ""), _rows(loaded, point)))
    if point.rules:
        render.say(wording.RULES_READ)
    for number, rule in enumerate(point.rules, 1):
        render.say(f"规则 {number}（{wording.STRENGTHS[rule.strength]}，可信度 {rule.confidence}）")
        for clause in rule.need:
            render.say(f"  要有：{wording.clause_text(clause)}")
        for clause in rule.refuse:
            render.say(f"  不能有：{wording.clause_text(clause)}")
    if "«" in (told := "".join(wording.clause_text(one) for rule in point.rules for one in rule.need)) or "»" in told:
        render.say(wording.ITEM_MARKS_READ)


@app.command("lint", help="检查目录：读得进来、数目对、编号不重、权重相合、依据有出处、规则够得着。")
def lint_(*, as_json: AsJson = False) -> None:
    """Load the catalogue, which refuses whatever is wrong with it, and name what a person should look at."""
    loaded = catalogue.load()
    machine = loaded.machine()
    found = lint.problems(loaded)
    silent = [point.code for point in machine if not point.rules]
    if as_json:
        render.document(
            {
                "version": loaded.version,
                "indicators": len(loaded.indicators),
                "points": len(loaded.points),
                "machine": len(machine),
                "without_rules": silent,
                "problems": [{"code": one.code, "text": one.text} for one in found],
            }
        )
    else:
        render.say(
            f"目录 {loaded.version}：{len(loaded.indicators)} 个三级指标，{len(loaded.points)} 个点位，"
            f"其中机器采集 {len(machine)} 个；{len(silent)} 个不靠网页规则。"
        )
        for one in found:
            render.say(f"{one.code}：{one.text}")
        render.say(f"有 {len(found)} 处要看。" if found else "没有问题。")
    if found:
        raise CatalogueFaults(f"目录有 {len(found)} 处问题，改好才能冻结")


@app.command("test", help="在一个存下的网页上试点位的规则：哪条成立，哪个条件没有满足。")
def try_(
    page: Annotated[str, typer.Argument(metavar="FILE", help="存下的网页")],
    code: Code,
    *,
    url: Annotated[str, typer.Option("--url", help="网页原来的网址")] = "",
    as_json: AsJson = False,
) -> None:
    """Try one point on one page, clause by clause."""
    from cleaning.read import read  # noqa: PLC0415 -- the other commands of points read no page

    loaded = catalogue.load()
    point = _point(loaded, code)
    if not point.rules:
        raise BadChoice(f"{code} 没有网页规则：{_elsewhere(point)}")
    try:
        body = Path(page).read_bytes()
    except OSError as error:
        raise BadChoice(file_trouble(error)) from error
    reading = read(body, url, content_type="")
    traced = trace(loaded, point, reading)
    if as_json:
        render.document({"code": code, "page_type": str(reading.page_type), "rules": [_traced(one) for one in traced]})
        return
    render.say(f"{code} {point.name}：{'找到' if any(one.holds for one in traced) else '没找到'}")
    for number, one in enumerate(traced, 1):
        strength = wording.STRENGTHS[one.rule.strength]
        render.say(f"{_HELD[one.holds]} 规则 {number}（{strength}，可信度 {one.rule.confidence}）")
        for clause in one.clauses:
            word = "不能有" if clause.refuses else "要有"
            shown = f" ← {clause.shown}" if clause.held and clause.shown else ""
            render.say(
                f"  {_HELD[clause.held is not clause.refuses]} {word}：{wording.clause_text(clause.clause)}{shown}"
            )


@app.command(help="打印整个目录的说明页，就是 docs/points.md。")
def page() -> None:
    """Print the page of the whole catalogue."""
    typer.echo(book(catalogue.load()), nl=False)


@app.command(help="打印目录文件的 JSON Schema，就是 docs/points.schema.json。")
def schema() -> None:
    """Print the schema of a catalogue file."""
    render.document(file_schema())


def _point(loaded: Catalogue, code: str) -> Point:
    point = loaded.points.get(code)
    if point is None:
        raise NoSuchPoint(f"没有点位 {code}（caifeng points list 可以查看）")
    return point


def _rows(loaded: Catalogue, point: Point) -> list[tuple[str, str]]:
    evidence = "\n".join(f"{clue.place} {'、'.join(clue.alternatives)}".strip() for clue in clues(point.evidence))
    cited = "\n".join(
        f"{one.document.number} {one.place}{f'（{one.note}）' if one.note else ''}".strip()
        for one in loaded.citations(point)
    )
    rows = [
        ("名称", point.name),
        ("对象", wording.LEVELS[point.level]),
        ("看什么", point.measured),
        ("渠道", wording.CHANNELS[point.channel]),
        ("方法", wording.METHODS[point.method]),
        ("测量", f"{point.measure}（{point.unit}）"),
        ("怎么得数", wording.KINDS[point.value.kind] if point.value else ""),
        ("网页", f"{wording.ROLES[point.page_role]}；{_elsewhere(point)}" if point.by_machine else ""),
        ("证据", evidence),
        ("不算的", point.exclusions.replace(";", "\n")),
        ("计分", point.scoring),
        ("依据", cited),
        ("为何人工", point.why_manual),
    ]
    return [row for row in rows if row[1]]


def _elsewhere(point: Point) -> str:
    """What measures it where no page does; otherwise whether an entry counts."""
    if point.rules:
        return "导航入口可作证据" if point.entry_ok else "导航入口不作证据"
    return wording.KINDS[point.value.kind] if point.value else "由人工采集"


def _document(point: Point) -> dict[str, Any]:
    fields = (
        "code", "name", "level", "measured", "channel", "method", "measure", "unit", "page_role", "entry_ok",
        "evidence", "exclusions", "scoring", "source", "why_manual", "version",
    )  # fmt: skip
    value = str(point.value.kind) if point.value else ""
    return {name: getattr(point, name) for name in fields} | {"value": value, "rules": len(point.rules)}


def _cited(loaded: Catalogue, point: Point) -> dict[str, Any]:
    rows = loaded.citations(point)
    return {
        "citations": [{"document": one.document.number, "place": one.place, "note": one.note} for one in rows],
        "clauses": [
            {
                "strength": str(rule.strength),
                "confidence": rule.confidence,
                "need": [wording.clause_text(clause) for clause in rule.need],
                "refuse": [wording.clause_text(clause) for clause in rule.refuse],
            }
            for rule in point.rules
        ],
    }


def _traced(one: RuleTrace) -> dict[str, Any]:
    return {
        "holds": one.holds,
        "strength": str(one.rule.strength),
        "confidence": one.rule.confidence,
        "clauses": [
            {
                "clause": wording.clause_text(clause.clause),
                "refuses": clause.refuses,
                "held": clause.held,
                "shown": clause.shown,
                "zone": clause.zone,
            }
            for clause in one.clauses
        ],
    }
