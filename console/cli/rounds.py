"""`caifeng round`: a round's life."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from console.cli import render
from console.cli.chinese import App
from console.cli.options import AsJson, AsOf, Contact, Organisation, ResolveMap, RoundName, day_of
from console.cli.steps import steps
from console.cli.traps import release
from crawler.exits import Exit
from crawler.frontier.redis import State
from crawler.plan import RoundPlan
from pipelines.store.rounds import RoundRecord
from rounds import entry_files, life, planning, services
from rounds.extend import Wider
from rounds.extend import extend as extend_round
from rounds.life import Action
from rounds.progress import ended
from rounds.rebuild import Rebuilt
from rounds.recover import recover as recover_round
from rounds.services import Services
from rounds.values import seed_of

ResourceHosts = Annotated[
    list[str] | None, typer.Option("--allow-resource-host", help="浏览器渲染时允许读取资源的范围外主机；可重复")
]
Render = Annotated[
    list[str] | None,
    typer.Option("--render", help="主机=怎样取：auto 看网页，http 只直接下载，browser 只用浏览器；可写 *.主机；可重复"),
]
RobotsException = Annotated[
    list[str] | None,
    typer.Option("--robots-exception", help="主机=许可：站主许可后不受 robots.txt 限制，许可记在计划里；可重复"),
]
HostConcurrency = Annotated[int, typer.Option("--host-concurrency", help="同一主机同时几个请求；只对自己的网站调大")]
ServerConcurrency = Annotated[
    int, typer.Option("--server-concurrency", help="同一服务器（同一地址）同时访问几个主机；0 表示各主机各算各的")
]
Sites = Annotated[
    list[str] | None,
    typer.Option(
        "--site", help="网站入口，成为以主机名命名的单位；@文件：每行一个，或 rehearsal serve 打印的第一行；可重复"
    ),
]
SamplesOf = Annotated[
    str, typer.Option("--samples-of", help="样本和哪一轮抽同样的网页：同一个采集任务的各轮用它的第一轮")
]
Hours = Annotated[
    list[str] | None,
    typer.Option(
        "--hours",
        help="什么时候可以访问：[主机=]22:00-06:00，北京时间，几段用逗号；不写主机是所有的，可写 *.主机；可重复",
    ),
]
Proxy = Annotated[str, typer.Option("--proxy", help="出口代理 http://主机:端口：这一轮的请求（包括浏览器的）都经过它")]
Baseline = Annotated[str, typer.Option("--baseline", help="早先的一轮：从那时起没变的页面不再下载、不再存档，只记一笔")]

app = App(no_args_is_help=True, help="轮次：新建、检查、查看、暂停、恢复、取消、扩展、重建")


@app.command(help="新建一轮采集。")
def new(
    name: RoundName,
    *,
    units: Annotated[
        list[str] | None, typer.Option("--units", help="单位：all、代码、代码前缀加星号（13*）、名称；可用逗号，可重复")
    ] = None,
    as_of: AsOf = None,
    site: Sites = None,
    depth: Annotated[int, typer.Option("--depth", help="点击深度，0 到 20")] = 6,
    delay: Annotated[float, typer.Option("--delay", help="同一主机两次访问的间隔（秒），可以是 0")] = 1.0,
    host_concurrency: HostConcurrency = 1,
    server_concurrency: ServerConcurrency = planning.SERVER_CONCURRENCY,
    resolve: ResolveMap = None,
    allow_resource_host: ResourceHosts = None,
    allow_pattern: Annotated[
        list[str] | None,
        typer.Option("--allow-pattern", help="网址样式这样开头的（主机在前）从不当陷阱剪掉；可重复"),
    ] = None,
    render_hosts: Render = None,
    robots_exception: RobotsException = None,
    samples_of: SamplesOf = "",
    hours: Hours = None,
    proxy: Proxy = "",
    baseline: Baseline = "",
    organisation: Organisation = "",
    contact: Contact = "",
    as_json: AsJson = False,
) -> None:
    """Plan and create a round."""
    planning.check_name(name)
    named = entry_files.sites(site or ())
    wanted = planning.Wanted(
        name=name,
        units=named.units,
        sites=named.addresses,
        depth=depth,
        delay=delay,
        host_concurrency=host_concurrency,
        server_concurrency=server_concurrency,
        resolve=entry_files.resolves(resolve or ()),
        allow_resource_hosts=tuple(allow_resource_host or ()),
        allow_patterns=tuple(allow_pattern or ()),
        render=tuple(render_hosts or ()),
        robots_exceptions=tuple(robots_exception or ()),
        hours=tuple(hours or ()),
        proxy=proxy,
        baseline=baseline,
        organisation=organisation,
        contact=contact,
    )
    if not units:
        planning.make_plan(wanted)  # refused before any service is started
    here = services.ensure()
    if baseline:
        life.require_not_pruned_now(life.get(here, baseline))
    chosen = planning.select(life.read_registry(here), units, day_of(as_of)) if units else ()
    draws = seed_of(life.get(here, samples_of).plan) if samples_of else ""
    plan = planning.make_plan(replace(wanted, units=(*chosen, *named.units), samples=draws))
    about = f"，单位库第 {life.registry_version(here)} 版（{day_of(as_of)} 有效的）" if units else ""
    _made(_created(here, plan, about), as_json=as_json)


def _created(here: Services, plan: RoundPlan, about: str) -> RoundRecord:
    from indicators import catalogue  # noqa: PLC0415 -- of all commands of rounds a new one alone names its rules

    version, now = catalogue.load().version, datetime.now(UTC)
    return asyncio.run(life.create(here, plan, catalogue=version, who=life.operator(), now=now, about=about))


def _made(record: RoundRecord, *, as_json: bool) -> None:
    if as_json:
        render.document(round_document(record))
        return
    plan, name = record.plan, record.name
    seeds = sum(len(unit.seeds) for unit in plan.units)
    render.say(
        f"轮次 {name} 已建：{len(plan.units)} 个单位，{seeds} 个入口，深度 {plan.depth}，间隔 {plan.delay:g} 秒。"
    )
    render.say(f"下一步：caifeng round check {name}，然后 caifeng crawl {name} --workers 4")


@app.command(
    help="逐个访问入口：域名、连接、证书、状态、跳转、robots；并估算请求数、用时、浏览器用时和磁盘。有不通的则以 8 退出。"
)
def check(name: RoundName, *, as_json: AsJson = False) -> None:
    """Probe every seed and estimate the cost; end with UNRESOLVED on failures."""
    from console.cli.checking import run_check, show_check  # noqa: PLC0415 -- its HTTP client takes long to load

    here = services.ensure()
    found = run_check(here, life.get(here, name).plan)
    if as_json:
        render.document({"round": name} | found.document())
    else:
        show_check(name, found)
    if found.failures:
        raise typer.Exit(Exit.UNRESOLVED)


@app.command("list", help="列出所有轮次。")
def list_(*, as_json: AsJson = False) -> None:
    """List all rounds."""
    here = services.ensure()
    records = _as_they_stand(here, life.all_rounds(here))
    if as_json:
        render.document([_summary(record) for record in records])
        return
    if not records:
        render.say("还没有轮次：用 caifeng round new 新建。")
        return
    rows = (
        (
            one.name,
            render.state_word(one.state),
            len(one.plan.units),
            one.plan.depth,
            f"{one.plan.delay:g}",
            render.moment(one.created_at),
        )
        for one in records
    )
    columns = ("轮次", "状态", "单位", "深度", "间隔（秒）", f"建于（{render.CLOCK}）")
    render.show(render.table("", columns, rows, numbers=("单位", "深度", "间隔（秒）")))


@app.command(help="查看一轮的计划和经过。")
def show(name: RoundName, *, as_json: AsJson = False) -> None:
    """Show a round's plan and journal."""
    here = services.ensure()
    (record,) = _as_they_stand(here, [life.get(here, name)])
    if as_json:
        render.document(round_document(record))
        return
    plan = record.plan
    render.say(
        f"轮次 {record.name}：{render.state_word(record.state)}，建于 {render.moment(record.created_at)}（{render.CLOCK}）"
    )
    render.say(
        f"深度 {plan.depth}，间隔 {plan.delay:g} 秒，同一主机并发 {plan.host_concurrency}，请求头 {plan.user_agent}"
    )
    units = (
        (one.code, one.name, "\n".join(one.seeds), "\n".join(_rule(rule) for rule in one.scope)) for one in plan.units
    )
    render.show(render.table(f"单位（{len(plan.units)} 个）", ("代码", "名称", "入口", "范围"), units))
    journal = ((render.moment(one.at), one.who, one.what) for one in record.journal)
    render.show(render.table("经过", (f"时间（{render.CLOCK}）", "谁", "做了什么"), journal))


@app.command(help="暂停：在途的页面做完，不再取新的。")
def pause(name: RoundName, *, as_json: AsJson = False) -> None:
    """Pause a round."""
    _change(name, Action.PAUSE, as_json=as_json)


@app.command(help="恢复暂停的轮次。")
def resume(name: RoundName, *, as_json: AsJson = False) -> None:
    """Resume a paused round."""
    _change(name, Action.RESUME, as_json=as_json)


@app.command(help="取消：不再采集；已采的都留着。")
def cancel(name: RoundName, *, as_json: AsJson = False) -> None:
    """Cancel a round."""
    _change(name, Action.CANCEL, as_json=as_json)


@app.command(help="扩展：给这一轮加单位，或加深点击深度；已采的不再采。先暂停，等进程退出。")
def extend(
    name: RoundName,
    *,
    units: Annotated[
        list[str] | None, typer.Option("--units", help="加入的单位，写法同 round new；已有的略过；可重复")
    ] = None,
    as_of: AsOf = None,
    site: Annotated[list[str] | None, typer.Option("--site", help="加入的网站入口，写法同 round new；可重复")] = None,
    depth: Annotated[int | None, typer.Option("--depth", help="新的点击深度，只能加深")] = None,
    resolve: Annotated[list[str] | None, typer.Option("--resolve", help="加入的 --resolve，写法同 round new")] = None,
    as_json: AsJson = False,
) -> None:
    """Widen a round and rebuild its frontier for it."""
    here = services.ensure()
    rows = planning.select(life.read_registry(here), units, day_of(as_of)) if units else ()
    named = entry_files.sites(site or ())
    wider = Wider(
        units=(*rows, *named.units),
        sites=named.addresses,
        depth=depth,
        resolve=entry_files.resolves(resolve or ()),
    )
    with steps() as report:
        done = asyncio.run(extend_round(here, name, wider, who=life.operator(), now=datetime.now(UTC), report=report))
    _rebuilt(name, done, as_json=as_json)


@app.command(help="重建：Redis 里的队列丢了，就从数据库里的记录重建，已采的不再采。队列完好则不动。")
def recover(name: RoundName, *, as_json: AsJson = False) -> None:
    """Rebuild a round's lost frontier from MongoDB."""
    here = services.ensure()
    with steps() as report:
        done = asyncio.run(recover_round(here, name, who=life.operator(), now=datetime.now(UTC), report=report))
    _rebuilt(name, done, as_json=as_json)


def _rebuilt(name: str, done: Rebuilt, *, as_json: bool) -> None:
    if as_json:
        render.document({"round": name, "state": str(done.state), "counts": render.counts_document(done.counts)})
        return
    after = f"round resume {name}" if done.state is State.PAUSED else f"crawl {name}"
    render.say(
        f"轮次 {name} 的队列已重建（{render.state_word(done.state)}）：已结束 {ended(done.counts):,}，"
        f"排队 {done.counts.queued:,}。接着采：caifeng {after}"
    )


app.command(help="放行剪掉的链接：重新排队，采集接着进行（已完成的轮次也可以）。")(release)


def _change(name: str, action: Action, *, as_json: bool) -> None:
    state = asyncio.run(life.change(services.ensure(), name, action, who=life.operator(), now=datetime.now(UTC)))
    if as_json:
        render.document({"round": name, "state": str(state)})
    else:
        render.say(f"轮次 {name}：{render.state_word(state)}。")


def _rule(rule: Any) -> str:
    words = {"host": "仅 {}", "suffix": "{} 及其子域", "path": "{} 的 {} 之下", "area": "{} 中区划 {}"}
    return words[rule.kind].format(rule.host, rule.value)


def _as_they_stand(here: Services, records: Iterable[RoundRecord]) -> list[RoundRecord]:
    """The rounds with the states their queues are in."""

    async def looked() -> list[RoundRecord]:
        now = datetime.now(UTC)
        return [replace(one, state=await life.state_now(here, one, now=now)) for one in records]

    return asyncio.run(looked())


def _summary(record: RoundRecord) -> dict[str, Any]:
    return {
        "name": record.name,
        "state": record.state,
        "units": len(record.plan.units),
        "depth": record.plan.depth,
        "delay": record.plan.delay,
        "created_at": record.created_at,
    }


def round_document(record: RoundRecord) -> dict[str, Any]:
    """The whole round as `--json` shows it: plan, journal, and what checks, launches and later passes found."""
    return {
        "name": record.name,
        "state": record.state,
        "created_at": record.created_at,
        "catalogue": record.catalogue,
        "plan": record.plan.model_dump(mode="json"),
        "journal": [{"at": one.at, "who": one.who, "what": one.what} for one in record.journal],
        "results": dict(record.results),
    }
