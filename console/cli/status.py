"""`caifeng status`: how a round is getting on.  Imports little: it answers in under a second."""

import asyncio
import contextlib
import time
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer
from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from console.cli import render, words
from console.cli.chinese import App
from console.cli.had import learned_document, learned_view, refusals_document, refusals_view
from console.cli.kinds import kinds_document, kinds_view
from console.cli.options import AsJson, RoundName
from console.cli.traps import traps_document, traps_view
from crawler.frontier.redis import State
from rounds import fetching, life, services
from rounds.life import Status
from rounds.progress import TOP_HOSTS, Pace, Track, fullest_hosts, hosts_done, remaining
from rounds.services.archive import Space

app = App()

TOP_UNITS: Final = 40
TOP_SERVERS: Final = 10
WATCH_SECONDS: Final = 1.0


@app.command(help="一轮的进度：各状态的数目、速度、剩余时间，按主机和单位。只读计数器，一秒内答完。")
def status(
    name: RoundName,
    *,
    watch: Annotated[
        bool, typer.Option("--watch", help="一直看着，每秒刷新（不在终端上就每 10 秒一行），到这轮停下或按 Ctrl-C 为止")
    ] = False,
    traps: Annotated[
        bool, typer.Option("--traps", help="列出没有跟进的链接：规则、网址样式、主机、数目、例子和所在的页")
    ] = False,
    rendering: Annotated[
        bool, typer.Option("--rendering", help="列出学到的：哪些样式的网页要用浏览器，依据和把握，抽查多少")
    ] = False,
    refusals: Annotated[
        bool,
        typer.Option(
            "--refusals", help="列出被拒和失败的，按主机和原因；各单位的采集成功率、robots 不许的占比、采集率"
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show a round's progress from counters only."""
    if watch and (as_json or traps or rendering or refusals):
        raise typer.BadParameter("不能和 --json、--traps、--rendering、--refusals 一起用", param_hint="--watch")
    if traps + rendering + refusals > 1:
        raise typer.BadParameter("--traps、--rendering、--refusals 一次只用一个", param_hint="--traps")
    here = services.ensure()
    if rendering or refusals:
        _fetching(here, name, rendering=rendering, as_json=as_json)
        return
    if traps:
        found = asyncio.run(life.status(here, name, now=datetime.now(UTC), traps=True, by_unit=as_json))
        if as_json:
            render.document(status_document(found) | {"traps": traps_document(found.traps)})
        else:
            render.out().print(traps_view(name, found.traps, found.sample.counts.cut))
        return
    found = _look(here, name, by_unit=as_json)
    if as_json:
        render.document(status_document(found))
    elif watch:
        _watch(here, name, found)
    else:
        render.out().print(status_view(found, found.pace))


def _fetching(here: services.Services, name: str, *, rendering: bool, as_json: bool) -> None:
    if rendering:
        learned = asyncio.run(fetching.learned(here, name))
        document, view = {"rendering": learned_document(learned)}, learned_view(name, learned)
    else:
        refused = asyncio.run(fetching.refusals(here, name))
        document, view = refusals_document(refused), refusals_view(refused)
    if as_json:
        render.document(status_document(_look(here, name, by_unit=True)) | document)
    else:
        render.out().print(view)


def _look(here: services.Services, name: str, *, by_unit: bool = False) -> Status:
    return asyncio.run(life.status(here, name, now=datetime.now(UTC), by_unit=by_unit))


def _watch(here: services.Services, name: str, found: Status) -> None:
    plan = found.record.plan
    track = Track(delay=plan.delay, host_concurrency=plan.host_concurrency)
    track.add(found.sample)
    if not render.out().is_terminal:
        _watch_lines(here, found, track)
        return
    live = Live(status_view(found, found.pace), console=render.out(), auto_refresh=False)
    with contextlib.suppress(KeyboardInterrupt), live:  # Ctrl-C is the way to stop watching
        while found.state in {State.READY, State.RUNNING}:
            time.sleep(WATCH_SECONDS)
            found = _look(here, name)
            live.update(status_view(found, track.add(found.sample)), refresh=True)


def _watch_lines(here: services.Services, found: Status, track: Track) -> None:
    """In a pipe or a log: a line now and then, and the whole page when it is over."""
    pace, due = found.pace, time.monotonic()
    with contextlib.suppress(KeyboardInterrupt):
        while found.state in {State.READY, State.RUNNING}:
            if time.monotonic() >= due:
                halted = "".join(f"；{line}" for line in words.halt_lines(found.workers))
                crew = f"进程 {len(found.workers)} 个{halted}"
                render.say(render.progress_line(found.sample.counts, found.sample.hosts, pace, crew))
                due += render.LINE_SECONDS
            time.sleep(WATCH_SECONDS)
            found = _look(here, found.record.name)
            pace = track.add(found.sample)
    render.out().print(status_view(found, pace))


def status_document(found: Status) -> dict[str, Any]:
    """The JSON of `status`."""
    waiting = found.pace.waiting
    return {
        "round": found.record.name,
        "state": str(found.state),
        "at": datetime.fromtimestamp(found.sample.at, UTC),
        "counts": render.counts_document(found.sample.counts),
        "remaining": remaining(found.sample.counts),
        "pages_per_second": round(found.pace.pages_per_second, 3),
        "seconds_left": found.pace.seconds_left,
        "waiting": None
        if waiting is None
        else {
            "urls": waiting.urls,
            "first": datetime.fromtimestamp(waiting.first, UTC),
            "last": datetime.fromtimestamp(waiting.last, UTC),
        },
        "hosts_total": found.pace.hosts,
        "hosts_done": found.pace.hosts_done,
        "cuts": dict(found.cuts),
        **kinds_document(found),
        "waiting_for_hours": found.closed,
        "disk": None if found.disk is None else asdict(found.disk),
        "servers": [
            {"address": one.address, "hosts": one.hosts, "inflight": one.inflight, "waiting": one.waiting}
            for one in found.servers
        ],
        "workers": [
            {
                "worker": one.worker,
                "machine": one.machine,
                "pid": one.pid,
                "seen": one.seen,
                "fetched": one.fetched,
                "rendered": one.rendered,
                "busy": one.busy,
                "halts": dict(one.halts),
            }
            for one in found.workers
        ],
        "units": [
            {"code": one.code, "name": one.name, "hosts": one.hosts, "counts": render.counts_document(one.counts)}
            for one in found.units
        ],
        "systems": dict(sorted(found.systems.items())),
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
    parts += [Text(line, style="bold red") for line in words.halt_lines(found.workers)]
    if found.closed:
        parts.append(Text(f"{found.closed:,} 个主机现在不在允许访问的时段（--hours），到时自动接着采"))
    if found.disk is not None:
        parts.append(Text(_room(found.disk), style="bold red" if found.disk.low else ""))
    columns = tuple(render.LEDGER.values())
    parts.append(render.table("", columns, [render.ledger_cells(counts)], numbers=columns))
    parts.append(kinds_view(found))
    shown = fullest_hosts(hosts, TOP_HOSTS)
    title = f"主机（剩余最多的 {len(shown)} 个，共 {len(hosts)} 个）"
    parts.append(
        render.table(
            title,
            ("主机", "建站系统", *columns),
            (
                (host, words.SYSTEMS.get(found.systems.get(host, ""), ""), *render.ledger_cells(one))
                for host, one in shown
            ),
            numbers=columns,
        )
    )
    if found.servers:
        parts.append(_servers(found))
    units = found.units[:TOP_UNITS]
    rows = ((one.name, one.hosts, *render.ledger_cells(one.counts)) for one in units)
    title = f"单位（{len(units)} 个，共 {len(found.units)} 个）"
    parts.append(render.table(title, ("单位", "主机", *columns), rows, numbers=("主机", *columns)))
    return Group(*parts)


def _room(disk: Space) -> str:
    return (
        f"存档所在的卷：空闲 {render.size(disk.free)}；低于 {render.size(disk.pause)} 暂停领取网址，"
        f"到 {render.size(disk.resume)} 自动接着采"
    )


def _servers(found: Status) -> RenderableType:
    shown = found.servers[:TOP_SERVERS]
    numbers = ("主机", "在访问", "排队的主机")
    rows = ((one.address, one.hosts, one.inflight, one.waiting) for one in shown)
    title = f"几个主机合用的服务器（{len(shown)} 个，共 {len(found.servers)} 个）"
    return render.table(title, ("地址", *numbers), rows, numbers=numbers)
