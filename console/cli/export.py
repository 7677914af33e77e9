"""`caifeng export`: a round's data, streamed out."""

import sys
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from console.cli import render, words
from console.cli.chinese import App
from console.cli.options import OutputFile, RoundName
from console.cli.target import target
from console.cli.worded import worded
from pipelines.store.export import Format, What
from rounds import life, publishing, services
from rounds.exporting import export as export_round
from rounds.refusals import BadChoice

app = App()


@app.command(
    help="导出一轮的数据：页面、失败的网址、证据、值或样本；JSON Lines、CSV（UTF-8 带 BOM）或 Parquet，个人信息打码。"
)
def export(
    name: RoundName,
    *,
    what: Annotated[What, typer.Option("--what", help="导出什么")],
    format_: Annotated[Format, typer.Option("--format", help="格式")] = Format.JSONL,
    output: OutputFile = None,
    unmasked: Annotated[
        str | None, typer.Option("--unmasked", help="不给个人信息打码，写明理由；理由、时间和人记进这一轮的经过")
    ] = None,
    chinese: Annotated[bool, typer.Option("--chinese", help="CSV 的列名和代码用中文")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="同 --format jsonl；失败时标准输出上是一个 JSON 文档")
    ] = False,
) -> None:
    """Stream a round's rows to stdout or a file."""
    if as_json and format_ is not Format.JSONL:
        raise typer.BadParameter(f"不能和 --format {format_} 一起用", param_hint="--json")
    if chinese and format_ is not Format.CSV:
        raise typer.BadParameter("只有 CSV 可以用中文：加 --format csv", param_hint="--chinese")
    if unmasked is not None and not unmasked.strip():
        raise typer.BadParameter(
            "要写明理由，例如 --unmasked 审计核对；理由会记进这一轮的经过", param_hint="--unmasked"
        )
    if output is None and format_ is Format.PARQUET and sys.stdout.isatty():
        raise BadChoice("Parquet 不是给人看的文字：用 -o 写到文件")
    here = services.ensure()
    if publishing.held(life.get(here, name).results):
        render.warn(f"轮次 {name} 被关口扣下了（caifeng gate {name}），导出的数据还不能发布")
    who, now = life.operator(), datetime.now(UTC)
    people: dict[str, Any] = {"heads": words.COLUMNS, "worded": worded} if chinese else {}
    with target(output) as file:
        written = export_round(here, name, what, format_, file, unmasked=unmasked or "", who=who, now=now, **people)
    if not written:
        render.warn(f"轮次 {name} 没有{words.EXPORTS[what]}可导出：{words.NOTHING_TO_EXPORT[what].format(name)}")
    if output is not None:
        render.note(f"已写 {written:,} 行到 {output}")
