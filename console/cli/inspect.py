"""`caifeng status`, `audit`, `page`: looking at a round without touching it."""

import asyncio
import time
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer
from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from cleaning.urls import canonicalize
from console.cli import render
from console.cli.options import AsJson, RoundName
from crawler.exits import Exit
from crawler.frontier.redis import State
from pipelines.store.reader import RoundReader
from rounds import life, services
from rounds.life import Status
from rounds.progress import Pace, Track, fullest_hosts, hosts_done, remaining
from rounds.refusals import BadChoice, NoSuchPage

app = typer.Typer()

TOP_HOSTS: Final = 15
TOP_UNITS: Final = 40
TOP_DIFFERENCES: Final = 50
WATCH_SECONDS: Final = 1.0


@app.command(help="一轮的进度：各状态的数目、速度、剩余时间，按主机和单位。只读计数器，一秒内答完。")
def status(
    name: RoundName,
    *,
    watch: Annotated[bool, typer.Option("--watch", help="一直看着，每秒刷新，到这轮停下或按 Ctrl-C 为止")] = False,
    as_json: AsJson = False,
) -> None:
    """Show a round's progress from counters only."""
    if watch and as_json:
        raise typer.BadParameter("不能和 --json 一起用", param_hint="--watch")
    here = services.ensure()
    found = _look(here, name)
    if as_json:
        render.document(status_document(found))
    elif watch:
        _watch(here, name, found)
    else:
        render.out().print(status_view(found, found.pace))


def _look(here: services.Services, name: str) -> Status:
    return asyncio.run(life.status(here, name, now=datetime.now(UTC)))


def _watch(here: services.Services, name: str, found: Status) -> None:
    plan = found.record.plan
    track = Track(delay=plan.delay, host_concurrency=plan.host_concurrency)
    track.add(found.sample)
    with Live(status_view(found, found.pace), console=render.out(), auto_refresh=False) as live:
        while found.state in {State.READY, State.RUNNING}:
            time.sleep(WATCH_SECONDS)
            found = _look(here, name)
            live.update(status_view(found, track.add(found.sample)), refresh=True)


def status_document(found: Status) -> dict[str, Any]:
    """The JSON of `status`."""
    return {
        "round": found.record.name,
        "state": str(found.state),
        "at": datetime.fromtimestamp(found.sample.at, UTC),
        "counts": render.counts_document(found.sample.counts),
        "remaining": remaining(found.sample.counts),
        "pages_per_second": round(found.pace.pages_per_second, 3),
        "seconds_left": found.pace.seconds_left,
        "hosts_total": found.pace.hosts,
        "hosts_done": found.pace.hosts_done,
        "cuts": dict(found.cuts),
        "workers": [
            {
                "worker": one.worker,
                "machine": one.machine,
                "pid": one.pid,
                "seen": one.seen,
                "fetched": one.fetched,
                "rendered": one.rendered,
                "busy": one.busy,
            }
            for one in found.workers
        ],
        "units": [
            {"code": one.code, "name": one.name, "hosts": one.hosts, "counts": render.counts_document(one.counts)}
            for one in found.units
        ],
        "hosts": {host: render.counts_document(counts) for host, counts in sorted(found.sample.hosts.items())},
    }


def status_view(found: Status, pace: Pace) -> RenderableType:
    """The page of `status` for people."""
    counts, hosts = found.sample.counts, found.sample.hosts
    head = Text(f"轮次 {found.record.name}：{render.state_word(found.state)}", style="bold")
    aside = "，".join(
        f"{word} {getattr(counts, name):,}" for name, word in render.ASIDE.items() if getattr(counts, name)
    )
    line = f"{render.pace_line(pace)}；主机 {hosts_done(hosts)}/{len(hosts)} 完成；进程 {len(found.workers)} 个"
    parts: list[RenderableType] = [head, Text(line + (f"；{aside}" if aside else ""))]
    columns = tuple(render.LEDGER.values())
    parts.append(render.table("", columns, [render.ledger_cells(counts)], numbers=columns))
    shown = fullest_hosts(hosts, TOP_HOSTS)
    title = f"主机（剩余最多的 {len(shown)} 个，共 {len(hosts)} 个）"
    parts.append(
        render.table(
            title, ("主机", *columns), ((host, *render.ledger_cells(one)) for host, one in shown), numbers=columns
        )
    )
    units = found.units[:TOP_UNITS]
    rows = ((one.name, one.hosts, *render.ledger_cells(one.counts)) for one in units)
    title = f"单位（{len(units)} 个，共 {len(found.units)} 个）"
    parts.append(render.table(title, ("单位", "主机", *columns), rows, numbers=("主机", *columns)))
    return Group(*parts)


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
            life.audit(
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
                "outcomes": report.outcomes,
                "differences": [asdict(one) for one in report.differences],
            }
        )
    else:
        if report.differences:
            rows = ((one.kind, one.key, one.expected, one.found) for one in report.differences[:TOP_DIFFERENCES])
            render.show(render.table(f"差别（{len(report.differences)}）", ("种类", "何处", "应为", "实为"), rows))
        render.say(
            f"核对 {report.pages:,} 页（读回存档 {report.archived:,} 页）、{report.outcomes:,} 个其他结局：{len(report.differences)} 处差别。"
        )
    if report.differences:
        raise typer.Exit(Exit.DIFFERENCES)


@app.command(help="一个页面的采集记录：何时、怎样采的，判定和点位，存档在哪里。")
def page(
    url: Annotated[str, typer.Argument(metavar="URL", help="网址，哪种写法都行")],
    *,
    round_: Annotated[str, typer.Option("--round", help="只看这一轮")] = "",
    all_: Annotated[bool, typer.Option("--all", help="看所有轮次的；不给就看最近采到它的一轮")] = False,
    as_json: AsJson = False,
) -> None:
    """Show how a page ended in one round, in the newest that has it, or in all."""
    here = services.ensure()
    found = _captures(here, url, round_, every=all_)
    if as_json:
        render.document(found)
        return
    for record in found:
        shown = "text", "outlinks", "headers", "tags", "reasons", "findings"
        rows = ((name, value) for name, value in record.items() if name not in shown and value not in ("", [], None))
        render.show(render.table(f"轮次 {record['round']}：{record['end']}", ("", ""), rows))
        if record.get("reasons"):
            reasons = ((one["code"], one["where"], one["detail"]) for one in record["reasons"])
            render.show(render.table("理由", ("代码", "位置", "说明"), reasons))
        if record.get("tags"):
            tags = (
                (one["code"], one["strength"], f"{one['confidence']:.2f}", one["snippet"]) for one in record["tags"]
            )
            render.show(render.table("点位", ("代码", "强度", "把握", "原文"), tags))


def _captures(here: services.Services, url: str, round_name: str, *, every: bool) -> list[dict[str, Any]]:
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
        raise NoSuchPage(f"没有采到过 {url}（规范写法 {key}）")
    return found
