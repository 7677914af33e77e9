"""`caifeng retag`: a round judged again from its archive, looked at, then accepted or put away."""

from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer

from console.cli import render
from console.cli.chinese import App
from console.cli.options import AsJson, RoundName
from console.cli.steps import steps
from crawler.exits import Exit
from indicators import catalogue
from pipelines.store.retags import Job
from rounds import life, services
from rounds import retag as retags
from rounds.refusals import BadChoice
from rounds.retag import Differences
from rounds.retag_pool import Ran

app = App()

SHOWN: Final = 20  # rows of a table; --json has all


@app.command(
    help="重判：用现在的清洗规则和目录重新判存档的页面，不上网；先看差别，再 --accept 采用。中断了再运行就接着做。"
)
def retag(
    name: RoundName,
    *,
    workers: Annotated[int, typer.Option("--workers", min=1, max=256, help="本机的进程数；别的机器可以同时运行")] = 2,
    host: Annotated[str, typer.Option("--host", help="只重判这个主机（只看差别，不能采用）")] = "",
    unit: Annotated[str, typer.Option("--unit", help="只重判这个单位（只看差别，不能采用）")] = "",
    accept: Annotated[bool, typer.Option("--accept", help="采用重判的结果，并重新定重")] = False,
    discard: Annotated[bool, typer.Option("--discard", help="放下没有采用的重判")] = False,
    as_json: AsJson = False,
) -> None:
    """Judge a round again, show what differs, accept or discard it."""
    if (accept or discard) and (host or unit):
        raise BadChoice("--accept 和 --discard 对整个重判而言，不和 --host、--unit 一起用")
    if accept and discard:
        raise BadChoice("--accept 和 --discard 只能给一个")
    here, who, now = services.ensure(), life.operator(), datetime.now(UTC)
    if discard:
        retags.discard(here, name, who=who, now=now)
        _say({"round": name, "discarded": True}, f"轮次 {name} 的重判已放下，什么都没有改。", as_json=as_json)
        return
    if accept:
        with render.err().status("采用重判的结果，重新定重……"):
            done = retags.accept(here, name, who=who, now=now)
        told = (
            f"轮次 {name} 已采用重判：{done['changed']:,} 页有变化，{done['failed']:,} 页读不出来而未动；"
            f"重新定重后 {done['duplicates']:,} 页是重复。"
        )
        _say({"round": name, "accepted": True} | done, told, as_json=as_json)
        return
    where = host.strip().lower().removeprefix("www.")
    with steps() as report:
        job, ran = retags.retag(here, name, workers=workers, host=where, unit=unit, who=who, now=now, report=report)
    found = retags.differences(here, name)
    if as_json:
        render.document(document(job, ran, found))
    else:
        _show(job, ran, found)
    if ran.left:
        raise typer.Exit(Exit.INTERRUPTED)


def document(job: Job, ran: Ran, found: Differences) -> dict[str, Any]:
    """The JSON of a run and of the differences so far."""
    return {
        "round": job.round,
        "judged_by": job.judged_by,
        "catalogue": job.catalogue,
        "host": job.host,
        "unit": job.unit,
        "pages": job.pages,
        "left": ran.left,
        "done_now": ran.done,
        "seconds": ran.seconds,
        "cpu_seconds": ran.cpu_seconds,
        "pages_per_second": ran.done / ran.seconds if ran.seconds else 0.0,
        "pages_per_cpu_second": ran.done / ran.cpu_seconds if ran.cpu_seconds else 0.0,
        "differences": found.document(),
    }


def _say(body: dict[str, Any], sentence: str, *, as_json: bool) -> None:
    if as_json:
        render.document(body)
    else:
        render.say(sentence)


def _show(job: Job, ran: Ran, found: Differences) -> None:
    speed = f"每秒 {ran.done / ran.seconds:,.1f} 页，每 CPU 秒 {ran.done / max(ran.cpu_seconds, 0.001):,.1f} 页"
    render.say(f"这次重判 {ran.done:,} 页，用 {render.duration(ran.seconds)}，{speed}；共 {job.pages:,} 页。")
    render.say(
        f"{found.pages - found.same:,} 页有变化，{found.same:,} 页没有变化（读出来的、判定和点位都一样），{found.failed:,} 页存档读不出来。"
    )
    for one in found.troubles:
        render.warn(f"{one[0]}：{one[1]}")
    if found.verdicts:
        rows = [
            (render.VERDICTS[old], render.VERDICTS[new], f"{n:,}", "\n".join(found.examples.get(f"{old} → {new}", ())))
            for (old, new), n in found.verdicts.most_common()
        ]
        render.show(
            render.table(
                "判定的变化（各页自己的，定重之前）", ("原来", "现在", "页面", "例子"), rows, numbers=("页面",)
            )
        )
    if found.fields:
        rows_ = ((FIELDS[name], f"{n:,}") for name, n in found.fields.most_common())
        render.show(render.table("读出来的不同", ("项目", "页面"), rows_, numbers=("页面",)))
    _show_points(found)
    if ran.left:
        render.say(f"还有 {ran.left} 批没有做：再运行 caifeng retag {job.round}")
    elif job.whole:
        render.say(f"采用：caifeng retag {job.round} --accept；不要：caifeng retag {job.round} --discard")
    else:
        render.say(f"这只是一部分，不能采用；看完用 caifeng retag {job.round} --discard 放下")


def _show_points(found: Differences) -> None:
    codes = sorted({*found.lost, *found.gained}, key=lambda code: -(found.lost[code] + found.gained[code]))
    points = catalogue.load().points
    rows = (
        (
            code,
            points[code].name if code in points else "（目录里已没有）",
            f"{found.lost[code]:,}",
            f"{found.gained[code]:,}",
            (found.examples.get(f"-{code}") or found.examples.get(f"+{code}") or [""])[0],
        )
        for code in codes[:SHOWN]
    )
    if codes:
        more = f"，列出前 {SHOWN} 个" if len(codes) > SHOWN else ""
        columns = ("点位", "名称", "失去的页面", "得到的页面", "例子")
        render.show(render.table(f"点位的变化（{len(codes)} 个{more}）", columns, rows, numbers=columns[2:4]))
    moved = found.document()["units"]
    if moved:
        units = (
            (unit, "、".join(one["appeared"]), "、".join(one["vanished"])) for unit, one in list(moved.items())[:SHOWN]
        )
        render.show(render.table("单位的点位", ("单位", "出现", "消失"), units))


FIELDS: Final = {
    "media": "文件种类",
    "title": "标题",
    "text_hash": "正文",
    "published": "发布日期",
    "source": "来源",
    "language": "语言",
    "page_type": "页面类型",
}
