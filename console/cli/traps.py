"""What was cut as traps, as a table and as JSON; and `caifeng round release`."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from cleaning.traps import TrapRule
from console.cli import render, words
from console.cli.options import AsJson, RoundName
from crawler.frontier.traps import CutRow
from crawler.outlinks import CHAIN_RULE, COPY_RULE, COUNT_RULE, MIRROR_RULE, SESSION_RULE
from rounds import life, services
from rounds.refusals import BadChoice
from rounds.release import Wanted
from rounds.release import release as release_cuts

SHOWN: Final = 60  # rows of the table; --json has all
RULES: Final = (*map(str, TrapRule), CHAIN_RULE, COUNT_RULE, COPY_RULE, SESSION_RULE, MIRROR_RULE)


def traps_document(rows: Sequence[CutRow]) -> list[dict[str, Any]]:
    """The JSON of the table of cuts."""
    return [
        {
            "rule": row.rule,
            "pattern": row.pattern,
            "host": row.host,
            "number": row.number,
            "first": [{"url": url, "page": page} for url, page in row.first],
        }
        for row in rows
    ]


def traps_view(name: str, rows: Sequence[CutRow], on_pages: int) -> RenderableType:
    """The table of cuts for people; `on_pages` is what the ledger calls cut."""
    if not rows:
        return Text(f"轮次 {name}：没有剪掉任何链接。")
    columns = ("规则", "网址样式", "链接", "例子", "所在的页")
    body = (
        (
            words.with_code(words.TRAPS, row.rule),
            row.pattern or "（其余样式合计）",
            f"{row.number:,}",
            "\n".join(url for url, _ in row.first),
            "\n".join(page for _, page in row.first),
        )
        for row in rows[:SHOWN]
    )
    total = sum(row.number for row in rows)
    title = f"没有跟进的链接（{total:,} 个，{len(rows):,} 种样式{f'，列出前 {SHOWN} 种' if len(rows) > SHOWN else ''}）"
    hint = (
        f"放行：caifeng round release {name} --pattern 网址样式（或 --rule、--host），再用 caifeng crawl {name} 接着采"
    )
    notes = [Text(hint, style="dim")]
    if total > on_pages:
        aside = f"其中 {on_pages:,} 个是在页面上剪掉的（status 的“陷阱”只数它们），{total - on_pages:,} 个排了队才认出是陷阱或镜像，在账上是“跳过”"
        notes.insert(0, Text(aside))
    return Group(render.table(title, columns, body, numbers=("链接",)), *notes)


def release(
    name: RoundName,
    *,
    rule: Annotated[str, typer.Option("--rule", help="只放行按这条规则剪掉的")] = "",
    pattern: Annotated[
        list[str] | None, typer.Option("--pattern", help="只放行样式这样开头的（主机在前，同 status --traps）；可重复")
    ] = None,
    host: Annotated[str, typer.Option("--host", help="只放行这个主机的")] = "",
    keep: Annotated[bool, typer.Option("--keep", help="以后也不再剪这些样式")] = False,
    as_json: AsJson = False,
) -> None:
    """Offer cut links again."""
    if rule and rule not in RULES:
        raise BadChoice(f"没有 {rule!r} 这条规则；可用的有：{'、'.join(RULES)}")
    wanted = Wanted(rule, tuple(pattern or ()), host.strip().lower().removeprefix("www."))
    here = services.ensure()
    with render.err().status("放行……") as shown:
        done = asyncio.run(
            release_cuts(
                here,
                name,
                wanted,
                keep=keep,
                who=life.operator(),
                now=datetime.now(UTC),
                report=lambda number: shown.update(f"放行：{number:,}"),
            )
        )
    if as_json:
        render.document({"round": name, "links": done.links, "queued": done.queued})
    elif done.queued:
        render.say(f"放行 {done.links:,} 个链接，{done.queued:,} 个网址排队。接着采：caifeng crawl {name} --accept")
    else:
        render.say(f"放行 {done.links:,} 个链接，没有新的网址。")
