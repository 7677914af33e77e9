"""What was measured, in words: on one page, of one drawn page, and the two numbers a share is made of."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from console.cli.amounts import measured, number
from indicators.measurement import Measurement, from_document
from indicators.records import Point
from indicators.value_rules import SAMPLED, ValueKind, ValueRule
from indicators.values import State

DIVISION: Final = frozenset({"yes", "every"})  # what else was measured, and `division` tells
_NAMED: Final = 8  # parts, names and days of one page that are told
_HOLDS: Final = {True: "达到", False: "没有"}


def of_tag(point: Point, tag: Mapping[str, Any], depth: int) -> str:
    """What a page that was tagged gives for the point, `depth` clicks away; of a page of the base, that it is one."""
    assert point.value is not None
    if point.value.kind is ValueKind.CLICKS:
        return f"点 {depth} 次"
    if tag["code"] != point.code:
        return f"底数（{tag['code']}）"
    by_kind = _OF_PAGES.get(point.value.kind)
    return by_kind(point, point.value, from_document(tag.get("measured", {}))) if by_kind else ""


def of_drawn(point: Point, observation: Sequence[float]) -> str:
    """What was seen of one page of the sample."""
    assert point.value is not None
    match point.value.kind:
        case ValueKind.RATIO:
            return _HOLDS[bool(observation[0])]
        case ValueKind.ELEMENTS:
            return f"{number(observation[0])} ÷ {len(point.value.parts)} 项"
        case ValueKind.SAVED:
            return _limits(observation)
        case _:
            return _days(observation)


def division(point: Point, value: Mapping[str, Any], sample: Sequence[Mapping[str, Any]]) -> str:
    """Numerator and denominator of a measured share; empty where the value is none, or a mean of shares."""
    assert point.value is not None
    if value["state"] != State.MEASURED or value["value"] is None:
        return ""
    if point.value.kind in SAMPLED:
        by_kind = _OF_SAMPLES.get(point.value.kind)
        return by_kind(point.value, [each["observation"] for each in sample]) if by_kind else ""
    if point.value.kind is ValueKind.PARTS:
        return f"{len(value['parts'])} ÷ {len(point.value.parts)}"
    if point.value.kind is ValueKind.YEARS:
        return f"{round(value['value'] * point.value.back)} ÷ {point.value.back} 年"
    more = value["more"]
    return f"{number(more['yes'])} ÷ {number(more['every'])}" if "every" in more else ""


Seen = Sequence[Sequence[float]]
"""The numbers of each page drawn."""


def _elements(rule: ValueRule, seen: Seen) -> str:
    met = sum(each[0] for each in seen if each[0] >= rule.least)
    return f"{number(met)} ÷ {len(rule.parts) * len(seen):,}（{len(seen):,} 页，每页 {len(rule.parts)} 项）"


def _ratio(_rule: ValueRule, seen: Seen) -> str:
    return f"{number(sum(each[0] for each in seen))} ÷ {len(seen):,} 页"


def _saved(_rule: ValueRule, seen: Seen) -> str:
    saved, legal = sum(each[0] - min(each) for each in seen), sum(each[0] for each in seen)
    return f"{number(saved)} ÷ {number(legal)}（压缩的 ÷ 法定的）"


_OF_SAMPLES: Final[Mapping[ValueKind, Callable[[ValueRule, Seen], str]]] = {
    ValueKind.ELEMENTS: _elements,
    ValueKind.RATIO: _ratio,
    ValueKind.SAVED: _saved,
}


def _numbers(point: Point, _rule: ValueRule, found: Measurement) -> str:
    if not found.numbers:
        return "没读到数"
    rate = "".join(f"，办结率 {number(each)} %" for each in found.numbers[1:])
    return f"{measured(found.numbers[0], point.unit)}{rate}{'（写明是总的）' if found.whole else ''}"


def _counted(point: Point, _rule: ValueRule, found: Measurement) -> str:
    stated = f"，网站自报 {found.total:,}" if found.total else ""
    return f"{measured(float(found.count), point.unit)}{stated}"


def _dated(_point: Point, rule: ValueRule, found: Measurement) -> str:
    age = "没读到日期" if found.age is None else f"最近的在 {found.age:,} 天前"
    return "，".join((*_parts(rule, found), age))


def _shown(_point: Point, rule: ValueRule, found: Measurement) -> str:
    return _few(_parts(rule, found)) or "没有要看的部分"


_OF_PAGES: Final[Mapping[ValueKind, Callable[[Point, ValueRule, Measurement], str]]] = {
    ValueKind.NUMBER: _numbers,
    ValueKind.SAVED: lambda _point, _rule, found: _limits(found.numbers) if found.numbers else "没读到数",
    ValueKind.COUNT: _counted,
    ValueKind.FRESHNESS: _dated,
    ValueKind.GRADE: _shown,
    ValueKind.PARTS: _shown,
    ValueKind.ELEMENTS: _shown,
    ValueKind.YEARS: lambda _point, _rule, found: f"{found.years.bit_count()} 个年份",
    ValueKind.TALLY: lambda _point, _rule, found: f"{found.yes:,} ÷ {found.every:,}",
    ValueKind.OVERDUE: lambda _point, _rule, found: f"超期 {found.yes:,}，在办 {found.open:,}",
    ValueKind.MEDIAN_DAYS: lambda _point, _rule, found: _days(found.days),
    ValueKind.NAMES: lambda _point, _rule, found: _few(found.names),
    ValueKind.ONE_LOGIN: lambda _point, _rule, found: _few(found.names),
    ValueKind.RATIO: lambda _point, _rule, found: _HOLDS[found.holds],
    ValueKind.EXISTS: lambda _point, _rule, _found: "有",
}


def _parts(rule: ValueRule, found: Measurement) -> list[str]:
    return [part.name for place, part in enumerate(rule.parts) if found.parts >> place & 1]


def _limits(days: Sequence[float]) -> str:
    return f"法定 {number(days[0])}，承诺 {number(days[-1])}"


def _days(days: Iterable[float]) -> str:
    told = [number(day) for day in days]
    return f"{_few(told)} 个工作日" if told else "没读到日期"


def _few(names: Sequence[str]) -> str:
    more = f" 等 {len(names)} 个" if len(names) > _NAMED else ""
    return f"{'、'.join(names[:_NAMED])}{more}"
