"""`caifeng judge`: one page, or many saved ones, through cleaning and tagging, explained.  Needs no services."""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import orjson
import typer

from cleaning.reasons import Verdict
from console.cli import explaining, render, words
from console.cli.chinese import App
from console.cli.failing import file_trouble
from console.cli.fetching import Fetched, fetch_once
from console.cli.options import AsJson, Contact, Organisation, ResolveMap
from indicators import catalogue, wording
from indicators.tagging import day_of_collection
from rounds import entry_files
from rounds.judging import Judged, Judging
from rounds.refusals import BadChoice
from rounds.registry import web_url

app = App()

Fetch: TypeAlias = Callable[[str], Coroutine[Any, Any, Fetched]]

VERDICTS = {
    Verdict.KEPT: "保留",
    Verdict.IRRELEVANT: "无关（不是政务服务）",
    Verdict.HARMFUL: "有害",
    Verdict.AD: "广告",
    Verdict.DUPLICATE: "重复",
}
PREVIEW = 300  # characters of main text shown to people


@dataclass(frozen=True, slots=True)
class Saved:
    """One line of an index: a saved body, the URL and the Content-Type it came with; both may be unknown (empty)."""

    file: Path
    url: str
    content_type: str


@app.command(help="判一个页面：为什么保留或不保留，采集到哪些点位。FILE 是存下的网页，也可以直接给网址。")
def judge(
    page: Annotated[str, typer.Argument(metavar="[FILE|URL]", help="网页文件或网址")] = "",
    *,
    url: Annotated[str, typer.Option("--url", help="文件原来的网址，用来判断链接和归属")] = "",
    batch: Annotated[
        Path | None,
        typer.Option("--batch", metavar="INDEX.jsonl", help="多个页面：每行一个 JSON，有 file（相对索引文件）和 url"),
    ] = None,
    resolve: ResolveMap = None,
    organisation: Organisation = "",
    contact: Contact = "",
    as_json: AsJson = False,
) -> None:
    """Judge one page, or every page of an index."""
    if bool(page) == (batch is not None):
        raise BadChoice("给一个网页文件或网址，或者用 --batch 给一个索引，二者选一")
    fetch = partial(fetch_once, organisation=organisation, contact=contact, resolve=entry_files.resolves(resolve or ()))
    with Judging(os.environ) as judging:
        _judge(judging, page, url, batch, fetch, as_json=as_json)


def _judge(judging: Judging, page: str, url: str, batch: Path | None, fetch: Fetch, *, as_json: bool) -> None:
    if batch is not None:
        if url:
            raise BadChoice("--url 只用于单个文件；用 --batch 时网址写在索引里")
        for saved in read_index(batch):
            judged = judging.judge(saved.file.read_bytes(), saved.url, saved.content_type, _today())
            if as_json:
                render.line(document(judged))
            else:
                render.say(
                    f"{VERDICTS[judged.judgement.verdict]}\t{len(judged.tagged.tags)} 个点位\t{saved.url}\t{judged.reading.title}"
                )
        return
    judged = _one(judging, page, url, fetch)
    if as_json:
        render.document(document(judged))
    else:
        _show(judged)


def _one(judging: Judging, page: str, url: str, fetch: Fetch) -> Judged:
    if page.lower().startswith(("http://", "https://")) and not Path(page).exists():
        if url:
            raise BadChoice("--url 只用于文件；给网址时不用再写")
        _checked_url(page)
        fetched = asyncio.run(fetch(page))
        return judging.judge(fetched.body, page, fetched.content_type, _today())
    file = Path(page)
    try:
        body = sys.stdin.buffer.read() if page == "-" else file.read_bytes()
    except OSError as error:
        raise BadChoice(f"{file_trouble(error)}；要判网址就写全，以 http:// 或 https:// 开头") from error
    return judging.judge(body, _checked_url(url) if url else "", "", _today())


def _today() -> date:
    """A saved page does not tell when it was fetched: its ages count from now."""
    return day_of_collection(datetime.now(UTC))


def _checked_url(url: str) -> str:
    try:
        return web_url(url)
    except ValueError as error:
        raise BadChoice(f"{url}：{error}") from error


def read_index(index: Path) -> tuple[Saved, ...]:
    """Read an index whole.  BadChoice names the first bad line and field, before anything is judged."""
    try:
        lines = index.read_bytes().splitlines()
    except OSError as error:
        raise BadChoice(f"索引读不出来：{file_trouble(error)}") from error
    return tuple(_saved(index, number, line) for number, line in _filled(lines))


def _filled(lines: list[bytes]) -> Iterator[tuple[int, bytes]]:
    return ((number, line) for number, line in enumerate(lines, 1) if line.strip())


def _saved(index: Path, number: int, line: bytes) -> Saved:
    where = f"{index} 第 {number} 行"
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise BadChoice(f"{where} 不是 JSON：{error}") from error
    if not isinstance(row, dict):
        raise BadChoice(f"{where} 应是一个 JSON 对象")
    if not isinstance(row.get("file"), str) or not row["file"]:
        raise BadChoice(f"{where} file：缺少，或不是文字")
    for field in ("url", "content_type"):
        if not isinstance(row.get(field, ""), str):
            raise BadChoice(f"{where} {field}：应是文字")
    file = index.parent / row["file"]
    if not file.is_file():
        raise BadChoice(f"{where} file：没有这个文件 {file}")
    return Saved(file, row.get("url", ""), row.get("content_type", ""))


def document(judged: Judged) -> dict[str, Any]:
    """The JSON of one judged page."""
    reading, judgement = judged.reading, judged.judgement
    return {
        "url": reading.url,
        "key": reading.key,
        "verdict": str(judgement.verdict),
        "reasons": [_reason(reason) for reason in judgement.reasons],
        "findings": [_reason(reason) for reason in judgement.findings],
        "title": reading.title,
        "site_title": reading.site_title,
        "text": reading.text,
        "published": reading.published,
        "source": reading.source,
        "language": reading.language,
        "encoding": reading.charset,
        "media": str(reading.media),
        "links": [
            {"url": one.url, "kind": str(one.kind), "text": one.text, "hidden": one.hidden} for one in reading.links
        ],
        "simhash": f"{reading.simhash:016x}",
        "page_type": str(reading.page_type),
        "needs_browser": reading.shell is not None,
        "points": [
            {
                "code": tag.code,
                "strength": str(tag.strength),
                "confidence": tag.confidence,
                "snippet": tag.snippet,
                "zone": tag.zone,
            }
            for tag in judged.tagged.tags
        ],
    }


def _reason(reason: Any) -> dict[str, Any]:
    return {"code": str(reason.code), "detail": reason.detail, "where": reason.where, "weight": reason.weight}


def _show(judged: Judged) -> None:
    reading, judgement = judged.reading, judged.judgement
    render.say(f"判定：{VERDICTS[judgement.verdict]}")
    render.say(f"标题：{reading.title or '（无）'}")
    render.say(
        f"日期：{reading.published or '—'}　来源：{reading.source or '—'}　编码：{reading.charset}　类型：{wording.PAGE_TYPES[reading.page_type]}"
    )
    if reading.shell is not None:
        render.say(f"要用浏览器才看得到内容：{reading.shell.detail}")
    if judgement.reasons:
        told = ((one, *explaining.row(one.code, one.where, one.detail)) for one in judgement.reasons)
        rows = ((name, place, f"{one.weight:+.2f}", found) for one, name, place, found in told)
        render.show(render.table("理由", ("理由", "位置", "分量", "说明"), rows, numbers=("分量",)))
        render.say(explaining.weighing(judgement.verdict, judgement.reasons))
    if judgement.findings:
        render.show(
            render.table(
                "应告诉站长的",
                ("问题", "位置", "说明"),
                (explaining.row(one.code, one.where, one.detail) for one in judgement.findings),
            )
        )
    if judged.tagged.tags:
        points = catalogue.load().points
        rows_ = (
            (
                one.code,
                points[one.code].name,
                words.STRENGTHS[one.strength],
                f"{one.confidence:.2f}",
                one.snippet,
            )
            for one in judged.tagged.tags
        )
        render.show(
            render.table(
                f"点位（{len(judged.tagged.tags)}）", ("代码", "名称", "强度", "把握", "原文"), rows_, numbers=("把握",)
            )
        )
    else:
        render.say("点位：没有")
    if reading.text:
        shown = reading.text[:PREVIEW]
        render.say(f"正文（{len(reading.text)} 字）：{shown}{'……' if len(reading.text) > PREVIEW else ''}")
