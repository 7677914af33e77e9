"""docs/points.md: the whole catalogue on one page, made from the files.

caifeng points page > docs/points.md
"""

from collections.abc import Iterator
from typing import Final

from indicators.records import Catalogue, Indicator, Point
from indicators.sources import Read
from indicators.texts import clues
from indicators.wording import CHANNELS, KINDS, LEVELS, METHODS, ROLES

_READ: Final = {Read.WHOLE: "读过所引段落", Read.PART: "读过部分或转载", Read.UNREAD: "未读原文,引用前须核对"}


def book(catalogue: Catalogue) -> str:
    """The page, in Markdown.  It names no version: a term list may change without changing what officials read."""
    return "\n".join(_lines(catalogue)) + "\n"


def _lines(catalogue: Catalogue) -> Iterator[str]:
    machine = len(catalogue.machine())
    yield "# 采集点位目录"
    yield ""
    yield "由 `caifeng points page` 从 `indicators/catalogue/` 生成,不要手改。"
    yield ""
    yield (
        f"{len(catalogue.indicators)} 个三级指标,{len(catalogue.points)} 个点位:机器采集 {machine} 个,"
        f"人工 {len(catalogue.points) - machine} 个。官方的点位清单没有公布过全文,这是据公开文件重建的一份;"
        "每个点位注明依据,“designed”是本目录自行设计的部分。与初稿的不同和理由见 [points-changes.md](points-changes.md)。"
    )
    yield ""
    yield "证据里 `;` 隔开不同线索,`|` 隔开同一线索的不同说法,`、` 只用于不算的情形和括号里。"
    above: tuple[str, str] = ("", "")
    for indicator in catalogue.indicators:
        if indicator.parents != above:
            above = indicator.parents
            yield ""
            yield f"## {above[0]} / {above[1]}"
        yield from _indicator(indicator)
    yield ""
    yield "## 依据的文件"
    yield ""
    yield "| 文号或名称 | 标题 | 发布者 | 读到什么程度 | 点位 |"
    yield "|---|---|---|---|---|"
    for number, one in catalogue.documents.items():
        cited = sum(number in _numbers(catalogue, point) for point in catalogue.points.values())
        yield f"| {number} | {one.title} | {one.issuer} | {_READ[one.read]} | {cited} |"


def _indicator(indicator: Indicator) -> Iterator[str]:
    yield ""
    yield f"### {indicator.code} {indicator.name}"
    yield ""
    yield f"代码 {indicator.indicator_id},占二级指标 {indicator.weight}%,百分制 {indicator.worth:.2f} 分。"
    for point in indicator.points:
        yield from _point(point)


def _point(point: Point) -> Iterator[str]:
    yield ""
    yield f"#### {point.code} {point.name}"
    yield ""
    yield point.measured
    yield ""
    yield f"- 采集:{'机器' if point.by_machine else '人工'},{METHODS[point.method]};渠道:{CHANNELS[point.channel]};对象:{LEVELS[point.level]}"
    yield f"- 测量:{point.measure}({point.unit})" + (f",{KINDS[point.value.kind]}" if point.value else "")
    if point.by_machine:
        entry = "导航入口可作证据" if point.entry_ok else "导航入口不作证据"
        yield f"- 页面:{ROLES[point.page_role]};{entry}"
    yield "- 证据:" + ";".join(_plain(f"{clue.place} {'|'.join(clue.alternatives)}") for clue in clues(point.evidence))
    yield f"- 不算:{_plain(point.exclusions)}"
    yield f"- 计分:{_plain(point.scoring)}"
    if point.why_manual:
        yield f"- 为何人工:{_plain(point.why_manual)}"
    yield f"- 依据:{_plain(point.source)}"


def _numbers(catalogue: Catalogue, point: Point) -> set[str]:
    return {one.document.number for one in catalogue.citations(point)}


def _plain(text: str) -> str:
    """Text as Markdown shows it unchanged."""
    for mark in ("\\", "*", "_", "<", "[", "`"):
        text = text.replace(mark, f"\\{mark}")
    return text.strip()
