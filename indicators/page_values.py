"""Values told by the pages that evidence a point.  Pure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from statistics import median
from types import MappingProxyType
from typing import Final

from indicators.evidence_pages import identity
from indicators.partial import OVERALL, PointPart, Thing
from indicators.records import Point
from indicators.value_rules import SAMPLED, ValueKind, ValueRule
from indicators.values import Outcome, Sampled, State, Why


def of_pages(point: Point, part: PointPart, seed: str) -> Outcome | None:
    """What the pages of a point amount to, unscored; None where nothing was found.  `seed` fixes the draw."""
    assert point.value is not None
    if point.value.kind in SAMPLED:
        return _of_sample(point, part, seed)
    return _KINDS[point.value.kind](point.value, part)


def _exists(_rule: ValueRule, part: PointPart) -> Outcome | None:
    return Outcome(State.MEASURED, value=1.0) if part.best else None


def _grade(rule: ValueRule, part: PointPart) -> Outcome | None:
    seen = [place for place in range(len(rule.parts)) if part.bits >> place & 1]
    if not seen:
        return None
    return Outcome(State.MEASURED, value=rule.worth[seen[0]], parts=tuple(rule.parts[place].name for place in seen))


def _parts(rule: ValueRule, part: PointPart) -> Outcome | None:
    if not part.best or (not part.bits and not part.hosts):
        return None
    seen = tuple(each.name for place, each in enumerate(rule.parts) if part.bits >> place & 1)
    more = {} if part.lag is None else {"lag": float(max(0, part.lag))}
    return Outcome(State.MEASURED, value=len(seen) / len(rule.parts), parts=seen, more=more)


def _years(rule: ValueRule, part: PointPart) -> Outcome | None:
    if not part.hosts:
        return None
    return Outcome(State.MEASURED, value=(part.bits & (1 << rule.back) - 1).bit_count() / rule.back)


def _count(_rule: ValueRule, part: PointPart) -> Outcome | None:
    """Per host the greatest of what its lists hold, how many items have pages of their own, and what it states itself."""
    if not part.hosts:
        return None
    listed: Counter[str] = Counter()
    items: Counter[str] = Counter()
    stated: dict[str, int] = defaultdict(int)
    for _, _, host, (count, item, total) in part.things.values():
        (items if item else listed)[host] += count
        stated[host] = max(stated[host], total)
    value = sum(max(listed[host], items[host], stated[host]) for host in stated)
    more = {"counted": float(sum(max(listed[host], items[host]) for host in stated))}
    return Outcome(State.MEASURED, value=float(value), more=more | {"stated": float(sum(stated.values()))})


def _names(_rule: ValueRule, part: PointPart) -> Outcome | None:
    return Outcome(State.MEASURED, value=float(len(part.names))) if part.names else None


def _fresh(rule: ValueRule, part: PointPart) -> Outcome | None:
    """The stalest of the parts that were seen where the rule names parts; None as value where no date was read."""
    if not part.hosts:
        return None
    ages = [age for place, age in part.ages.items() if place != OVERALL] if rule.parts else []
    found = max(ages) if ages else part.ages.get(OVERALL)
    return Outcome(State.MEASURED, value=None if found is None else float(found))


def _tally(_rule: ValueRule, part: PointPart) -> Outcome | None:
    if not part.hosts:
        return None
    yes, every, waiting = (sum(numbers[at] for *_, numbers in part.things.values()) for at in range(3))
    if not every:
        return Outcome(State.UNDECIDABLE, Why.NO_BASE)
    if not waiting:
        return Outcome(State.UNDECIDABLE, Why.ONLY_ANSWERED)
    return Outcome(State.MEASURED, value=min(1.0, yes / every), more={"yes": float(yes), "every": float(every)})


def _overdue(_rule: ValueRule, part: PointPart) -> Outcome | None:
    if not part.hosts:
        return None
    if not sum(numbers[2] for *_, numbers in part.things.values()):
        return Outcome(State.UNDECIDABLE, Why.ONLY_ANSWERED)
    return Outcome(State.MEASURED, value=float(sum(numbers[0] for *_, numbers in part.things.values())))


def _number(_rule: ValueRule, part: PointPart) -> Outcome | None:
    if part.number is None:
        return Outcome(State.UNDECIDABLE, Why.NO_BASE) if part.hosts else None
    first, *rest = part.number[2]
    return Outcome(State.MEASURED, value=first, more={"rate": rest[0]} if rest else {})


def _clicks(_rule: ValueRule, part: PointPart) -> Outcome | None:
    return None if part.clicks is None else Outcome(State.MEASURED, value=float(part.clicks))


_ALONE: Final = 0.5  # one log-in only, and it says that it serves all (catalogue, 3.3.1-M02)


def _one_login(_rule: ValueRule, part: PointPart) -> Outcome | None:
    if not part.best:
        return None
    targets = Counter(name.partition(">")[2] for name in part.names)
    if targets.total() < 2:
        return Outcome(State.MEASURED, value=_ALONE)
    yes, every = max(targets.values()), targets.total()
    return Outcome(State.MEASURED, value=yes / every, more={"yes": float(yes), "every": float(every)})


_KINDS: Final[Mapping[ValueKind, Callable[[ValueRule, PointPart], Outcome | None]]] = MappingProxyType(
    {
        ValueKind.EXISTS: _exists,
        ValueKind.GRADE: _grade,
        ValueKind.PARTS: _parts,
        ValueKind.YEARS: _years,
        ValueKind.COUNT: _count,
        ValueKind.NAMES: _names,
        ValueKind.FRESHNESS: _fresh,
        ValueKind.TALLY: _tally,
        ValueKind.OVERDUE: _overdue,
        ValueKind.NUMBER: _number,
        ValueKind.CLICKS: _clicks,
        ValueKind.ONE_LOGIN: _one_login,
    }
)


def _of_sample(point: Point, part: PointPart, seed: str) -> Outcome | None:
    rule = point.value
    assert rule is not None
    if not part.things:
        return Outcome(State.UNDECIDABLE, Why.NO_BASE) if part.best else None
    base = rule.of[0] if rule.of else point.code
    drawn = sorted(part.things.items(), key=lambda pair: rank(seed, base, pair[0]))[: rule.sample]
    weight = len(part.things) / len(drawn)
    sample = tuple(Sampled(key, numbers, weight) for _, (_, key, _, numbers) in drawn)
    population = len(part.things)
    value = _value_of_sample(rule, [thing for _, thing in drawn])
    if value is None:
        return Outcome(State.UNDECIDABLE, Why.TOO_FEW, population=population, sample=sample)
    return Outcome(State.MEASURED, value=value, population=population, sample=sample)


def _value_of_sample(rule: ValueRule, drawn: list[Thing]) -> float | None:
    numbers = [each for *_, each in drawn]
    match rule.kind:
        case ValueKind.ELEMENTS:
            full = len(rule.parts) * len(numbers)
            return float(sum(seen if seen >= rule.least else 0 for (seen,) in numbers)) / full
        case ValueKind.RATIO:
            return float(sum(holds for (holds,) in numbers)) / len(numbers)
        case ValueKind.MEDIAN_DAYS:
            days = [day for each in numbers for day in each]
            return float(median(days)) if len(days) >= rule.least else None
        case _:
            legal = float(sum(each[0] for each in numbers))
            return float(sum(each[0] - min(each) for each in numbers)) / legal if legal else None


def rank(seed: str, base: str, thing: int) -> int:
    """The place of a thing in the draw: the least are drawn.  Points over the same base draw the same pages."""
    return identity(f"{seed} {base} {thing}")
