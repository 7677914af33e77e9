"""Campaigns: rounds that serve one report, made alike, and their values made one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from crawler.frontier.redis import State
from indicators import catalogue
from indicators.records import Point
from pipelines.store.campaigns import Campaign, CampaignBook
from pipelines.store.errors import NameTaken
from pipelines.store.errors import UnknownRound as NotStored
from pipelines.store.rounds import Entry, RoundRecord
from pipelines.store.values import ValueBook
from rounds import life
from rounds.campaign_values import BY_MEASURE, CampaignValue, Rule, campaign_value, said
from rounds.planning import check_name
from rounds.refusals import BadChoice, NoSuchRound, OtherCatalogue, RoundExists, WrongState
from rounds.services import Services
from rounds.values import seed_of

CHINA: Final = ZoneInfo("Asia/Shanghai")  # `--since` and `--until` are days there
# What to do about a round that has not come to its end; its name goes in.
_NEXT: Final[Mapping[State, str]] = {
    State.READY: "先采完（caifeng crawl {0}）",
    State.RUNNING: "正在采集，等它采完（caifeng status {0} --watch 看着）",
    State.PAUSED: "先恢复（caifeng round resume {0}），采完再来",
    State.CANCELLED: "换一轮采完了的",
}


@dataclass(frozen=True, slots=True)
class Declared:
    """What is declared before the first value is known."""

    rule: Rule | None = None  # for every point; None: by what the point measures
    points: Mapping[str, Rule] | None = None  # for single points
    tolerance: float = 0.0
    since: datetime | None = None
    until: datetime | None = None


def create(
    services: Services, name: str, first: str, declared: Declared, *, who: str, now: datetime, unfinished: bool = False
) -> Campaign:
    """A campaign around its first round: its units, depth and catalogue are what the others must have.

    `unfinished` takes a round that has not come to its end.  Raises BadPlan, NoSuchRound, WrongState (it has not),
    RoundExists (the name is taken), BadChoice (an unknown point, a tolerance below 0).
    """
    check_name(name)
    record = life.get(services, first)
    state = asyncio.run(life.state_now(services, record, now=now))
    _ended(first, state, unfinished=unfinished)
    rules = rules_of(declared, catalogue.load().points)
    campaign = Campaign(
        name=name,
        created_at=now,
        catalogue=record.catalogue,
        units=_units(record),
        depth=record.plan.depth,
        since=declared.since,
        until=declared.until,
        rules={code: str(rule) for code, rule in rules.items()},
        tolerance=declared.tolerance,
        rounds=(first,),
        journal=(Entry(now, who, f"新建：{len(record.plan.units)} 个单位，第一轮 {first}{_as_it_is(state)}"),),
    )
    _fits(campaign, record)
    with life.store(services) as database:
        try:
            CampaignBook(database, url=services.mongo_url).create(campaign)
        except NameTaken as error:
            raise RoundExists(
                f"采集任务 {name} 已经有了：换一个名字，或用 caifeng campaign show {name} 查看"
            ) from error
    return campaign


def add(
    services: Services, name: str, round_name: str, *, who: str, now: datetime, unfinished: bool = False
) -> Campaign:
    """Add a round that was made alike; `unfinished` takes one that has not come to its end.

    Raises NoSuchRound, OtherCatalogue, WrongState (the campaign or the round), BadChoice naming what differs.
    """
    campaign = get(services, name)
    if round_name not in campaign.rounds:
        if not campaign.open(now):
            raise WrongState(f"采集任务 {name} 已经结束，不能再加轮次：另建一个")
        record = life.get(services, round_name)
        state = asyncio.run(life.state_now(services, record, now=now))
        _ended(round_name, state, unfinished=unfinished)
        _fits(campaign, record)
        _draws_alike(life.get(services, campaign.rounds[0]), record)
        with life.store(services) as database:
            entry = Entry(now, who, f"加入轮次 {round_name}{_as_it_is(state)}")
            CampaignBook(database, url=services.mongo_url).add(name, round_name, entry)
    return get(services, name)


def close(services: Services, name: str, *, who: str, now: datetime) -> Campaign:
    """End a campaign: its values stand, and its rounds' archives may be pruned.  Raises NoSuchRound."""
    get(services, name)
    with life.store(services) as database:
        CampaignBook(database, url=services.mongo_url).close(name, Entry(now, who, "结束：各轮的值不再改变"))
    return get(services, name)


def get(services: Services, name: str) -> Campaign:
    """Raises NoSuchRound."""
    with life.store(services) as database:
        try:
            return CampaignBook(database, url=services.mongo_url).get(name)
        except NotStored as error:
            raise NoSuchRound(f"没有叫 {name} 的采集任务（caifeng campaign list 可以查看）") from error


def every(services: Services) -> tuple[Campaign, ...]:
    """All, oldest first."""
    with life.store(services) as database:
        return CampaignBook(database, url=services.mongo_url).all()


def values(
    services: Services, campaign: Campaign, *, units: Sequence[str] = (), codes: Sequence[str] = ()
) -> Iterator[CampaignValue]:
    """The campaign's values, by unit in the plan's order, then by point.  Raises BadChoice for what it does not have."""
    unknown = [unit for unit in units if unit not in campaign.units] + [
        one for one in codes if one not in campaign.rules
    ]
    if unknown:
        raise BadChoice(f"采集任务 {campaign.name} 里没有：{'、'.join(unknown)}")
    records = [life.get(services, name) for name in campaign.rounds]
    rounds = [one.name for one in sorted(records, key=lambda one: (one.created_at, one.name))]
    with life.store(services) as database:
        books = [(name, ValueBook(database, name, url=services.mongo_url)) for name in rounds]
        for unit in units or campaign.units:
            found = {name: {one["code"]: one for one in book.find(units=(unit,))} for name, book in books}
            for code in codes or campaign.rules:
                each = [said(name, found[name].get(code)) for name in rounds]
                yield campaign_value(unit, code, Rule(campaign.rules[code]), each, campaign.tolerance)


def without_values(services: Services, campaign: Campaign) -> list[str]:
    """Rounds whose values were never worked out: they would count as having observed nothing."""
    with life.store(services) as database:
        return [
            name for name in campaign.rounds if not ValueBook(database, name, url=services.mongo_url).counts()["values"]
        ]


def without_end(services: Services, campaign: Campaign) -> list[str]:
    """Rounds that have not come to their end: their values may still change."""
    return [name for name in campaign.rounds if life.get(services, name).state != State.FINISHED]


def rules_of(declared: Declared, points: Mapping[str, Point]) -> dict[str, Rule]:
    """The rule of every point a machine collects.  Raises BadChoice."""
    if not 0.0 <= declared.tolerance < 1.0:
        raise BadChoice(f"容差 --tolerance 应在 0 和 1 之间（不含 1），实为 {declared.tolerance}")
    if declared.since and declared.until and declared.since >= declared.until:
        raise BadChoice("--since 晚于 --until，没有这样的日子")
    machine = {code: point for code, point in points.items() if point.by_machine}
    own = dict(declared.points or {})
    unknown = [code for code in own if code not in machine]
    if unknown:
        raise BadChoice(f"没有这样的机器采集点位：{'、'.join(unknown)}（caifeng points list 可以查看）")
    return {code: own.get(code) or declared.rule or BY_MEASURE[point.measure] for code, point in machine.items()}


def _units(record: RoundRecord) -> dict[str, object]:
    """What is frozen of each unit."""
    return {unit.code: unit.model_dump(mode="json") for unit in record.plan.units}


def _ended(name: str, state: State, *, unfinished: bool) -> None:
    """A report must not rest on half a round unless somebody says so."""
    if unfinished or state is State.FINISHED:
        return
    raise WrongState(
        f"轮次 {name} 现在是“{life.STATE_WORDS[state]}”，没有采完，它的值还不能进采集任务："
        f"{_NEXT[state].format(name)}；一定要用它，加 --unfinished"
    )


def _as_it_is(state: State) -> str:
    """What the journal says of a round that was taken before its end."""
    return "" if state is State.FINISHED else f"（没有采完：{life.STATE_WORDS[state]}）"


def _draws_alike(first: RoundRecord, record: RoundRecord) -> None:
    if seed_of(record.plan) != seed_of(first.plan):
        raise BadChoice(
            f"轮次 {record.name} 的样本另抽了一次，和采集任务第一轮 {first.name} 的不同："
            f"建这一轮时用 --samples-of {first.name}"
        )


def _fits(campaign: Campaign, record: RoundRecord) -> None:
    if record.catalogue != campaign.catalogue:
        raise OtherCatalogue(
            f"采集任务 {campaign.name} 用的是目录 {campaign.catalogue}，轮次 {record.name} 用的是 {record.catalogue}："
            f"先用 caifeng retag 重判"
        )
    if record.plan.depth != campaign.depth:
        raise BadChoice(
            f"采集任务 {campaign.name} 的深度是 {campaign.depth}，轮次 {record.name} 的是 {record.plan.depth}"
        )
    frozen, here = campaign.units, _units(record)
    other = sorted({*frozen, *here} - {code for code in frozen if frozen[code] == here.get(code)})
    if other:
        raise BadChoice(f"轮次 {record.name} 的单位和采集任务 {campaign.name} 的不同：{'、'.join(other[:10])}")
    at = record.created_at
    if (campaign.since and at < campaign.since) or (campaign.until and at >= campaign.until):
        shown = at.astimezone(CHINA).date()
        raise BadChoice(f"轮次 {record.name} 建于 {shown}（北京时间），不在采集任务 {campaign.name} 的日期之内")
