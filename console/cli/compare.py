"""`caifeng compare` and `gate`: two rounds held against each other, and whether the later one may be published."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import orjson
import typer

from console.cli import render, words
from console.cli.amounts import told_apart
from console.cli.chinese import App
from console.cli.options import AsJson, RoundName
from console.cli.steps import steps
from crawler.exits import Exit
from rounds import life, publishing, services
from rounds.changes import Change
from rounds.compare import PointChange, RoundChanges, Row, UnitChanges
from rounds.compare import compare as compare_rounds
from rounds.gate import Fall
from rounds.value_changes import Move

app = App()

SHOWN: Final = 40  # rows of a table; --json has all
POINT_WAYS: Final = ("appeared", "vanished", "unobserved", "seen")  # counted and listed; --json has the others too
COUNTED: Final = (Change.NEW, Change.CHANGED, Change.REMOVED, Change.UNREACHABLE, Change.SAME)


@app.command(help="比较两轮：新增、改动、撤下、没看到的页面，判定和点位的变化，按单位和合计。")
def compare(
    before: Annotated[str, typer.Argument(metavar="A", help="旧的一轮")],
    after: Annotated[str, typer.Argument(metavar="B", help="新的一轮")],
    *,
    changes: Annotated[
        Path | None,
        typer.Option("--changes", help="把每个有变化的页面写到这个文件，一行一个 JSON（写完才改成这个名字）"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare two rounds."""
    here = services.ensure()
    with steps() as report, _sink(changes) as sink:
        found = compare_rounds(here, before, after, sink=sink, progress=report)
    if as_json:
        render.document(document(found))
        return
    _remarks(found.depths, found.unfinished)
    _one_sided(found)
    _show_units(found)
    _show_whys(found.total)
    _show_verdicts(found.total)
    _show_points(found)
    _show_values(found)
    if changes is not None:
        render.note(f"有变化的页面已写到 {changes}")


@app.command(help="发布前的关口：和基准轮次相比，单位、页面或点位无故减少就扣下，并说出少了什么。扣下以 9 退出。")
def gate(
    name: RoundName,
    *,
    against: Annotated[str, typer.Option("--against", help="基准轮次；不给就用上次过关口时的那一轮")] = "",
    accept: Annotated[str, typer.Option("--accept", help="看过了，照样放行，并写明理由")] = "",
    as_json: AsJson = False,
) -> None:
    """Hold a round whose units, pages or points fell unexplained, or let it pass."""
    here = services.ensure()
    with steps() as report:
        passed = publishing.gate(
            here, name, against, accept=accept, who=life.operator(), now=datetime.now(UTC), progress=report
        )
    if as_json:
        render.document(passed.document())
    else:
        _remarks(passed.depths, passed.unfinished)
        rows = (
            (
                words.FALLS[one.what],
                passed.names.get(one.unit, one.unit) or "全部",
                f"{one.before:,}",
                f"{one.fell:,}",
                f"{one.limit:,}",
                _named(one),
            )
            for one in passed.falls
        )
        columns = ("少了什么", "单位", "原有", "少了", "允许", "哪些")
        if passed.falls:
            render.show(render.table(f"轮次 {name} 比 {passed.against}", columns, rows, numbers=columns[2:5]))
        render.say(_sentence(name, passed))
    if passed.held:
        raise typer.Exit(Exit.DIFFERENCES)


def document(found: RoundChanges) -> dict[str, Any]:
    """The JSON of a comparison."""
    return {
        "before": found.before,
        "after": found.after,
        "catalogue": found.catalogue,
        "valued": found.valued,
        "depths": list(found.depths),
        "unfinished": list(found.unfinished),
        "only_before": list(found.only_before),
        "only_after": list(found.only_after),
        "total": _unit_document(found.total),
        "units": {code: {"name": found.names[code]} | _unit_document(unit) for code, unit in found.units.items()},
    }


def _unit_document(unit: UnitChanges) -> dict[str, Any]:
    return {
        "before": unit.before,
        "after": unit.after,
        **{str(change): unit.changes[change] for change in COUNTED},
        "whys": [{"change": str(one), "why": why, "pages": n} for (one, why), n in sorted(unit.whys.items())],
        "verdicts": [{"before": one, "after": other, "pages": n} for (one, other), n in sorted(unit.verdicts.items())],
        "points": {
            code: {
                "before": point.before,
                "after": point.after,
                "unobserved": point.unobserved,
                "unmet": point.unmet,
                "change": moved(point),
            }
            for code, point in sorted(unit.points.items())
        },
        "values": {
            code: {"change": str(one.move), "before": _value(one.before), "after": _value(one.after)}
            for code, one in unit.values.items()
            if one.move is not Move.SAME
        },
    }


def _value(side: tuple[str, float | None]) -> dict[str, Any]:
    return {"state": side[0], "value": side[1]}


def moved(point: PointChange) -> str:
    """How the number of pages that evidence a point went: appeared, seen, vanished, unobserved, up, down or same.

    One page that a round could not observe may have evidenced it there: then nothing has appeared, or vanished.
    """
    if not point.before:
        return "same" if not point.after else "seen" if point.unmet else "appeared"
    if not point.after:
        return "unobserved" if point.unobserved else "vanished"
    return "up" if point.after > point.before else "down" if point.after < point.before else "same"


def _remarks(depths: tuple[int, int], unfinished: Sequence[str]) -> None:
    if unfinished:
        render.warn(f"轮次 {'、'.join(unfinished)} 还没有完成，没采到的页面算作没看到，不算撤下")
    if depths[0] != depths[1]:
        render.warn(f"两轮的深度不同（{depths[0]} 和 {depths[1]}），深处的页面不能相比，算作没看到，不算撤下")


def _one_sided(found: RoundChanges) -> None:
    for code_list, name in ((found.only_before, found.before), (found.only_after, found.after)):
        if code_list:
            render.warn(f"只有轮次 {name} 有的单位，没有比较：{'、'.join(found.names[code] for code in code_list)}")


def _show_units(found: RoundChanges) -> None:
    columns = (
        "单位",
        "原有",
        "现有",
        *(words.CHANGES[change] for change in COUNTED),
        "判定变了",
        *(f"点位{words.MOVES[way]}" for way in POINT_WAYS),
    )
    rows = [("合计", found.total), *((found.names[code], unit) for code, unit in found.units.items())]
    body = ([name, *_numbers(unit)] for name, unit in rows[:SHOWN])
    more = f"（列出前 {SHOWN} 行，其余见 --json）" if len(rows) > SHOWN else ""
    render.show(render.table(f"{_head(found)}{more}", columns, body, numbers=columns[1:]))


def _head(found: RoundChanges) -> str:
    """Which rounds; that one is unfinished stands in the table's own head, for warnings go another way than results."""
    part = f"（{'、'.join(found.unfinished)} 还没有采完：没采到的算没看到）" if found.unfinished else ""
    return f"{found.before} → {found.after}{part}"


def _numbers(unit: UnitChanges) -> list[str]:
    ways = [moved(point) for point in unit.points.values()]
    numbers = [unit.before, unit.after, *(unit.changes[change] for change in COUNTED), sum(unit.verdicts.values())]
    return [f"{one:,}" for one in (*numbers, *map(ways.count, POINT_WAYS))]


def _show_whys(total: UnitChanges) -> None:
    if total.whys:
        rows = ((words.CHANGES[one], words.why(code), f"{n:,}") for (one, code), n in total.whys.most_common())
        render.show(render.table("依据", ("变化", "依据", "页面"), rows, numbers=("页面",)))


def _show_verdicts(total: UnitChanges) -> None:
    if total.verdicts:
        rows = (
            (render.VERDICTS[one], render.VERDICTS[other], f"{n:,}") for (one, other), n in total.verdicts.most_common()
        )
        render.show(render.table("判定的变化", ("原来", "现在", "页面"), rows, numbers=("页面",)))


def _show_points(found: RoundChanges) -> None:
    rows = [
        (
            found.names[unit],
            code,
            words.MOVES[moved(point)],
            f"{point.before:,}",
            f"{point.unobserved:,}",
            f"{point.after:,}",
            f"{point.unmet:,}",
        )
        for unit, changes in found.units.items()
        for code, point in sorted(changes.points.items())
        if moved(point) in POINT_WAYS
    ]
    if rows:
        more = f"，列出前 {SHOWN} 行" if len(rows) > SHOWN else ""
        columns = ("单位", "点位", "变化", "原有页面", "其中没看到", "现有页面", "其中原来没看到")
        render.show(
            render.table(
                f"点位的出现和消失，以及没看到的（{len(rows):,}{more}）", columns, rows[:SHOWN], numbers=columns[3:]
            )
        )


def _show_values(found: RoundChanges) -> None:
    if not found.valued:
        render.say("两轮不是都算过值（caifeng values），没有比较值。")
        return
    rows = [
        (found.names[unit], code, words.VALUE_MOVES[one.move], *told_apart(code, (one.before, one.after)))
        for unit, changes in found.units.items()
        for code, one in changes.values.items()
        if one.move is not Move.SAME
    ]
    if rows:
        more = f"，列出前 {SHOWN} 行" if len(rows) > SHOWN else ""
        columns = ("单位", "点位", "变化", "原来", "现在")
        render.show(render.table(f"值的变化（{len(rows):,}{more}）", columns, rows[:SHOWN], numbers=columns[3:]))


def _named(fall: Fall) -> str:
    return "、".join(fall.named) or "、".join(f"{words.why(why)} {number:,}" for why, number in fall.whys)


def _sentence(name: str, passed: publishing.Passed) -> str:
    if not passed.falls:
        return f"轮次 {name} 可以发布：和 {passed.against} 相比没有无故的减少。"
    if passed.accepted:
        return f"轮次 {name} 已放行：{passed.accepted}"
    return (
        f"轮次 {name} 扣下了：用 caifeng compare {passed.against} {name} 查看，{_mend(name, passed)}"
        f"或用 caifeng gate {name} --accept 理由 放行"
    )


def _mend(name: str, passed: publishing.Passed) -> str:
    """What may bring pages back; empty where nothing does."""
    deeper, depth = passed.depths
    if name in passed.unfinished:
        return f"等它采完再来（没有进程在采，就先 caifeng crawl {name}），"
    if deeper > depth:
        return f"加深到 {deeper} 层（caifeng round extend {name} --depth {deeper}）采完再来，或换一个同样深的基准，"
    return f"补采（caifeng retry {name}）后再来，" if passed.mendable else ""


@contextmanager
def _sink(target: Path | None) -> Iterator[Callable[[Row], None]]:
    """Takes rows, and keeps them as JSON Lines where a file is named; it bears its name only once it is whole."""
    if target is None:
        yield lambda _row: None
        return
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with draft.open("xb") as file:

            def write(row: Row) -> None:
                file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))

            yield write
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
