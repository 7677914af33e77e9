"""`caifeng channels`: search engines, weibo and wechat of a round's units."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from console.cli import render, words
from console.cli.chinese import App
from console.cli.options import AsJson, Engines, RoundName, SearchUrl
from console.cli.steps import errands_line, saying
from crawler.channels import searx
from crawler.channels.errands import Progress
from rounds import channels as channelling
from rounds import life, services
from rounds.coverage_lists import Search
from rounds.heard import RESULT
from rounds.refusals import NoEstimate
from rounds.registry import web_url

app = App()

QUARTER: Final = 92  # days
TOP: Final = 40


@app.command(
    help="其他渠道：问搜索引擎（搜索类点位的词），取微博、微信帐号的订阅源，或导入导出的文件；按渠道计数，报告空档和没有观察到的。"
)
def channels(
    name: RoundName,
    *,
    search: SearchUrl = "",
    engines: Engines = "",
    rsshub: Annotated[
        str, typer.Option("--rsshub", help="RSSHub 实例的地址：门户上有数字编号的微博帐号，就从它那里订阅")
    ] = "",
    accounts: Annotated[
        Path | None, typer.Option("--accounts", help="先导入帐号表：unit、channel、name，可有 url、feed")
    ] = None,
    posts: Annotated[
        Path | None, typer.Option("--import", help="导入导出的帖子（csv、jsonl、xlsx），不去问网络")
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, help="统计最近多少天的帖子")] = QUARTER,
    poll: Annotated[bool, typer.Option("--poll/--no-poll", help="取订阅源")] = True,
    show: Annotated[bool, typer.Option("--show", help="不去问，只看上次的结果")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask the channels, import into them, or show the last result."""
    found = _search(search, engines)
    hub = _hub(rsshub)
    here = services.ensure()
    now = datetime.now(UTC)
    taken: dict[str, int] = {}
    if accounts is not None:
        taken["accounts_imported"], taken["accounts_new"] = channelling.import_accounts(here, name, accounts)
    if posts is not None:
        taken["imported"], taken["new"] = channelling.import_posts(here, name, posts, now=now)
        _tell_import(name, taken, as_json=as_json)
        return
    if show:
        result = life.get(here, name).results.get(RESULT)
        if result is None:
            raise NoEstimate(f"轮次 {name} 还没有采过其他渠道：caifeng channels {name}")
    else:
        wanted = channelling.Wanted(now - timedelta(days=days), found, hub, poll)
        with saying("其他渠道……") as say:

            def report(progress: Progress) -> None:
                say(errands_line("其他渠道", progress))

            result = asyncio.run(
                channelling.channels(here, name, wanted, report=report, who=life.operator(), now=now)
            ).document()
    if as_json:
        render.document({"round": name} | dict(result) | taken)
    else:
        _show(name, result)


def _search(search: str, engines: str) -> Search | None:
    chosen = tuple(word.strip() for word in engines.split(",") if word.strip())
    return Search(searx.instance_url(search), chosen) if search else None


def _hub(rsshub: str) -> str:
    try:
        return web_url(rsshub).rstrip("/") if rsshub else ""
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--rsshub") from error


def _tell_import(name: str, taken: Mapping[str, int], *, as_json: bool) -> None:
    if as_json:
        render.document({"round": name} | dict(taken))
    else:
        render.say(f"导入 {taken['imported']:,} 条，其中新的 {taken['new']:,} 条。")


def _show(name: str, result: Mapping[str, Any]) -> None:
    rows = (
        (
            words.CHANNELS[channel],
            f"{one['posts']:,}",
            f"{one['new']:,}",
            "、".join(f"{render.VERDICTS[word]} {number}" for word, number in one["verdicts"].items()),
        )
        for channel, one in result["counts"].items()
    )
    render.show(render.table(f"轮次 {name} 的其他渠道", ("渠道", "条", "新的", "判定"), rows, numbers=("条", "新的")))
    ledger = result["ledger"]
    render.say(
        f"请求 {ledger['found']}：有答复 {ledger['stored']}，失败 {ledger['failed']}，转走或不许 {ledger['skipped']}"
    )
    if result["gaps"]:
        gaps = (
            (one["account"], render.moment(one["since"]), render.moment(one["until"]), words.GAPS[one["why"]])
            for one in result["gaps"][:TOP]
        )
        render.show(
            render.table(
                f"空档（{len(result['gaps'])}）：这些时候没有观察到",
                ("帐号", f"从（{render.CLOCK}）", f"到（{render.CLOCK}）", "为什么"),
                gaps,
            )
        )
    if result["errors"]:
        failed = [(one, words.trouble(why)) for one, why in list(result["errors"].items())[:TOP]]
        render.show(render.table("没有观察到的", ("帐号或问题", "为什么"), failed))
    if result["without_feed"]:
        render.say(f"没有订阅源的帐号：{'、'.join(result['without_feed'][:TOP])}")
    if result["silent"]:
        render.warn(f"有引擎没有答复过：{'、'.join(result['silent'])}；它们知道的没有观察到")
