"""Partials as plain lists and numbers, to be kept between two workings-out of a round."""

from typing import Any

from indicators.partial import Partial, PointPart, Rules


def to_plain(whole: Partial) -> dict[str, Any]:
    """Only what JSON can hold; sorted, so that the same partial always gives the same text."""
    return {
        "catalogue": whole.rules.version,
        "points": {code: _part_to_plain(part) for code, part in sorted(whole.points.items())},
        "sites": [[which, host, bits] for which, (host, bits) in sorted(whole.sites.items())],
    }


def from_plain(rules: Rules, plain: dict[str, Any]) -> Partial:
    """The way back, under the rules it was made by."""
    whole = Partial(rules)
    whole.points = {code: _part_from_plain(part) for code, part in plain["points"].items()}
    whole.sites = {which: (host, bits) for which, host, bits in plain["sites"]}
    return whole


def _part_to_plain(part: PointPart) -> list[Any]:
    return [
        part.best,
        part.bits,
        sorted(part.ages.items()),
        part.lag,
        part.clicks,
        part.number,
        sorted(part.names),
        sorted(part.hosts),
        [[which, *thing] for which, thing in sorted(part.things.items())],
    ]


def _part_from_plain(plain: list[Any]) -> PointPart:
    best, bits, ages, lag, clicks, number, names, hosts, things = plain
    return PointPart(
        best=[(entry, doubt, depth, key) for entry, doubt, depth, key in best],
        bits=bits,
        ages=dict(ages),
        lag=lag,
        clicks=clicks,
        number=None if number is None else (number[0], number[1], tuple(number[2]), number[3]),
        names=set(names),
        things={which: (copy, key, host, tuple(numbers)) for which, copy, key, host, numbers in things},
        hosts=set(hosts),
    )
