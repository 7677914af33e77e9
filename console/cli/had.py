"""`status --rendering` and `status --refusals`, as tables and as JSON."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.text import Text

from console.cli import render, words
from rounds.fetching import Learned, Refusals

UNDECIDED: Final = "未定：先直接下载，得空壳再用浏览器"
SHOWN: Final = 60  # rows of a table; --json has all


def learned_document(found: Learned) -> dict[str, Any]:
    """The JSON of what was learned.  Cookies themselves are nobody's business."""
    return {
        "templates": [
            {
                "host": row.host,
                "template": row.template,
                "way": str(row.verdict.way),
                "confidence": round(row.verdict.confidence, 3),
                "sample": round(row.verdict.sample, 4),
                "decided": row.verdict.decided,
                "why": str(row.verdict.why),
                "plan": str(row.asked),
                "signs": dict(sorted(row.signs.items())),
            }
            for row in found.templates
        ],
        "cookies": {
            host: {"earned": one.serial, "ends": datetime.fromtimestamp(one.ends, UTC) if one.ends else None}
            for host, one in sorted(found.cookies.items())
        },
    }


def learned_view(name: str, found: Learned) -> RenderableType:
    """The same for people."""
    if not found.templates:
        return Text(f"轮次 {name}：还没有学到哪些网页要用浏览器。")
    rows = (
        (
            row.template,
            words.WAYS[row.verdict.way] if row.verdict.decided else UNDECIDED,
            f"{row.verdict.confidence:.0%}",
            f"{row.verdict.sample:.1%}",
            "，".join(f"{words.SIGNS[sign]} {number}" for sign, number in sorted(row.signs.items())),
            words.GROUNDS[row.verdict.why],
            words.RENDERING[row.asked],
        )
        for row in found.templates[:SHOWN]
    )
    columns = ("网址样式", "怎样取", "把握", "抽查", "依据（页）", "缘由", "计划")
    title = f"网页怎样取（{len(found.templates)} 种样式，列出前 {min(SHOWN, len(found.templates))} 种）"
    parts: list[RenderableType] = [render.table(title, columns, rows, numbers=("把握", "抽查"))]
    parts += [Text(f"{host}：浏览器为它取得通行凭据 {one.serial} 次") for host, one in sorted(found.cookies.items())]
    return Group(*parts)


def refusals_document(found: Refusals) -> dict[str, Any]:
    """The JSON of refusals and rates."""
    return {
        "fetching": [
            {
                "code": one.code,
                "name": one.name,
                "stored": one.stored,
                "failed": one.failed,
                "refused": one.refused,
                "robots_barred": one.barred,
                "waiting": one.waiting,
                "fetch_success": one.success,
                "robots_barred_share": one.barred_share,
                "collection_rate": one.collected,
            }
            for one in found.units
        ],
        "refusals": {host: dict(sorted(of.items())) for host, of in found.hosts.items()},
    }


def refusals_view(found: Refusals) -> RenderableType:
    """The same for people, beside what the report claims."""
    numbers = ("采到", "失败", "被拒", "robots 不许", "在等", "采集成功率", "robots 不许占", "采集率")
    rows = (
        (
            one.name,
            *(f"{number:,}" for number in (one.stored, one.failed, one.refused, one.barred, one.waiting)),
            *_shares((one.success, one.barred_share, one.collected)),
        )
        for one in found.units[:SHOWN]
    )
    causes = (
        (host, words.FAILURES.get(why) or words.SKIPS[why], f"{number:,}")
        for host, of in list(found.hosts.items())[:SHOWN]
        for why, number in sorted(of.items(), key=lambda one: -one[1])
    )
    return Group(
        render.table(
            "各单位采到多少（报告称：访问成功 100 %，采集率 90 % 以上）", ("单位", *numbers), rows, numbers=numbers
        ),
        render.table("没有采到的，按主机和原因", ("主机", "原因", "网址"), causes, numbers=("网址",)),
    )


def _shares(values: Iterable[float | None]) -> list[str]:
    return ["–" if value is None else f"{value:.1%}" for value in values]
