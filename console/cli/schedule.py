"""`caifeng schedule`: rounds that are made, crawled, worked out and checked by themselves, at their times."""

import os
import sys
import time
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer

from console.cli import render, words
from console.cli.chinese import App
from console.cli.options import AsJson
from crawler.exits import Exit
from crawler.masking import masked
from pipelines.store.export import Format
from rounds import schedules, services
from rounds.refusals import BadChoice
from rounds.schedules import PREVIOUS, Spec
from rounds.when import MONTHLY, QUARTERLY, Missed, Overlap

app = App(no_args_is_help=True, help="日程：到时候自己新建、采集、算值、核账、过关口、导出")

PATTERNS: Final = {"quarter": "{year}Q{quarter}", "month": "{year}-{month}", "": "{year}-{month}-{day}"}
WHO: Final = {"--organisation": "CAIFENG_ORGANISATION", "--contact": "CAIFENG_CONTACT"}
EVERY: Final = {"quarter": QUARTERLY, "month": MONTHLY}
LOOKS: Final = 60.0  # seconds between looks of a `run` that stays
SHOWN: Final = 5  # times shown after `add`
ChannelOptions = Annotated[
    list[str] | None,
    typer.Option("--channel-option", help="channels 的选项，照原样写，例如 --channel-option=--rsshub=…；可重复"),
]
Pattern = Annotated[
    str,
    typer.Option(
        "--pattern",
        help="轮次的名字：可用 {year} {quarter} {month} {day} {week}；"
        "不给时每季是 {year}Q{quarter}，每月是 {year}-{month}，--cron 是 {year}-{month}-{day}",
    ),
]
ScheduleName = Annotated[str, typer.Argument(metavar="NAME", help="日程的名字")]


@app.command(help="新建日程：每季、每月，或按 cron 的时间，默认是北京时间；说出接下来几次在什么时候。")
def add(
    name: ScheduleName,
    *,
    every: Annotated[str, typer.Option("--every", help="quarter（每季首日两点）或 month（每月一日两点）")] = "",
    cron: Annotated[str, typer.Option("--cron", help="分 时 日 月 星期，例如 '30 1 15 * *'")] = "",
    zone: Annotated[str, typer.Option("--timezone", help="时区")] = "Asia/Shanghai",
    pattern: Pattern = "",
    units: Annotated[list[str] | None, typer.Option("--units", help="单位，写法同 round new；可重复")] = None,
    option: Annotated[
        list[str] | None,
        typer.Option("--option", help="round new 的其他选项，照原样写，例如 --option=--depth=6；可重复"),
    ] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, max=256, help="采集的进程数")] = 2,
    accept: Annotated[bool, typer.Option("--accept", help="有不通的入口也照样采集")] = False,
    poll: Annotated[
        str, typer.Option("--poll", help="不建轮次，只取这一轮各单位的订阅源：latest 是最新的一轮，或一个轮次名")
    ] = "",
    channels: Annotated[bool, typer.Option("--channels", help="采集之后也问其他渠道（caifeng channels）")] = False,
    channel_option: ChannelOptions = None,
    baseline: Annotated[
        str, typer.Option("--baseline", help="基准轮次：previous 是本日程上一次做完的，none 不要，或一个轮次名")
    ] = PREVIOUS,
    missed: Annotated[Missed, typer.Option("--missed", help="错过的时间：补最近一次，或略过")] = Missed.ONCE,
    overlap: Annotated[
        Overlap, typer.Option("--overlap", help="上一次还没做完时到的时间：略过，或等它做完")
    ] = Overlap.SKIP,
    notify: Annotated[
        list[str] | None,
        typer.Option("--notify", help="完成、扣下、没做完时通知：webhook 网址，或 smtp://…?from=…&to=…；可重复"),
    ] = None,
    export_to: Annotated[str, typer.Option("--export-to", help="最后导出到这个文件夹")] = "",
    export_format: Annotated[Format, typer.Option("--export-format", help="导出的格式")] = Format.JSONL,
    as_json: AsJson = False,
) -> None:
    """Store a schedule."""
    if every and every not in EVERY:
        raise typer.BadParameter(f"不能是 {every}，可以是：quarter（每季）、month（每月）", param_hint="--every")
    if bool(every) == bool(cron):
        raise BadChoice("--every quarter、--every month 和 --cron 给一个")
    spec = Spec(
        cron=cron or EVERY[every],
        zone=zone,
        pattern=pattern or PATTERNS[every],
        units=tuple(units or ()),
        options=tuple(option or ()),
        workers=workers,
        accept=accept,
        baseline="" if baseline == "none" else baseline,
        poll=poll,
        channels=tuple(channel_option or ()) if channels or channel_option else None,
        missed=missed,
        overlap=overlap,
        notify=tuple(notify or ()),
        export_to=export_to,
        export_format=export_format,
    )
    coming = schedules.add(services.ensure(), name, spec, now=datetime.now(UTC))
    _warn_unnamed(spec)
    _show_dates(name, coming[:SHOWN], as_json=as_json)


@app.command("list", help="列出日程：什么时候、最近几次怎样。")
def list_(*, as_json: AsJson = False) -> None:
    """List all schedules."""
    every = schedules.every(services.ensure())
    if as_json:
        render.document([_document(one) for one in every])
        return
    if not every:
        render.say("还没有日程：用 caifeng schedule add 新建。")
        return
    rows = []
    for one in every:
        spec = Spec.model_validate(one["spec"])
        at, round_name = schedules.dates(spec, max(one["last"], datetime.now(UTC)), 1)[0]
        last = one["runs"][-1] if one["runs"] else None
        said = f"{last.get('round', '')} {words.RUNS[last['state']]} {last['why']}" if last else "—"
        rows.append((one["_id"], f"{spec.cron}（{spec.zone}）", f"{at:%Y-%m-%d %H:%M}", round_name, said))
    render.show(render.table("", ("日程", "时间", "下一次", "轮次", "最近一次"), rows))


@app.command("next", help="演习：只说接下来几次在什么时候、轮次叫什么，什么也不做。")
def next_(
    name: ScheduleName,
    *,
    count: Annotated[int, typer.Option("--count", min=1, max=100, help="几次")] = 8,
    as_json: AsJson = False,
) -> None:
    """Print the next times."""
    document = schedules.get(services.ensure(), name)
    spec = Spec.model_validate(document["spec"])
    _show_dates(name, schedules.dates(spec, datetime.now(UTC), count), as_json=as_json)


@app.command(help="去掉日程；它做的轮次都留着。")
def remove(name: ScheduleName, *, as_json: AsJson = False) -> None:
    """Forget a schedule."""
    schedules.remove(services.ensure(), name)
    if as_json:
        render.document({"schedule": name, "removed": True})
    else:
        render.say(f"日程 {name} 已去掉。")


@app.command(help="运行日程：到时间的轮次一步步做完；中断过的接着做。不给 --once 就一直看着。")
def run(
    *,
    once: Annotated[bool, typer.Option("--once", help="做完现在到期的就结束：给 systemd 定时器用")] = False,
    as_json: AsJson = False,
) -> None:
    """Deal with what is due."""
    here = services.ensure()
    with schedules.alone(here):

        def stopped() -> None:
            runner.stop()

        command = schedules.as_process((sys.executable, "-m", "console.cli.app"), stopped)
        runner = schedules.Runner(here, command, clock=lambda: datetime.now(UTC), report=render.note)
        number = runner.look()
        while not (once or runner.stopping):
            time.sleep(LOOKS)
            number += runner.look()
    if runner.stopping:
        render.note("停下了，没有做完的下次接着做：caifeng schedule run")
        raise typer.Exit(Exit.INTERRUPTED)
    if as_json:
        render.document({"runs": number})
    elif not number:
        render.say("没有到期的日程。")


def _warn_unnamed(spec: Spec) -> None:
    """Say so now where `round new` is going to refuse the template, for it does not name who collects.

    No refusal: the process that runs schedules may have another environment.
    """
    given = {word.partition("=")[0] for word in spec.options}
    unsaid = [word for word, variable in WHO.items() if word not in given and not os.environ.get(variable)]
    if unsaid and not spec.poll:
        render.warn(
            f"日程没有说是谁在采集（{'、'.join(unsaid)}）：要访问本机以外的网站，到时候 round new 会拒绝。"
            f"重建时加上 {' '.join(f'--option={word}=…' for word in unsaid)}，"
            f"或让 caifeng schedule run 的环境里有 {'、'.join(WHO[word] for word in unsaid)}"
        )


def _show_dates(name: str, coming: list[tuple[datetime, str]], *, as_json: bool) -> None:
    if as_json:
        dates = [{"at": at.isoformat(), "round": round_name} for at, round_name in coming]
        render.document({"schedule": name, "next": dates})
        return
    rows = ((f"{at:%Y-%m-%d %H:%M}（UTC{at:%z}）", round_name) for at, round_name in coming)
    render.show(render.table(f"日程 {name} 接下来", ("时间", "轮次"), rows))
    render.say("到时候由 caifeng schedule run 来做（deploy/systemd 有定时器）。")


def _document(one: Any) -> dict[str, Any]:
    spec = one["spec"] | {"notify": [masked(target) for target in one["spec"]["notify"]]}
    return {
        "schedule": one["_id"],
        "created_at": one["created_at"],
        "last": one["last"],
        "spec": spec,
        "runs": one["runs"],
    }
