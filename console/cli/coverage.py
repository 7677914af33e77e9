"""`caifeng coverage`: how much of its sites a round has collected, and what is known to be missing."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer

from console.cli import render, words
from console.cli.chinese import App
from console.cli.options import AsJson, Engines, RoundName, SearchUrl
from console.cli.steps import errands_line, saying
from crawler.channels import searx
from crawler.channels.errands import Progress
from pipelines.store.listed import Standing
from rounds import life, services
from rounds.coverage import LOOKED_AT, Coverage, Wanted, cover, kept, missing_urls, site_document
from rounds.coverage_lists import WORDS, Search
from rounds.refusals import NoEstimate
from rounds.services import Services

app = App()

TOP_SITES: Final = 30
TOP_URLS: Final = 50


@app.command(
    help="采集率：拿网站地图、网站自己公布的条数和搜索引擎的结果同存下的页面比，估计采到了几成（带 95% 区间），并列出已知缺的。"
)
def coverage(
    name: RoundName,
    *,
    search: SearchUrl = "",
    engines: Engines = "",
    questions: Annotated[
        int, typer.Option("--questions", min=1, max=len(WORDS), help="每个主机问搜索引擎几个问题")
    ] = 3,
    look: Annotated[
        int, typer.Option("--look", min=0, help="每个主机最多去看几个没采到的网址，看是不是真有这一页")
    ] = LOOKED_AT,
    show: Annotated[bool, typer.Option("--show", help="不去问，只看上次的结果")] = False,
    missing: Annotated[bool, typer.Option("--missing", help="列出名单里有而缺的网址和原因")] = False,
    as_json: AsJson = False,
) -> None:
    """Estimate a round's collection rate, or show the last estimate."""
    wanted = Wanted(_search(search, engines, questions), looked_at=look)
    here = services.ensure()
    if show:
        summary, sites = kept(here, name)
        if summary is None:
            raise NoEstimate(f"轮次 {name} 还没有估计过采集率：caifeng coverage {name}")
    else:
        found = _cover(here, name, wanted)
        summary, sites = found.document(), [site_document(site) for site in found.sites]
    urls = missing_urls(here, name) if missing else []
    if as_json:
        more = {"missing": urls} if missing else {}
        render.document({"round": name} | dict(summary) | {"sites": sites} | more)
        return
    _show(name, summary, sites)
    if missing:
        _show_missing(name, urls, summary["known"]["lost"])


def _search(search: str, engines: str, questions: int) -> Search | None:
    if not search:
        return None
    chosen = tuple(word.strip() for word in engines.split(",") if word.strip())
    return Search(searx.instance_url(search), chosen, questions)


def _cover(here: Services, name: str, wanted: Wanted) -> Coverage:
    with saying("估计采集率……") as say:

        def report(what: str, progress: Progress) -> None:
            say(errands_line(what, progress))

        return asyncio.run(cover(here, name, wanted, report=report, who=life.operator(), now=datetime.now(UTC)))


def _show(name: str, summary: Mapping[str, Any], sites: Sequence[Mapping[str, Any]]) -> None:
    known = summary["known"]
    render.say(f"轮次 {name} 的采集率：{rate_words(summary['rate'])}")
    render.say(
        f"存下 {known['stored']:,} 页；找到而没采到的 {known['pending'] + known['lost']:,}"
        f"（排队 {known['pending']:,}，采不到 {known['lost']:,}）；别处列出、这一轮没找到的 {_beyond(known):,}"
    )
    if left_out := summary.get("left_out", 0):  # estimates of earlier versions do not have it
        render.say(f"另存下 {left_out:,} 页不算：没有尽头的陷阱里的，和其实没有这一页的（soft-404）")
    named = "、".join(f"{words.SOURCES[one]} {number} 个主机" for one, number in summary["sources"].items())
    render.say(f"名单：{named}；共 {summary['hosts']} 个主机")
    if summary["silent_engines"]:
        render.warn(f"有引擎没有答复过：{'、'.join(summary['silent_engines'])}；它们知道的没有算进来")
    worst = sorted(sites, key=lambda one: one["rate"]["value"] if one["rate"] else 2.0)[:TOP_SITES]
    rows = (
        (
            one["host"],
            rate_words(one["rate"]),
            *(one["known"][each] for each in ("stored", "pending", "lost")),
            one["missing"],
        )
        for one in worst
    )
    numbers = ("存下", "排队", "采不到", "名单里缺")
    render.show(render.table("采集率最低的主机", ("主机", "采集率（95% 区间）", *numbers), rows, numbers=numbers))
    render.say("采集率把排队的、采不到的和推算出来哪份名单都没有的也算作缺；名单里缺只数名单列出的网址")
    if summary["shortfalls"]:
        short = (
            (one["host"], one["title"], one["announced"], one["shown"], f"{one['stored_pages']}/{one['pages']}")
            for one in summary["shortfalls"][:TOP_SITES]
        )
        names = ("主机", "列表", "自称条数", "见到", "列表页")
        render.show(render.table("列表自己说有、没见到的", names, short, numbers=("自称条数", "见到")))
    if sum(one["missing"] for one in sites):
        render.say(f"逐个列出：caifeng coverage {name} --show --missing")


def _beyond(known: Mapping[str, Any]) -> int:
    return sum(known["cells"][name] for name in ("a", "b", "ab"))


def rate_words(rate: Mapping[str, float] | None) -> str:
    """A rate with its interval, or that there is none."""
    if rate is None:
        return "没有名单可比"
    return f"{rate['value']:.1%}（{rate['low']:.1%} 到 {rate['high']:.1%}）"


def _show_missing(name: str, urls: Sequence[Mapping[str, Any]], lost: int) -> None:
    """What lists name; what could not be had and no list names stands among the round's failures alone."""
    unnamed = lost - sum(one["standing"] == Standing.LOST for one in urls)
    if unnamed > 0:
        render.say(
            f"采不到的有 {unnamed:,} 个不在任何名单里，下面没有：caifeng export {name} --what failures（其中 http-4xx 是没有这一页，不算缺）"
        )
    if not urls:
        render.say("名单里列出的没有缺的")
        return
    rows = (
        (
            one["url"],
            words.with_code(words.STANDINGS, one["standing"]) + ("，可能过深" if one["doubtful"] else ""),
            words.FAILURES.get(one["reason"], one["reason"]),
            "、".join(words.SOURCES[source] for source in one["sources"]),
        )
        for one in urls[:TOP_URLS]
    )
    render.show(render.table(f"名单列出而缺的网址（{len(urls)}）", ("网址", "情况", "原因", "列在"), rows))
    if len(urls) > TOP_URLS:
        render.say(f"另有 {len(urls) - TOP_URLS} 个：加 --json 全部列出")
