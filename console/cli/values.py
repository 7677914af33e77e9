"""`caifeng values`: what was found of each point in each unit of a round."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer

from console.cli import render, words
from console.cli.amounts import number, of_point
from console.cli.chinese import App, Group
from console.cli.missing import no_such_unit
from console.cli.options import AsJson, RoundName
from crawler.frontier.redis import State
from crawler.plan import RoundPlan, UnitPlan
from indicators.catalogue import load
from indicators.flags import FlagKind
from indicators.records import Point
from pipelines.store.flags import FlagBook, FlagState
from pipelines.store.values import ValueBook
from rounds import life, services, verify
from rounds.refusals import BadChoice, NoSuchPoint, NoValue
from rounds.values import bring_up


class Showing(Group):
    """`caifeng values NAME` is `caifeng values show NAME`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the command's name in where a round's stands."""
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["show", *args]
        return super().parse_args(ctx, args)


app = App(no_args_is_help=True, help="各单位各点位的值：看、算、核", cls=Showing)

Unit = Annotated[str, typer.Option("--unit", help="只看这个单位（代码或名称）")]
PointCode = Annotated[str, typer.Option("--point", help="只看这个点位，例如 1.1.2-M01")]
LINES: Final = 400  # values shown as a table; more are counted
PUBLIC: Final = (
    "unit", "code", "state", "why", "value", "score", "more", "content", "parts", "sites", "concentration",
    "population", "sampled", "best", "searched", "catalogue", "at",
)  # fmt: skip


@app.command(help="看一轮的值：每个单位每个机器点位是有、是无、是多少，还是没看到。show 可以省去。")
def show(name: RoundName, *, unit: Unit = "", point: PointCode = "", as_json: AsJson = False) -> None:
    """Show the values of a round."""
    here = services.ensure()
    record = life.get(here, name)
    units = (planned_unit(record.plan, unit).code,) if unit else ()
    codes = (machine_point(point).code,) if point else ()
    with life.store(here) as database:
        book = ValueBook(database, name, url=here.mongo_url)
        rows = [{field: row[field] for field in PUBLIC} for row in book.find(units=units, codes=codes)]
        counts = book.counts()
    if as_json:
        render.document({"round": name, "counts": counts, "values": rows})
        return
    if not rows:
        render.say(f"轮次 {name} 还没有值：采完自动算出，或现在就算：caifeng values work {name}")
        return
    names = {each.code: each.name for each in record.plan.units}
    shown = (_line(row, names) for row in rows[:LINES])
    columns = ("单位", "点位", "名称", "状态", "值", "得分", "依据")
    render.show(render.table(f"{name} 的值（{len(rows)}）", columns, shown, numbers=("值", "得分")))
    if len(rows) > LINES:
        render.note(f"只列出前 {LINES} 个：用 --unit、--point 缩小范围，或 caifeng export {name} --what values")
    states = "，".join(
        f"{words.VALUE_STATES[state]} {counts[state]:,}" for state in words.VALUE_STATES if state in counts
    )
    render.say(f"{counts['units']} 个单位 {counts['values']:,} 个值：{states}；抽样 {counts['samples']:,} 个样本。")


@app.command(help="算一轮的值：只重算有新页面的主机和它们的单位。采完时已自动算过。")
def work(name: RoundName, *, as_json: AsJson = False) -> None:
    """Bring a round's values up to its records."""
    here = services.ensure()
    record = life.get(here, name)
    with render.err().status("折算各主机……") as waiting:
        done = bring_up(
            here,
            record,
            finished=record.state == State.FINISHED,
            now=datetime.now(UTC),
            progress=lambda at, of: waiting.update(f"折算各主机：{at:,}/{of:,}"),
        )
    if as_json:
        render.document({"round": name} | asdict(done))
        return
    render.say(
        f"{done.hosts:,} 个主机中折算 {done.hosts_folded:,} 个，{done.units:,} 个单位中重算 {done.units_asked:,} 个："
        f"{done.values:,} 个值，{done.changed:,} 个有变化；{done.samples:,} 个样本。"
    )


@app.command(help="核对一轮的值：与分类器、同类单位、上一轮、网站自报的数、彼此之间；可疑的进人工队列，值不改动。")
def check(
    name: RoundName,
    *,
    before: Annotated[str, typer.Option("--before", help="和这一轮比")] = "",
    as_json: AsJson = False,
) -> None:
    """Check a round's values; flags go to the queue."""
    here = services.ensure()
    life.get(here, name)
    if before:
        life.get(here, before)
    with life.store(here) as database:
        done = verify.check(database, name, before=before, now=datetime.now(UTC), url=here.mongo_url)
    if as_json:
        render.document({"round": name, "before": before} | done)
        return
    render.say(
        f"核对 {done['values']:,} 个值：{done['flags']:,} 处可疑，新增 {done['opened']:,}，消失 {done['lapsed']:,}；"
        f"逐个看：caifeng values flags {name}"
    )


@app.command(help="可疑的值：人工队列，谁看过、怎么定的。")
def flags(
    name: RoundName,
    *,
    state: Annotated[FlagState | None, typer.Option("--state", help="只看这种状态的")] = None,
    unit: Unit = "",
    as_json: AsJson = False,
) -> None:
    """Show the queue."""
    here = services.ensure()
    record = life.get(here, name)
    asked = planned_unit(record.plan, unit).code if unit else ""
    with life.store(here) as database:
        found = list(FlagBook(database, name, url=here.mongo_url).find(state=state, unit=asked))
    if as_json:
        render.document({"round": name, "flags": [_flag(one) for one in found]})
        return
    if not found:
        render.say(f"轮次 {name} 没有可疑的值。")
        return
    names = {each.code: each.name for each in record.plan.units}
    rows = (
        (
            names.get(one["unit"], one["unit"]), one["code"], words.with_code(words.FLAGS, one["kind"]), of_point(one["code"], one["found"]),
            of_point(one["code"], one["expected"]), one["other"], words.FLAG_STATES[one["state"]], one["who"], one["note"],
        )
        for one in found
    )  # fmt: skip
    columns = ("单位", "点位", "为何可疑", "值", "应近于", "对照", "状态", "谁定的", "说明")
    render.show(render.table(f"{name} 可疑的值（{len(found)}）", columns, rows, numbers=("值", "应近于")))


@app.command(help="定一个可疑的值：--wrong 值有错，--right 值没错；记下是谁、为什么。")
def decide(
    name: RoundName,
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="单位代码或名称")],
    point: Annotated[str, typer.Argument(metavar="POINT", help="点位代码")],
    kind: Annotated[FlagKind, typer.Argument(metavar="KIND", help="为何可疑（caifeng values flags 里的代码）")],
    *,
    wrong: Annotated[bool, typer.Option("--wrong", help="值有错")] = False,
    right: Annotated[bool, typer.Option("--right", help="值没错")] = False,
    note: Annotated[str, typer.Option("--note", help="为什么")] = "",
    as_json: AsJson = False,
) -> None:
    """Write down a person's decision; the value itself stays."""
    if wrong is right:
        raise BadChoice("--wrong 和 --right 要给一个，也只能给一个")
    here = services.ensure()
    record = life.get(here, name)
    which = (planned_unit(record.plan, unit).code, machine_point(point).code, str(kind))
    state = FlagState.CONFIRMED if wrong else FlagState.DISMISSED
    with life.store(here) as database:
        book = FlagBook(database, name, url=here.mongo_url)
        if not book.decide(which, state, who=life.operator(), note=note, at=datetime.now(UTC)):
            raise NoValue(f"{unit} 的 {point} 没有这种可疑：{kind}（caifeng values flags {name} 可以查看）")
    if as_json:
        render.document({"round": name, "unit": which[0], "code": which[1], "kind": which[2], "state": state})
    else:
        render.say(f"{unit} 的 {point}：{words.FLAG_STATES[state]}，已记下；值没有改动")


def _flag(one: Mapping[str, Any]) -> dict[str, Any]:
    fields = ("unit", "code", "kind", "found", "expected", "other", "state", "who", "note", "opened_at", "decided_at")
    return {field: one[field] for field in fields}


def machine_point(code: str) -> Point:
    """The point of this code, if a machine collects it.  Raises NoSuchPoint."""
    found = load().points.get(code)
    if found is None:
        raise NoSuchPoint(f"没有点位 {code}（caifeng points list 可以查看）")
    if found.value is None:
        raise NoSuchPoint(f"{code} 由人工采集，没有机器算出的值")
    return found


def planned_unit(plan: RoundPlan, asked: str) -> UnitPlan:
    """The round's unit of this code or name.  Raises UnknownUnit."""
    found = plan.unit_called(asked)
    if found is None:
        raise no_such_unit(asked, (plan,), f"轮次 {plan.name} ", f"caifeng round show {plan.name}")
    return found


def _line(row: Mapping[str, Any], names: Mapping[str, str]) -> tuple[str, ...]:
    point = load().points.get(row["code"])
    return (
        names.get(row["unit"], row["unit"]),
        row["code"],
        point.name if point else "",
        state_of(row),
        of_point(row["code"], row["value"]),
        number(row["score"]),
        words.STRENGTHS["content" if row["content"] else "chrome"] if row["best"] else "",
    )


def state_of(row: Mapping[str, Any]) -> str:
    """A value's state in words, with its reason."""
    word = words.VALUE_STATES.get(row["state"], row["state"])
    return f"{word}：{words.VALUE_WHYS.get(row['why'], row['why'])}" if row["why"] else word
