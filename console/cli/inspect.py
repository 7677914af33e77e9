"""`caifeng audit`: the ledger and the evidence chain of a round, checked."""

import asyncio
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from console.cli import render, words
from console.cli.chinese import App
from console.cli.options import AsJson, RoundName
from crawler.exits import Exit
from rounds import services
from rounds.finish import audit as audit_round

app = App()

TOP_DIFFERENCES: Final = 50


@app.command(help="核账：前沿的账目、数据库的记录、存档的字节是否一致。有差别则以 9 退出。")
def audit(
    name: RoundName,
    *,
    sample: Annotated[
        int | None, typer.Option("--sample", min=0, help="只读回这么多页的存档字节（均匀抽取）；不给就全部读回")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check the ledger and the evidence chain."""
    here = services.ensure()
    with render.err().status("核账……") as shown:
        report = asyncio.run(
            audit_round(
                here,
                name,
                sample=sample,
                now=datetime.now(UTC),
                progress=lambda done, all_: shown.update(f"核账：{done:,}/{all_:,} 页"),
            )
        )
    if as_json:
        render.document(
            {
                "round": name,
                "pages": report.pages,
                "archived": report.archived,
                "pruned": report.pruned,
                "remaining": report.remaining,
                "outcomes": report.outcomes,
                "cuts": dict(report.cuts),
                "differences": [asdict(one) for one in report.differences],
                "leftovers": [asdict(one) for one in report.leftovers],
            }
        )
    else:
        if report.differences:
            rows = ((one.kind, one.key, one.expected, one.found) for one in report.differences[:TOP_DIFFERENCES])
            render.show(render.table(f"差别（{len(report.differences)}）", ("种类", "何处", "应为", "实为"), rows))
        if report.leftovers:
            left = (
                (words.LEFT[one.kind], one.uri, one.offset, one.bytes) for one in report.leftovers[:TOP_DIFFERENCES]
            )
            title = f"中断的进程留下的零头（{len(report.leftovers)}）：没有记录指向它们，不算差别"
            render.show(render.table(title, ("种类", "何处", "从第几字节起", "字节数"), left))
        if report.pruned:
            render.say(f"{report.pruned:,} 页的字节清理掉了（caifeng prune），只核对它们的记录，不算差别。")
        render.say(
            f"核对 {report.pages:,} 页（读回存档 {report.archived:,} 页）、{report.outcomes:,} 个其他结局：{len(report.differences)} 处差别。"
        )
        if report.remaining:
            render.say(
                f"这一轮还没有采完，还有 {report.remaining:,} 个网址要采：以上只核对到现在为止，采完再核一次（caifeng status {name}）。"
            )
    if report.differences:
        raise typer.Exit(Exit.DIFFERENCES)
