"""`caifeng points`: the catalogue of collection points."""

from typing import Annotated, Any

import typer

from console.cli import render
from console.cli.chinese import App
from console.cli.options import AsJson
from indicators import catalogue
from indicators.records import Point
from rounds.refusals import NoSuchPoint

app = App(no_args_is_help=True, help="点位目录：查看、检查")


@app.command("list", help="列出全部点位。")
def list_(*, as_json: AsJson = False) -> None:
    """List every point."""
    points = catalogue.load().points.values()
    if as_json:
        render.document([_document(point) for point in points])
        return
    rows = (
        (one.code, one.name, "机器" if one.by_machine else "人工", one.method, one.measure, len(one.rules))
        for one in points
    )
    render.show(
        render.table(
            f"点位（{len(points)} 个）", ("代码", "名称", "采集", "方法", "测量", "规则"), rows, numbers=("规则",)
        )
    )


@app.command(help="查看一个点位：看什么、怎么算、依据是什么。")
def show(
    code: Annotated[str, typer.Argument(metavar="CODE", help="例如 1.1.2-M01")], *, as_json: AsJson = False
) -> None:
    """Show one point."""
    point = catalogue.load().points.get(code)
    if point is None:
        raise NoSuchPoint(f"没有点位 {code}（caifeng points list 可以查看）")
    if as_json:
        render.document(_document(point))
        return
    words = {
        "name": "名称", "level": "层级", "measured": "看什么", "channel": "渠道", "method": "方法", "measure": "测量", "unit": "单位",
        "evidence": "证据", "exclusions": "不算的", "scoring": "计分", "source": "出处", "why_manual": "为何人工",
    }  # fmt: skip
    rows = ((word, getattr(point, field)) for field, word in words.items() if getattr(point, field))
    render.show(render.table(point.code, ("", ""), rows))


@app.command(help="检查目录：读得进来、数目对、编号不重。")
def lint(*, as_json: AsJson = False) -> None:
    """Load the catalogue; loading refuses whatever is wrong with it, naming file and field."""
    loaded = catalogue.load()
    machine = len(loaded.machine())
    silent = [point.code for point in loaded.machine() if not point.rules]
    found = {
        "version": loaded.version,
        "indicators": len(loaded.indicators),
        "points": len(loaded.points),
        "machine": machine,
        "without_rules": silent,
    }
    if as_json:
        render.document(found)
    else:
        render.say(
            f"目录 {loaded.version}：{len(loaded.indicators)} 个三级指标，{len(loaded.points)} 个点位，其中机器采集 {machine} 个；{len(silent)} 个不靠网页规则。"
        )


def _document(point: Point) -> dict[str, Any]:
    fields = (
        "code", "name", "level", "measured", "channel", "method", "measure", "unit", "page_role", "entry_ok",
        "evidence", "exclusions", "scoring", "source", "why_manual", "version",
    )  # fmt: skip
    return {name: getattr(point, name) for name in fields} | {"rules": len(point.rules)}
