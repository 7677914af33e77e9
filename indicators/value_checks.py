"""Whether a point's value and score rules fit the point: its measure, its role, its neighbours in the catalogue."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from indicators.errors import CatalogueError
from indicators.records import PageRole, Point
from indicators.value_rules import FROM_ELSEWHERE, FROM_SITES, ScoreKind, ValueKind

_ELSEWHERE: Final = frozenset({ValueKind.PROBE, ValueKind.CHANNEL})
_KINDS: Final[Mapping[str, frozenset[ValueKind]]] = MappingProxyType(
    {
        "有无": frozenset({ValueKind.EXISTS, ValueKind.GRADE, ValueKind.PARTS, ValueKind.OVERDUE}) | _ELSEWHERE,
        "数据量": frozenset({ValueKind.COUNT, ValueKind.NAMES, ValueKind.NUMBER, ValueKind.CLICKS}) | _ELSEWHERE,
        "数据集合度": frozenset({ValueKind.PARTS, ValueKind.ELEMENTS, ValueKind.YEARS}) | _ELSEWHERE,
        "时效": frozenset({ValueKind.FRESHNESS}) | _ELSEWHERE,
        "比率": frozenset({ValueKind.PARTS, ValueKind.RATIO, ValueKind.TALLY, ValueKind.SAVED, ValueKind.ONE_LOGIN})
        | FROM_SITES
        | _ELSEWHERE,
        "时长": frozenset({ValueKind.MEDIAN_DAYS, ValueKind.NUMBER}) | _ELSEWHERE,
    }
)
_SCORES: Final[Mapping[ScoreKind, frozenset[ValueKind]]] = MappingProxyType(
    {
        ScoreKind.BOOLEAN: frozenset({ValueKind.EXISTS}) | _ELSEWHERE,
        ScoreKind.GRADE: frozenset({ValueKind.GRADE}) | _ELSEWHERE,
        ScoreKind.VOLUME: frozenset({ValueKind.COUNT, ValueKind.NAMES}) | _ELSEWHERE,
        ScoreKind.SUM: frozenset({ValueKind.NUMBER, ValueKind.PARTS}),
    }
)
# What only a person at a browser, or another medium, can tell; everything else is measured from what was collected.
_PROBED: Final = frozenset({"interactive-probe"})
_HEARD: Final = frozenset({"social-feed", "serp"})


def check_values(file: str, point: Point) -> None:
    """Raises CatalogueError where a machine point cannot be valued or scored, or a rule fits neither measure nor role."""
    if not point.by_machine:
        if point.value or point.score:
            raise CatalogueError(file, point.code, "a manual point has no [point.value] and no [point.score]")
        return
    if point.value is None or point.score is None:
        raise CatalogueError(file, point.code, "a machine point needs [point.value] and [point.score]")
    kind = point.value.kind
    if kind not in _KINDS[point.measure]:
        fitting = ", ".join(sorted(_KINDS[point.measure]))
        raise CatalogueError(file, point.code, f"value.kind {kind} does not measure {point.measure}: {fitting} do")
    if kind not in _SCORES.get(point.score.kind, frozenset(ValueKind)):
        raise CatalogueError(file, point.code, f"score.kind {point.score.kind} cannot score a value of kind {kind}")
    if kind is ValueKind.CHANNEL and point.method not in _HEARD:
        raise CatalogueError(file, point.code, f"value.kind channel, yet its method is {point.method}")
    if kind is ValueKind.PROBE and point.method not in _PROBED and point.channel != "probe":
        raise CatalogueError(file, point.code, f"value.kind probe, yet its method is {point.method}")
    from_pages = kind not in FROM_ELSEWHERE | FROM_SITES and kind is not ValueKind.CLICKS
    if from_pages and point.page_role is PageRole.NONE:
        raise CatalogueError(file, point.code, f"value.kind {kind} needs tagged pages, yet page_role is none")


def check_bases(points: Mapping[str, Point]) -> None:
    """Raises CatalogueError where a base (`of`) is no point that pages are tagged for."""
    for point in points.values():
        for code in point.value.of if point.value else ():
            if code not in points or points[code].page_role is PageRole.NONE:
                raise CatalogueError("catalogue", point.code, f"value.of names {code}, for which no page is tagged")
