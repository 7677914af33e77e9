"""`caifeng units discover` and `units approve`: more sites of the units, proposed with evidence and approved in bulk."""

import asyncio
import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from console.cli import render, words
from console.cli.options import AsJson, OutputFile, RoundName
from crawler.channels.errands import Progress
from pipelines.store.proposals import ProposalBook
from rounds import discover as discovering
from rounds import life, services
from rounds.discover import APPROVED, COLUMNS, decisions, proposal_row
from rounds.discovery import PROPOSED
from rounds.services import Services
from rounds.tables import read_table

DISCOVER: Final = "发现单位的更多站点：门户里列出的部门、平台等主机，逐个看首页，连同证据和分数列出；可导出、批准。"
APPROVE: Final = (
    "批准发现的站点：填好“decision”一列（是、否或留空）的表整个采用，有一处错就一个也不批准；写进单位库，下一轮起采集。"
)
MORE: Final = ("unit_name", "url", "score", "evidence")
TOP: Final = 60


def discover(
    name: RoundName,
    *,
    output: OutputFile = None,
    approve: Annotated[
        int | None, typer.Option("--approve", min=PROPOSED, help="不用逐个看：这么多分以上的都批准")
    ] = None,
    look: Annotated[bool, typer.Option("--look/--no-look", help="去看每个主机的首页；不看就只凭链接")] = True,
    as_json: AsJson = False,
) -> None:
    """Propose hosts of the units of a round."""
    here = services.ensure()
    now = datetime.now(UTC)
    with render.err().status("发现站点……") as shown:

        def report(progress: Progress) -> None:
            shown.update(f"看首页：{progress.asked:,} 个，没有答复 {progress.failed:,}，还有 {progress.left:,}")

        found = asyncio.run(discovering.discover(here, name, look=look, report=report, now=now))
    rows = [proposal_row(one) for one in found.proposals if one.score > 0]
    approved: dict[str, int] = {}
    if approve is not None:
        chosen = {(one["unit"], one["host"]): APPROVED for one in rows if one["score"] >= approve}
        added, version = discovering.approve(here, chosen, who=life.operator(), now=now)
        approved = {"added": added, "registry_version": version}
    names = {unit.code: unit.name for unit in life.get(here, name).plan.units}
    if output is not None:
        _write(output, rows, names)
    if as_json:
        render.document({"round": name, "looked": found.looked, "silent": found.silent, "proposals": rows} | approved)
        return
    _show(rows, names)
    if approved:
        render.say(f"批准 {approved['added']} 个主机；单位库第 {approved['registry_version']} 版。")
    elif output is not None:
        render.say(f"写到 {output}：在 decision 一列填 是 或 否，再 caifeng units approve {output}")


def approve(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="caifeng units discover 导出、填好 decision 的表")],
    *,
    as_json: AsJson = False,
) -> None:
    """Take over the decisions of an edited table."""
    rows = read_table(file, required=COLUMNS, optional=MORE)
    here = services.ensure()
    chosen = decisions(rows, str(file), _known(here))
    added, version = discovering.approve(here, chosen, who=life.operator(), now=datetime.now(UTC))
    rejected = sum(decision != APPROVED for decision in chosen.values())
    if as_json:
        render.document({"added": added, "rejected": rejected, "registry_version": version})
    else:
        render.say(f"批准：单位库加入 {added} 个主机，否决 {rejected} 个；单位库第 {version} 版，下一轮起生效。")


def _known(here: Services) -> set[tuple[str, str]]:
    with life.store(here) as database:
        return {(one["unit"], one["host"]) for one in ProposalBook(database, url=here.mongo_url).all()}


def evidence_words(row: Mapping[str, Any]) -> str:
    """The clues of a proposal in words."""
    return "；".join(f"{words.CLUES[one['clue']]}（{one['detail']}）" for one in row["evidence"])


def _show(rows: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> None:
    proposed = [row for row in rows if row["proposed"]]
    shown = ((names[row["unit"]], row["host"], row["score"], evidence_words(row)) for row in proposed[:TOP])
    title = f"值得加入的站点（{len(proposed)}；另有 {len(rows) - len(proposed)} 个证据不足）"
    render.show(render.table(title, ("单位", "主机", "分", "证据"), shown, numbers=("分",)))


def _write(output: Path, rows: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> None:
    """UTF-8 with a BOM, for Excel; under its name only once it is whole."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(["unit", "unit_name", "host", "url", "score", "evidence", "decision"])
    for row in rows:
        table.writerow(
            [row["unit"], names[row["unit"]], row["host"], row["url"], row["score"], evidence_words(row), ""]
        )
    part = output.with_name(output.name + ".part")
    part.write_bytes(text.getvalue().encode("utf-8-sig"))
    part.replace(output)
