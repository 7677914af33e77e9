"""`caifeng crawl` and `retry`: running a round here, and having another try at what failed."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from console.cli import render, words
from console.cli.chinese import App
from console.cli.options import AsJson, RoundName
from console.cli.watching import CrawlProgress
from crawler.exits import Exit
from crawler.frontier.redis import State
from indicators import catalogue
from pipelines.store.reader import RoundReader
from rounds import life, services
from rounds.finish import finish
from rounds.retry import retry as retry_round
from rounds.services import Services, archive
from rounds.supervise import Ending, Supervisor

app = App()


@app.command(help="在本机开几个进程采集，直到这一轮完成。按 Ctrl-C 收工：在途的做完，以后可以接着采。")
def crawl(
    name: RoundName,
    *,
    workers: Annotated[int, typer.Option("--workers", min=1, max=256, help="进程数")] = 2,
    accept: Annotated[bool, typer.Option("--accept", help="有不通的入口也照样开始；还没检查过的不再检查")] = False,
    as_json: AsJson = False,
) -> None:
    """Run workers until the round is at rest, then settle it and finish it."""
    here = services.ensure()
    state = asyncio.run(life.require_startable(here, name))
    if state is State.FINISHED:
        render.note(f"轮次 {name} 已经完成，没有要采的（失败的可用 caifeng retry {name} 重试）")
        _summarise(here, name, Ending.AT_REST, as_json=as_json)
        return
    life.require_same_catalogue(here, name, catalogue.load().version)
    archive.reach(here.archive_url)  # a crawl whose pages have nowhere to go asks nobody for any
    _checked(here, name, accept=accept)
    who = life.operator()
    asyncio.run(life.launched(here, name, workers=workers, who=who, now=datetime.now(UTC)))
    plan = life.get(here, name).plan
    with CrawlProgress(f"轮次 {name}", delay=plan.delay, host_concurrency=plan.host_concurrency) as progress:
        ending = asyncio.run(Supervisor(here, name, workers, progress, tell=progress.note).run())
    finished = ending is Ending.AT_REST and asyncio.run(finish(here, name, who=who, now=datetime.now(UTC)))
    _summarise(here, name, ending, as_json=as_json)
    if ending is not Ending.AT_REST:
        render.note(f"已收工，没有丢失；接着采：caifeng crawl {name} --workers {workers}")
        raise typer.Exit(Exit.INTERRUPTED)
    if not finished:
        render.failure(f"轮次 {name} 的账目没有合上：用 caifeng audit {name} 查看")
        raise typer.Exit(Exit.DIFFERENCES)


def _checked(here: Services, name: str, *, accept: bool) -> None:
    """Make sure the seeds were looked at, or that the operator does not mind."""
    record = life.get(here, name)
    if "check" not in record.results and not accept:
        from console.cli.checking import run_check, show_check  # noqa: PLC0415 -- its HTTP client takes long to load

        found = run_check(here, record.plan)
        if found.failures:
            show_check(name, found, on_stderr=True)
        record = life.get(here, name)
        # The check's last request counts for politeness: the crawl's first comes a whole delay later.
        time.sleep(max([record.plan.delay, *(seed.crawl_delay for seed in found.seeds)]))
    life.require_checked(record, accept=accept)


def _summarise(here: Services, name: str, ending: Ending, *, as_json: bool) -> None:
    found = summary(here, name)
    if as_json:
        render.document(found | {"ending": str(ending)})
        return
    counts = found["counts"]
    columns = tuple(render.LEDGER.values())
    render.show(
        render.table(
            f"轮次 {name}：{render.state_word(found['state'])}",
            columns,
            [[f"{counts[key]:,}" for key in render.LEDGER]],
            numbers=columns,
        )
    )
    verdicts = "，".join(f"{render.VERDICTS[word]} {number:,}" for word, number in found["verdicts"].items() if number)
    render.say(f"判定：{verdicts or '还没有页面'}")
    if found["failures"]:
        reasons = sorted(found["failures"].items(), key=lambda item: -item[1])
        render.say(
            "失败：" + "，".join(f"{words.with_code(words.FAILURES, reason)} {number:,}" for reason, number in reasons)
        )
    render.say(
        f"接下来：caifeng audit {name} 核账，caifeng export {name} --what pages 导出，caifeng retry {name} 重试失败的"
    )


def summary(here: Services, name: str) -> dict[str, Any]:
    """What a round has come to: its ledger, verdicts, failures by reason and ways of fetching."""
    status = asyncio.run(life.status(here, name, now=datetime.now(UTC)))
    with life.store(here) as database:
        reader = RoundReader(database, name, url=here.mongo_url)
        return {
            "round": name,
            "state": str(status.state),
            "counts": render.counts_document(status.sample.counts),
            "verdicts": {str(verdict): number for verdict, number in reader.verdicts().items()},
            "failures": reader.reasons(),
            "via": reader.via(),
            "cuts": dict(status.cuts),
        }


@app.command(help="把失败的（或被隔离的）网址重新排队；可只选一种原因、一个主机。之后用 caifeng crawl 接着采。")
def retry(
    name: RoundName,
    *,
    reason: Annotated[str, typer.Option("--reason", help="只重试这种失败原因，例如 timeout")] = "",
    host: Annotated[str, typer.Option("--host", help="只重试这个主机")] = "",
    quarantined: Annotated[bool, typer.Option("--quarantined", help="重试被隔离的，而不是失败的")] = False,
    as_json: AsJson = False,
) -> None:
    """Queue ended URLs again."""
    here = services.ensure()
    with render.err().status("重新排队……") as shown:
        done = asyncio.run(
            retry_round(
                here,
                name,
                reason=reason,
                host=host,
                quarantined=quarantined,
                who=life.operator(),
                now=datetime.now(UTC),
                report=lambda number: shown.update(f"重新排队：{number:,}"),
            )
        )
    if as_json:
        render.document({"round": name, "retried": done})
    elif done:
        render.say(f"{done:,} 个网址重新排队。接着采：caifeng crawl {name} --accept")
    else:
        render.say("没有符合条件的网址。")
