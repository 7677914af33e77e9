"""`caifeng demo`: a whole round on the rehearsal web, and what it came to, held against the truth."""

import asyncio
import secrets
from dataclasses import asdict
from typing import Annotated, Any, Final

import typer

from console.cli import render
from console.cli.chinese import App
from console.cli.demo_points import show_points
from console.cli.options import AsJson
from console.cli.watching import CrawlProgress
from crawler.exits import Exit
from rounds import services
from rounds.demo import DELAY, PAGES, Report, demonstrate
from rounds.supervise import Ending

app = App()

SEEDS: Final = 1_000_000  # to draw from: short enough to be typed again
NAMED: Final = 20  # URLs of a difference that are named; the rest are counted


@app.command(help="演练一整轮：开模拟的政府网站群、采集、判定、打标、核账，再和真相比对。")
def demo(
    *,
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, help="演练网站的种子；不给就随机取一个并打印出来")
    ] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="进程数")] = 4,
    pages: Annotated[int, typer.Option("--pages", min=1, help="六次点击以内大约多少页")] = PAGES,
    guarded: Annotated[
        bool, typer.Option("--guarded", help="网站群里加上有防护、限流的主机，和卡死、撑爆、泄漏浏览器的网页")
    ] = False,
    keep: Annotated[bool, typer.Option("--keep", help="演练后让本机服务继续运行；不给就停掉由它启动的")] = False,
    as_json: AsJson = False,
) -> None:
    """Run a round on the rehearsal web; end with DIFFERENCES where it and the truth do not agree."""
    chosen = secrets.randbelow(SEEDS) if seed is None else seed
    standing = services.current() is not None
    with CrawlProgress(f"演练（种子 {chosen}）", delay=DELAY, host_concurrency=1) as progress:
        progress.step("启动本机服务")
        here = services.ensure()
        try:
            report = asyncio.run(
                demonstrate(
                    here, chosen, workers=workers, pages=pages, report=progress, step=progress.step, guarded=guarded
                )
            )
        finally:
            if not keep and not standing:
                services.stop()
    if as_json:
        render.document(demo_document(report))
    else:
        _show(report)
    if report.ending is not Ending.AT_REST:
        raise typer.Exit(Exit.INTERRUPTED)
    if not agrees(report):
        raise typer.Exit(Exit.DIFFERENCES)


def agrees(report: Report) -> bool:
    """Whether what was stored is the truth, once each, politely, and the books are closed."""
    found = report.comparison
    wrong = (
        found.missing,
        found.extra,
        found.stored_twice,
        found.wrong_depth,
        found.politeness_violations,
    )
    twice = found.fetched_twice if not report.restarts else ()  # a worker that died may have to ask again
    return not (any(wrong) or twice or report.audit_differences)


def demo_document(report: Report) -> dict[str, Any]:
    """The JSON of `demo`: numbers, and beside them the first URLs of each kind of difference."""
    found = report.comparison
    differing = {
        "missing": found.missing,
        "extra": found.extra,
        "stored_twice": found.stored_twice,
        "fetched_twice": found.fetched_twice,
        "wrong_depth": found.wrong_depth,
    }
    return {
        "round": report.round_name,
        "seed": report.seed,
        "seconds": round(report.seconds, 1),
        "ending": str(report.ending),
        "stored": found.stored,
        "truth": found.truth,
        **{name: len(urls) for name, urls in differing.items()},
        "trap_stored": found.trap_stored,
        "audit_differences": report.audit_differences,
        "politeness_violations": found.politeness_violations,
        "verdict_accuracy": round(found.verdict_accuracy, 4),
        "verdict_recall": {verdict: round(recall, 4) for verdict, recall in found.verdict_recall.items()},
        "verdict_confusion": found.confusion,
        "needs_browser": found.needs_browser,
        "rendered": found.rendered,
        "challenges": report.challenges,
        "throttled": report.throttled,
        "archived": report.archived,
        "worker_restarts": report.restarts,
        "counts": report.counts,
        "points": {
            unit: {"name": report.unit_names.get(unit, unit)} | asdict(one) for unit, one in found.points.items()
        },
        "examples": {name: list(urls[:NAMED]) for name, urls in differing.items() if urls},
    }


def archived_note(report: Report) -> str:
    """How many pages the audit read back from the archive, made up of the numbers shown above it."""
    found = report.comparison
    note = f"读回存档 {report.archived:,} 页"
    stored = found.stored + found.trap_stored
    if report.archived == stored:
        return f"{note} ＝ 存下的页面 {found.stored:,} ＋ 陷阱页 {found.trap_stored:,}"
    return f"{note}；存下的页面 {found.stored:,} ＋ 陷阱页 {found.trap_stored:,} ＝ {stored:,}，有 {abs(stored - report.archived):,} 页对不上"


def _guards(report: Report) -> list[tuple[str, str, str]]:
    """What a guarded web's hosts asked for, where there are any."""
    rows = [
        ("过防护的访问", report.challenges, "用浏览器取一次凭证，此后走 HTTP，到期再取"),
        ("被限流的请求", report.throttled, "按 Retry-After 等候，主机减速"),
    ]
    return [(name, f"{sum(by.values())}", f"{len(by)} 个主机；{note}") for name, by, note in rows if by]


def _show(report: Report) -> None:
    found = report.comparison
    rows = [
        ("存下的页面", f"{found.stored:,}", f"真相 {found.truth:,}；缺 {len(found.missing)}，多 {len(found.extra)}"),
        ("另存的陷阱页", f"{found.trap_stored:,}", "没有尽头的日历、会话号：采到一定数目为止，不和真相比，不算在上一行里"),
        ("重复存、重复取", f"{len(found.stored_twice)}、{len(found.fetched_twice)}", "同一页存了两次、取了两次的；判为重复的页面不在此列，它们各存一份"),
        ("深度不对", f"{len(found.wrong_depth)}", "以最少点击数为准"),
        ("用浏览器的", f"{found.rendered:,}", f"真相里需要的 {found.needs_browser:,}"),
        ("判定准确率", f"{found.verdict_accuracy:.1%}", "、".join(f"{render.VERDICTS.get(word, word)} {share:.0%}" for word, share in found.verdict_recall.items())),
        *_guards(report),
        ("违反间隔的请求", f"{found.politeness_violations}", f"同一主机至少 {DELAY} 秒"),
        ("核账的差别", f"{report.audit_differences}", archived_note(report)),
        ("用时", render.duration(report.seconds), f"进程重启 {report.restarts} 次"),
    ]  # fmt: skip
    render.show(render.table(f"演练结果（种子 {report.seed}）", ("", "结果", "说明"), rows, numbers=("结果",)))
    show_points(found.points, report.unit_names)
    for word, urls in (("缺", found.missing), ("多", found.extra), ("重复存", found.stored_twice), ("深度不对", found.wrong_depth)):  # fmt: skip
        for url in urls[:NAMED]:
            render.say(f"  {word}：{url}")
    name = report.round_name
    render.say(f"接下来看：caifeng status {name}，caifeng export {name} --what pages，caifeng page 网址 --round {name}")
    render.say(f"再来一次同样的：caifeng demo --seed {report.seed}")
