"""`caifeng campaign`: rounds that serve one report, and the one value each point has of them."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import typer

from console.cli import render, words
from console.cli.amounts import told_apart, valued
from console.cli.chinese import App
from console.cli.options import AsJson
from pipelines.store.campaigns import Campaign
from rounds import campaigns, life, services
from rounds.campaign_values import CampaignValue, Rule
from rounds.campaigns import Declared
from rounds.refusals import BadChoice

app = App(no_args_is_help=True, help="采集任务：为一份报告服务的几轮采集")

CHINA: Final = ZoneInfo("Asia/Shanghai")
SHOWN: Final = 60  # rows of a table; --json has all
Unfinished = Annotated[bool, typer.Option("--unfinished", help="没有采完的轮次也用：它没看到的不作数，经过里写明")]
CampaignName = Annotated[str, typer.Argument(metavar="NAME", help="采集任务的名字")]


@app.command(help="新建采集任务：以第一轮的单位、深度和目录为准；先定好每个点位怎样从几轮得出一个值。")
def new(
    name: CampaignName,
    *,
    round_: Annotated[str, typer.Option("--round", help="第一轮")],
    rule: Annotated[
        Rule | None,
        typer.Option(
            "--rule",
            help="所有点位的规则；不给就按点位测的是什么：有无用 any，量用 maximum，时效用 latest，比率、时长用 median",
        ),
    ] = None,
    point: Annotated[list[str] | None, typer.Option("--point", help="单个点位的规则：代码=规则；可重复")] = None,
    tolerance: Annotated[float, typer.Option("--tolerance", help="两轮的值相差不到这个比例不算不一致")] = 0.0,
    since: Annotated[
        datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="这一天（北京时间）起建的轮次才算")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="到这一天为止建的轮次才算")
    ] = None,
    unfinished: Unfinished = False,
    as_json: AsJson = False,
) -> None:
    """Freeze what the rounds of a report have in common."""
    last = None if until is None else _day(until + timedelta(days=1))
    declared = Declared(rule, dict(map(_own_rule, point or ())), tolerance, _day(since), last)
    here = services.ensure()
    made = campaigns.create(
        here, name, round_, declared, who=life.operator(), now=datetime.now(UTC), unfinished=unfinished
    )
    _show(made, as_json=as_json)


@app.command(help="把一轮加进采集任务：单位、深度、目录都要和第一轮一样。")
def add(
    name: CampaignName,
    round_name: Annotated[str, typer.Argument(metavar="ROUND", help="轮次名")],
    *,
    unfinished: Unfinished = False,
    as_json: AsJson = False,
) -> None:
    """Add a round that was made alike."""
    here = services.ensure()
    made = campaigns.add(here, name, round_name, who=life.operator(), now=datetime.now(UTC), unfinished=unfinished)
    _show(made, as_json=as_json)


@app.command("list", help="列出采集任务。")
def list_(*, as_json: AsJson = False) -> None:
    """List all campaigns."""
    every = campaigns.every(services.ensure())
    if as_json:
        render.document([_document(one) for one in every])
        return
    if not every:
        render.say("还没有采集任务：用 caifeng campaign new 新建。")
        return
    rows = ((one.name, len(one.units), "、".join(one.rounds), render.moment(one.created_at)) for one in every)
    render.show(render.table("", ("采集任务", "单位", "轮次", f"建于（{render.CLOCK}）"), rows, numbers=("单位",)))


@app.command(help="查看采集任务：冻结了什么，有哪几轮，每个点位用什么规则。")
def show(name: CampaignName, *, as_json: AsJson = False) -> None:
    """Show a campaign."""
    _show(campaigns.get(services.ensure(), name), as_json=as_json)


@app.command(help="结束采集任务：各轮的值不再改变，各轮的存档可以清理（caifeng prune）。")
def close(name: CampaignName, *, as_json: AsJson = False) -> None:
    """End a campaign."""
    here = services.ensure()
    _show(campaigns.close(here, name, who=life.operator(), now=datetime.now(UTC)), as_json=as_json)


@app.command(help="采集任务的值：每个单位每个点位由几轮得出的一个值；几轮不一致的列出来请人核对。")
def values(
    name: CampaignName,
    *,
    unit: Annotated[list[str] | None, typer.Option("--unit", help="只看这个单位；可重复")] = None,
    point: Annotated[list[str] | None, typer.Option("--point", help="只看这个点位；可重复")] = None,
    disagreeing: Annotated[bool, typer.Option("--disagreeing", help="只看几轮不一致的")] = False,
    as_json: AsJson = False,
) -> None:
    """One value per unit and point, with what each round says."""
    here = services.ensure()
    campaign = campaigns.get(here, name)
    lacking = campaigns.without_values(here, campaign)
    if lacking:
        render.warn(f"轮次 {'、'.join(lacking)} 还没有算过值（caifeng values），算作什么都没看到")
    unfinished = campaigns.without_end(here, campaign)
    if unfinished:
        render.warn(f"轮次 {'、'.join(unfinished)} 没有采完，它们的值还会变")
    every = campaigns.values(here, campaign, units=tuple(unit or ()), codes=tuple(point or ()))
    found = [one for one in every if one.disagree or not disagreeing]
    if as_json:
        render.document(
            {
                "campaign": name,
                "rounds": list(campaign.rounds),
                "without_values": lacking,
                "unfinished": unfinished,
                "disagreements": sum(one.disagree for one in found),
                "values": [value_document(one) for one in found],
            }
        )
        return
    _show_values(campaign, found)


def _own_rule(text: str) -> tuple[str, Rule]:
    code, equals, rule = text.partition("=")
    if not equals or rule not in set(Rule):
        raise BadChoice(f"--point {text}：写法是 代码=规则，规则有 {'、'.join(Rule)}，例如 1.1.1-M01=latest")
    return code, Rule(rule)


def _day(value: datetime | None) -> datetime | None:
    return None if value is None else value.replace(tzinfo=CHINA).astimezone(UTC)


def _document(campaign: Campaign) -> dict[str, Any]:
    return {
        "name": campaign.name,
        "created_at": campaign.created_at,
        "catalogue": campaign.catalogue,
        "units": list(campaign.units.values()),
        "depth": campaign.depth,
        "since": campaign.since,
        "until": campaign.until,
        "closed_at": campaign.closed_at,
        "tolerance": campaign.tolerance,
        "rules": dict(campaign.rules),
        "rounds": list(campaign.rounds),
        "journal": [{"at": one.at, "who": one.who, "what": one.what} for one in campaign.journal],
    }


def _show(campaign: Campaign, *, as_json: bool) -> None:
    if as_json:
        render.document(_document(campaign))
        return
    render.say(
        f"采集任务 {campaign.name}：{len(campaign.units)} 个单位，深度 {campaign.depth}，目录 {campaign.catalogue}，"
        f"轮次 {'、'.join(campaign.rounds)}"
    )
    by_rule: dict[str, int] = {}
    for rule in campaign.rules.values():
        by_rule[rule] = by_rule.get(rule, 0) + 1
    render.say("规则：" + "，".join(f"{words.RULES[rule]} {number} 个点位" for rule, number in by_rule.items()))
    journal = ((render.moment(one.at), one.who, one.what) for one in campaign.journal)
    render.show(render.table("经过", (f"时间（{render.CLOCK}）", "谁", "做了什么"), journal))


def value_document(one: CampaignValue) -> dict[str, Any]:
    """A campaign's value as JSON, with what each round says."""
    return {
        "unit": one.unit,
        "code": one.code,
        "rule": str(one.rule),
        "state": one.state,
        "value": one.value,
        "score": one.score,
        "chosen": one.chosen,
        "disagree": one.disagree,
        "rounds": [
            {"round": each.round, "state": each.state, "value": each.value, "score": each.score} for each in one.rounds
        ],
    }


def _show_values(campaign: Campaign, found: list[CampaignValue]) -> None:
    name, names = campaign.name, {code: one["name"] for code, one in campaign.units.items()}
    columns = ("单位", "点位", "规则", "值", "取自", "各轮", "要核对的")
    rows = (
        (
            names[one.unit], one.code, words.RULES[one.rule], valued(one.code, one.state, one.value), one.chosen or "—",
            "　".join(told_apart(one.code, [(each.state, each.value) for each in one.rounds])),
            "不一致" if one.disagree else "",
        )
        for one in found[:SHOWN]
    )  # fmt: skip
    more = f"（列出前 {SHOWN} 个，其余见 --json）" if len(found) > SHOWN else ""
    render.show(render.table(f"采集任务 {name}：{len(found):,} 个值{more}", columns, rows, numbers=("值",)))
    number = sum(one.disagree for one in found)
    if number:
        render.say(f"{number:,} 个值几轮不一致，请核对：caifeng campaign values {name} --disagreeing")
