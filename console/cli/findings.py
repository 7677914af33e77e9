"""`caifeng findings`: what a round found tampered with, by unit, for the sites' owners to be told."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Final

import typer

from cleaning.reasons import Verdict
from console.cli import explaining, render
from console.cli.chinese import App
from console.cli.options import AsJson, RoundName
from console.cli.steps import errands_line, saying
from console.cli.values import planned_unit
from pipelines.store.connect import Document
from pipelines.store.reader import PageFilter, RoundReader
from pipelines.store.visits import VisitBook
from rounds import cloaking, life, services
from rounds.services import Services

app = App()

FIELDS: Final = ("url", "host", "units", "depth", "title", "fetched_at", "findings")
SHOWN: Final = 200  # rows of the table; --json has all


@app.command(help="疑被篡改的页面：按单位列出暗链、被改的标题、暗中跳转，连同网址和依据，供通知站长。")
def findings(
    name: RoundName,
    *,
    unit: Annotated[str, typer.Option("--unit", help="只看这个单位（代码或名称）")] = "",
    visit: Annotated[
        bool, typer.Option("--visit", help="先以搜索引擎访客的身份，把有疑点的主机上最靠近首页的几页再看一次")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List what a round found tampered with."""
    here = services.ensure()
    record = life.get(here, name)
    asked, code = record.name, planned_unit(record.plan, unit).code if unit else ""
    where = PageFilter(verdicts=(Verdict.HARMFUL,), unit=code, tampered=True)
    if visit:
        _visit(here, asked)
    with life.store(here) as database:
        pages = list(RoundReader(database, asked, url=here.mongo_url).pages(where, FIELDS))
        pages.extend(VisitBook(database, asked, url=here.mongo_url).all())
    rows = sorted(_rows(pages, code), key=lambda row: (row["unit"], row["host"], row["url"]))
    if as_json:
        render.document({"round": asked, "findings": rows})
        return
    if not rows:
        render.say(f"轮次 {asked} 没有发现被篡改的页面。")
        return
    more = f"，列出前 {SHOWN:,} 处" if len(rows) > SHOWN else ""
    title = f"轮次 {asked}：{len(pages):,} 页疑被篡改（{len(rows):,} 处{more}）"
    render.show(
        render.table(
            title,
            ("单位", "网址", "问题", "位置", "依据"),
            _shown(rows[:SHOWN], {one.code: one.name for one in record.plan.units}),
        )
    )
    render.say("看一页的全部理由：caifeng page 网址。核实后请通知网站的主办单位。")


def _visit(here: Services, asked: str) -> None:
    """Look at suspicious pages once more."""
    with saying("以搜索引擎访客的身份再看……") as say:
        visited = asyncio.run(cloaking.visit(here, asked, report=lambda one: say(errands_line("再看", one))))
    render.err().print(f"再看了 {visited.pages:,} 页，{visited.found:,} 页给出了别的内容。")


def _rows(pages: Sequence[Document], unit: str) -> Iterator[dict[str, Any]]:
    """One row for each finding and unit; a page of several units is told to each."""
    for page in pages:
        for code in page["units"]:
            if unit in {"", code}:
                for one in page["findings"]:
                    yield {
                        "unit": code,
                        "host": page["host"],
                        "url": page["url"],
                        "title": page["title"],
                        "depth": page["depth"],
                        "fetched_at": page["fetched_at"],
                        "code": one["code"],
                        "where": one["where"],
                        "detail": one["detail"],
                    }


def _shown(rows: Iterable[dict[str, Any]], names: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    for row in rows:
        yield names.get(row["unit"], row["unit"]), row["url"], *explaining.row(row["code"], row["where"], row["detail"])
