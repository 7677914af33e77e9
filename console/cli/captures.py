"""`caifeng page` and `find`: every capture of a page, and pages by what they are."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import typer

from cleaning.personal import masked
from cleaning.reasons import Verdict
from cleaning.urls import canonicalize
from console.cli import render, words
from console.cli.card import show_card
from console.cli.chinese import App
from console.cli.missing import no_such_page
from console.cli.options import AsJson
from console.cli.values import machine_point, planned_unit
from crawler.frontier.contract import End
from pipelines.store.connect import Document
from pipelines.store.reader import PageFilter, RoundReader
from pipelines.store.rounds import RoundRecord
from rounds import life, services
from rounds.nearest import nearest
from rounds.refusals import BadChoice, NoSuchPage

app = App()

CHINA: Final = ZoneInfo("Asia/Shanghai")  # dates on the command line are days in China
COUNTING: Final = 5  # seconds given to counting all that `find` does not list
WHOLE: Final = {"判定": 4, "深度": 4, "点位": len("1.1.2-M01")}  # columns of `find`: what is not broken across lines
FOUND: Final = ("round", "url", "host", "units", "depth", "verdict", "title", "published", "fetched_at", "tags.code")


@app.command(help="一个页面的采集记录：何时、怎样采的，判定和点位，存档在哪里；--diff 比较它的两次采集。")
def page(
    url: Annotated[str, typer.Argument(metavar="URL", help="网址，哪种写法都行")],
    *,
    round_: Annotated[str, typer.Option("--round", help="只看这一轮")] = "",
    all_: Annotated[bool, typer.Option("--all", help="看所有轮次的；不给就看最近采到它的一轮")] = False,
    diff: Annotated[
        tuple[str, str] | None, typer.Option("--diff", help="比较这两轮采到的：字节、结构、脚本和表单、正文")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show how a page ended in one round, in the newest that has it, or in all; or what changed between two."""
    if diff is not None and (round_ or all_):
        raise BadChoice("--diff 已经说明了哪两轮，不和 --round、--all 一起用")
    here = services.ensure()
    if diff is not None:
        from console.cli.page_diffs import tell  # noqa: PLC0415 -- only two captures that are compared are parsed

        tell(*(_stored(here, url, name) for name in diff), as_json=as_json)
        return
    captures = _captures(here, url, round_, every=all_)
    if as_json:
        render.document(captures)
        return
    if len(captures) > 1:
        _overview(captures)
    for record in captures:
        show_card(record)


def _verdict(text: str) -> Verdict:
    """The verdict of this code or word."""
    found = [one for one in Verdict if text in {one, render.VERDICTS[one]}]
    if not found:
        known = "、".join(f"{one}（{render.VERDICTS[one]}）" for one in Verdict)
        raise typer.BadParameter(f"不能是 {text}，可以是：{known}", param_hint="--verdict")
    return found[0]


@app.command(help="按单位、主机、判定、点位、日期找页面。")
def find(
    *,
    round_: Annotated[str, typer.Option("--round", help="在哪一轮里找；不给就是最近的一轮")] = "",
    unit: Annotated[str, typer.Option("--unit", help="只看这个单位（代码或名称）")] = "",
    host: Annotated[str, typer.Option("--host", help="主机")] = "",
    verdict: Annotated[str, typer.Option("--verdict", help="判定：代码或词，例如 kept 或 保留")] = "",
    point: Annotated[str, typer.Option("--point", help="有这个点位证据的")] = "",
    since: Annotated[
        datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="这一天（北京时间）起采的")
    ] = None,
    until: Annotated[datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="到这一天为止采的")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000, help="最多列出几页")] = 50,
    as_json: AsJson = False,
) -> None:
    """Find pages of a round."""
    code = machine_point(point).code if point else ""
    where = PageFilter(
        verdicts=(_verdict(verdict),) if verdict else (),
        host=host.strip().lower().removeprefix("www."),
        code=code,
        since=_day(since),
        before=None if until is None else _day(until + timedelta(days=1)),
    )
    if where.since and where.before and where.since >= where.before:
        raise BadChoice("--since 晚于 --until，没有这样的日子")
    here = services.ensure()
    record = life.get(here, round_) if round_ else _newest(here)
    name = record.name
    if unit:
        where = replace(where, unit=planned_unit(record.plan, unit).code)
    with life.store(here) as database:
        reader = RoundReader(database, name, url=here.mongo_url)
        rows = [_row(one) for one in reader.first_pages(where, FOUND, limit)]
        total = len(rows) if len(rows) < limit else reader.count(where, COUNTING)
    if total != len(rows):
        counted = f"共 {total:,} 页" if total is not None else f"总数 {COUNTING} 秒没有数完"
        render.warn(f"{counted}，只列出前 {limit:,} 页：--limit 可以加大，或再加条件")
    if as_json:
        render.document(rows)
        return
    if not rows:
        render.say(f"轮次 {name} 里没有这样的页面。")
        return
    names = {one.code: one.name for one in record.plan.units}
    columns = ("网址", "标题", "单位", "判定", "深度", f"采集时间（{render.CLOCK}）", "点位")
    body = (
        (
            one["url"], one["title"], " ".join(f"{names.get(code, '')}({code})" for code in one["units"]),
            render.VERDICTS[one["verdict"]], one["depth"], render.moment(one["fetched_at"]), " ".join(one["points"]),
        )
        for one in rows
    )  # fmt: skip
    title = f"轮次 {name}：{len(rows):,} 页" if total == len(rows) else f"轮次 {name}：前 {len(rows):,} 页"
    render.show(render.table(title, columns, body, numbers=("深度",), least=WHOLE))


def _day(value: datetime | None) -> datetime | None:
    return None if value is None else value.replace(tzinfo=CHINA).astimezone(UTC)


def _newest(here: services.Services) -> RoundRecord:
    every = life.all_rounds(here)
    if not every:
        raise BadChoice("还没有轮次：用 caifeng round new 新建")
    return every[-1]


def _row(page_: Document) -> dict[str, Any]:
    row = {name: page_[name] for name in FOUND if name != "tags.code"}
    row["title"] = masked(row["title"])
    return row | {"points": sorted({tag["code"] for tag in page_.get("tags", ())})}


def _stored(here: services.Services, url: str, name: str) -> Document:
    record = _captures(here, url, name, every=False)[0]
    if record["end"] != End.STORED:
        raise NoSuchPage(f"轮次 {name} 没有存下 {url}（{words.ENDS.get(record['end'], record['end'])}），没有可比的")
    return record


def captured(here: services.Services, url: str, name: str) -> Document:
    """The record of a page in this round.  Raises BadChoice, NoSuchRound, NoSuchPage."""
    return _captures(here, url, name, every=False)[0]


def _captures(here: services.Services, url: str, round_name: str, *, every: bool) -> list[Document]:
    key = canonicalize(url)
    if key is None:
        raise BadChoice(f"{url} 不是网址：只接受 http:// 或 https:// 开头的完整网址")
    names = [life.get(here, round_name).name] if round_name else [one.name for one in reversed(life.all_rounds(here))]
    found = []
    with life.store(here) as database:
        for name in names:
            record = RoundReader(database, name, url=here.mongo_url).record(key)
            if record is not None:
                found.append({key: value for key, value in record.items() if key != "_id"})
                if not every:
                    break
    if not found:
        raise _unknown(here, url, key, round_name)
    return found


def _unknown(here: services.Services, url: str, key: str, round_name: str) -> NoSuchPage:
    """What to say of a URL without a record: it is looked for beside those of the round named, or of the newest."""
    record = life.get(here, round_name) if round_name else _newest(here)
    with life.store(here) as database:
        found = nearest(RoundReader(database, record.name, url=here.mongo_url), record.plan, key)
    return no_such_page(url, key, record.name, found, only=bool(round_name))


def _overview(captures: Sequence[Document]) -> None:
    columns = ("轮次", f"时间（{render.CLOCK}）", "深度", "方式", "状态", "结局", "判定", "内容指纹", "点位")
    rows = (
        (
            one["round"], render.moment(one.get("fetched_at") or one.get("at")), one["depth"],
            words.VIAS.get(one.get("via", ""), ""), one.get("status") or "—", words.ENDS.get(one["end"], one["end"]),
            render.VERDICTS.get(one.get("verdict", ""), "—"), one.get("sha256", "")[:12] or "—", len(one.get("tags", ())),
        )
        for one in captures
    )  # fmt: skip
    render.show(render.table(f"{captures[0]['url']}：采到 {len(captures)} 次", columns, rows, numbers=("深度", "点位")))
