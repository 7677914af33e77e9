"""`caifeng explain`: one value walked back to the bytes that prove it, or to what was searched in vain."""

import os
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final

import typer

from console.cli import measuring, noughts, render, words
from console.cli.amounts import measured, number, valued
from console.cli.campaign import value_document
from console.cli.chinese import App
from console.cli.missing import no_such_unit
from console.cli.options import AsJson
from console.cli.values import PUBLIC, machine_point, state_of
from indicators import wording
from indicators.records import Point
from rounds import campaigns, life, services
from rounds.campaign_values import CampaignValue
from rounds.explain import ERROR_PAGE, Explanation
from rounds.explain import explain as walk_back
from rounds.noughts import MOST, Nought, why_nought
from rounds.refusals import BadChoice, NoValue
from rounds.services import Services

app = App()

SAMPLES_SHOWN: Final = 20


@app.command(
    help="一个值是怎么来的：从值到证据、网页、存档的字节；没有的，看搜过哪里。这一轮属于采集任务的，列出各轮的值。"
)
def explain(
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="单位代码或名称")],
    point: Annotated[str, typer.Argument(metavar="POINT", help="点位代码，例如 1.1.2-M01")],
    *,
    round_: Annotated[str, typer.Option("--round", help="哪一轮；不给就是最近有这个值的一轮")] = "",
    campaign: Annotated[str, typer.Option("--campaign", help="哪个采集任务的值：从它取自的那一轮走回去")] = "",
    trace: Annotated[int, typer.Option("--trace", min=0, help="值是 0 时，至多重读多少页，逐条对规则；0：不对")] = MOST,
    as_json: AsJson = False,
) -> None:
    """Walk one value back."""
    here = services.ensure()
    asked = machine_point(point)
    if campaign and round_:
        raise BadChoice("--round 和 --campaign 只给一个：采集任务的值取自哪一轮，由它的规则定")
    found = _explained(here, unit, asked, _chosen(here, campaign, unit, asked) if campaign else round_)
    several = _of_campaigns(here, found, campaign)
    nought = _nought(here, found, trace)
    if as_json:
        render.document(
            _document(found)
            | {"nought": None if nought is None else noughts.document(nought)}
            | {"campaigns": [{"name": name} | value_document(one) for name, one in several]}
        )
    else:
        _tell(found)
        if nought is not None:
            noughts.tell(nought, found.point, found.round)
        for name, one in several:
            _tell_campaign(name, one)


def _explained(here: Services, unit: str, point: Point, round_: str) -> Explanation:
    records = (life.get(here, round_),) if round_ else tuple(reversed(life.all_rounds(here)))
    known = ""
    with life.store(here) as database:
        for record in records:
            planned = record.plan.unit_called(unit)
            if planned is None:
                continue
            known = known or record.name
            found = walk_back(database, record.plan, planned, point, url=here.mongo_url)
            if found is not None:
                return found
    if not known:
        where, shown = (f"轮次 {round_} ", round_) if round_ else ("各轮次", records[0].name if records else "轮次")
        raise no_such_unit(unit, [record.plan for record in records], where, f"caifeng round show {shown}")
    raise NoValue(f"{unit} 的 {point.code} 还没有值：先算出来（caifeng values work {known}）")


def _nought(here: Services, found: Explanation, most: int) -> Nought | None:
    """What makes a value of 0, where it is one; pages are read again, which may take a while."""
    with render.err().status("逐条对规则……") as waiting:
        return why_nought(
            here,
            found,
            os.environ,
            most=most,
            progress=lambda done, of: waiting.update(f"逐条对规则：{done:,}/{of:,} 页"),
        )


def _chosen(here: Services, name: str, unit: str, point: Point) -> str:
    """The round a campaign's value is taken from; where none observed the point, its last one."""
    campaign = campaigns.get(here, name)
    code = next((code for code, one in campaign.units.items() if unit in {code, one["name"]}), "")
    if not code:
        plans = [life.get(here, one).plan for one in campaign.rounds]
        raise no_such_unit(unit, plans, f"采集任务 {name} ", f"caifeng campaign show {name} --json")
    (value,) = campaigns.values(here, campaign, units=(code,), codes=(point.code,))
    return value.chosen or value.rounds[-1].round


def _of_campaigns(here: Services, found: Explanation, name: str) -> list[tuple[str, CampaignValue]]:
    """What the campaigns of the round (or the one named) make of the point, with what each of their rounds says."""
    every = (campaigns.get(here, name),) if name else campaigns.every(here)
    return [
        (one.name, value)
        for one in every
        if found.round in one.rounds and found.point.code in one.rules
        for value in campaigns.values(here, one, units=(found.unit.code,), codes=(found.point.code,))
    ]


def _tell_campaign(name: str, one: CampaignValue) -> None:
    rows = (
        (
            each.round,
            valued(one.code, each.state, each.value),
            number(each.score),
            "取自这一轮" if each.round == one.chosen else "",
        )
        for each in one.rounds
    )
    verdict = "各轮不一致，请核对" if one.disagree else "各轮一致"
    title = f"采集任务 {name}：{valued(one.code, one.state, one.value)}，规则“{words.RULES[one.rule]}”，{verdict}"
    render.show(render.table(title, ("轮次", "值", "得分", ""), rows))


def _document(found: Explanation) -> dict[str, Any]:
    return {
        "round": found.round,
        "unit": {"code": found.unit.code, "name": found.unit.name},
        "point": {"code": found.point.code, "name": found.point.name, "measured": found.point.measured,
                  "evidence": found.point.evidence, "scoring": found.point.scoring, "unit": found.point.unit},
        "value": {field: found.value[field] for field in PUBLIC if field not in {"unit", "code"}},
        "evidence": found.evidence,
        "sample": found.sample,
        "heard": found.heard,
        "broken": found.broken,
        "searched": found.searched,
    }  # fmt: skip


def _tell(found: Explanation) -> None:
    value = found.value
    rows = [
        ("看什么", found.point.measured),
        ("状态", state_of(value)),
        ("值", measured(value["value"], found.point.unit)),
        *((name, text) for name, text in (("怎么得的", measuring.division(found.point, value, found.sample)),) if text),
        ("得分", f"{number(value['score'])}（{found.point.scoring}）"),
        *((name, text) for name, text in _more(value) if text),
    ]
    render.show(
        render.table(f"{found.unit.name} {found.point.code} {found.point.name}（轮次 {found.round}）", ("", ""), rows)
    )
    if found.evidence:
        columns = ("强度", "把握", "测得", "原文", "网址", "存档")
        render.show(render.table("证据（好的在前）", columns, _evidence_rows(found), numbers=("把握",)))
    if found.sample:
        sample = (
            (each["key"], measuring.of_drawn(found.point, each["observation"]), f"{each['weight']:.2f}")
            for each in found.sample[:SAMPLES_SHOWN]
        )
        title = f"样本（{value['population']:,} 个中抽 {len(found.sample)} 个，种子 {found.sample[0]['seed']}；列出前 {SAMPLES_SHOWN} 个）"
        render.show(render.table(title, ("网址", "测得", "代表"), sample, numbers=("代表",)))
    if found.heard:
        heard = (
            (one["account"], one["place"] or render.moment(one["published"]), one["title"], one["url"])
            for one in found.heard
        )
        title = f"渠道里看到的（列出 {len(found.heard)} 条）"
        render.show(render.table(title, ("帐号或问题", f"名次或时间（{render.CLOCK}）", "标题", "网址"), heard))
    if found.broken:
        broken = ((one["url"], words.with_code(_FAILED, one["reason"])) for one in found.broken)
        render.show(render.table(f"打不开的链接（列出 {len(found.broken)} 个）", ("网址", "缘由"), broken))
    _tell_searched(found)


_FAILED: Final = {**words.FAILURES, **words.SKIPS, ERROR_PAGE: "存下的是出错页"}


def _more(value: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    yield "见到的", "、".join(value["parts"])
    yield (
        "另测得",
        "，".join(
            f"{words.MEASURES.get(name, name)} {number(each)}"
            for name, each in value["more"].items()
            if name not in measuring.DIVISION
        ),
    )
    spread = value["concentration"]
    yield "分布", "" if spread is None or not value["sites"] else f"{value['sites']} 个站点，最多的一个占 {spread:.0%}"
    yield "目录", f"{value['catalogue']}，算于 {render.moment(value['at'])}（{render.CLOCK}）"


def _evidence_rows(found: Explanation) -> Iterable[tuple[object, ...]]:
    for page in found.evidence:
        archive = page["archive"]
        where = f"{archive['uri']} 第 {archive['offset']} 字节，SHA-256 {page['sha256']}"
        for tag in page["tags"]:
            shown = measuring.of_tag(found.point, tag, page["depth"])
            yield words.STRENGTHS[tag["strength"]], tag["confidence"], shown, tag["snippet"], page["url"], where


def _tell_searched(found: Explanation) -> None:
    searched = found.searched
    pages = "，".join(f"{host} {number_of:,} 页" for host, number_of in searched["pages"].items())
    render.say(f"搜过：{pages or '没有一页'}；找的是：{wording.clues_text(found.point.evidence)}")
    for name, word in (("dead", "打不开"), ("refused", "不让看")):
        if searched[name]:
            reasons = "，".join(f"{words.with_code(_FAILED, code)} {count}" for code, count in searched[name].items())
            render.say(f"{word}：{reasons}")
    if searched["harmful"]:
        render.say(f"存下而不看的有害页：{searched['harmful']:,}")
