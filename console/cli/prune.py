"""`caifeng prune`: room made in the archive, told first, then done."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from console.cli import render, words
from console.cli.chinese import App
from console.cli.options import AsJson, RoundName
from console.cli.steps import steps
from rounds import life, services
from rounds import prune as pruning
from rounds.prune import Need, Pruned

app = App()


@app.command(
    help="清理存档：证明不了什么的页面，字节不再保留，记录都留着；先说能腾出多少，加 --yes 才动手。中断了再运行就接着做。"
)
def prune(
    name: RoundName,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="动手；不给就只说能腾出多少")] = False,
    as_json: AsJson = False,
) -> None:
    """Say what pruning would free, or prune."""
    here, now = services.ensure(), datetime.now(UTC)
    with steps() as report:
        found = (
            pruning.prune(here, name, who=life.operator(), now=now, report=report)
            if yes
            else pruning.look(here, name, now=now, report=report)
        )
    if as_json:
        render.document(_document(found, done=yes))
        return
    kept = "，".join(f"{words.NEEDS[need]} {found.kept[need]:,}" for need in Need if found.kept[need])
    render.say(f"轮次 {name} 有 {found.pages:,} 页的字节在存档里；要留的：{kept or '没有'}。")
    if yes:
        render.say(
            f"{found.gone:,} 页的字节不再保留，重写 {found.files:,} 个文件，腾出 {render.size(found.freed)}。"
            f"核对：caifeng audit {name}"
        )
        return
    earlier = f"，其中 {found.earlier:,} 页的字节在早先的轮次里，可以再清理那一轮" if found.earlier else ""
    render.say(f"可以放掉 {found.gone:,} 页的字节，最多 {render.size(found.bytes)}{earlier}。还什么都没有动。")
    if found.gone:
        render.say(f"动手：caifeng prune {name} --yes")


def _document(found: Pruned, *, done: bool) -> dict[str, Any]:
    return found.document() | {"done": done}
