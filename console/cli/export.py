"""`caifeng export`: a round's data, streamed out."""

import csv
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import orjson
import typer

from console.cli import render
from console.cli.chinese import App
from console.cli.options import OutputFile, RoundName
from pipelines.store.export import COLUMNS, Format, What, csv_row, rows
from pipelines.store.reader import RoundReader
from rounds import life, services

app = App()


@app.command(
    help="导出一轮的数据：页面、失败的网址、证据、值或样本；JSON Lines 或 CSV（UTF-8 带 BOM），到标准输出或文件。"
)
def export(
    name: RoundName,
    *,
    what: Annotated[What, typer.Option("--what", help="导出什么")],
    format_: Annotated[Format, typer.Option("--format", help="格式")] = Format.JSONL,
    output: OutputFile = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="同 --format jsonl；失败时标准输出上是一个 JSON 文档")
    ] = False,
) -> None:
    """Stream a round's rows to stdout or a file."""
    if as_json and format_ is not Format.JSONL:
        raise typer.BadParameter("不能和 --format csv 一起用", param_hint="--json")
    here = services.ensure()
    life.get(here, name)
    with life.store(here) as database, target(output) as file:
        stream = rows(RoundReader(database, name, url=here.mongo_url), what)
        written = _jsonl(stream, file) if format_ is Format.JSONL else _csv(stream, COLUMNS[what], file)
    if output is not None:
        render.note(f"已写 {written:,} 行到 {output}")


@contextmanager
def target(output: Path | None) -> Iterator[BinaryIO]:
    """Stdout, or a file that bears its name only once it is whole."""
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    draft = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        with draft.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(output)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _jsonl(stream: Iterator[dict[str, object]], file: BinaryIO) -> int:
    number = 0
    for number, row in enumerate(stream, 1):  # noqa: B007 -- the count outlives the loop
        file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
    return number


def _csv(stream: Iterator[dict[str, object]], columns: tuple[str, ...], file: BinaryIO) -> int:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    number = 0
    for number, row in enumerate(stream, 1):  # noqa: B007 -- the count outlives the loop
        writer.writerow(csv_row(row))
    text.flush()
    text.detach()
    return number
