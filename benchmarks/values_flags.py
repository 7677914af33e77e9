"""How many planted errors the checks of values find, and how many sound values they flag: `caifeng values check`, measured.

    .venv/bin/python benchmarks/values_flags.py ROUND [--errors 200] [--seed 1]

Takes the values of a stored round (of a rehearsal, say: `benchmarks/values_truth.py` leaves one) as this quarter's, and a
copy with the chance of three months as the last one's.  Errors are planted one at a time in a measured value: a count ten
times too great or small, a share turned round, a thing that vanished, the fourth standard above the third, a count far
from the site's own.  Prints the share found per kind of error, by which checks, and flags per thousand sound values.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from indicators.flags import AT_MOST, PART_OF, Checked, flags
from indicators.value_rules import ValueKind
from indicators.values import State
from pipelines.store.reader import RoundReader
from rounds import life, services
from rounds.verify import checked_values

Plant = Callable[[Checked, Mapping[tuple[str, str], Checked]], Checked | None]
SHARES = frozenset({ValueKind.PARTS, ValueKind.ELEMENTS, ValueKind.RATIO})


def _times(factor: float) -> Plant:
    def plant(each: Checked, _known: Mapping[tuple[str, str], Checked]) -> Checked | None:
        if each.kind is not ValueKind.COUNT or not each.value or each.value < 2:
            return None
        return replace(each, value=float(round(each.value * factor)), counted=each.counted * factor)

    return plant


def _turned(each: Checked, _known: Mapping[tuple[str, str], Checked]) -> Checked | None:
    if each.kind not in SHARES or each.value is None or abs(each.value - 0.5) < 0.25:
        return None
    return replace(each, value=1 - each.value)


def _vanished(each: Checked, _known: Mapping[tuple[str, str], Checked]) -> Checked | None:
    return replace(each, state=State.ABSENT, value=0.0) if each.value and each.code in set(PART_OF.values()) else None


def _above(each: Checked, known: Mapping[tuple[str, str], Checked]) -> Checked | None:
    more = known.get((each.unit, AT_MOST.get(each.code, "")))
    if more is None or more.value is None or more.value >= 0.95:
        return None
    return replace(each, value=min(1.0, more.value + 0.1))


def _misread(each: Checked, _known: Mapping[tuple[str, str], Checked]) -> Checked | None:
    if each.kind is not ValueKind.COUNT or not each.value or each.value < 5:
        return None
    return replace(each, counted=each.value, stated=each.value * 12)


PLANTS: dict[str, Plant] = {
    "ten times too many": _times(10),
    "a tenth": _times(0.1),
    "share turned round": _turned,
    "thing vanished": _vanished,
    "fourth standard above the third": _above,
    "far from the site's own count": _misread,
}


def _last(values: list[Checked], chance: random.Random) -> list[Checked]:
    """The quarter before: counts a fifth less or more, shares a twentieth, now and then a thing not there yet."""
    found = []
    for each in values:
        if each.value is None or each.state is not State.MEASURED:
            found.append(each)
        elif each.kind is ValueKind.COUNT:
            found.append(replace(each, value=float(round(each.value * chance.uniform(0.8, 1.2)))))
        elif each.kind in SHARES:
            found.append(replace(each, value=min(1.0, max(0.0, each.value + chance.uniform(-0.05, 0.05)))))
        else:
            found.append(each)
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("round")
    parser.add_argument("--errors", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    here, chance = services.ensure(), random.Random(args.seed)
    with life.store(here) as database:
        values = list(checked_values(RoundReader(database, args.round, url=here.mongo_url)))
    before = _last(values, chance)
    known = {(each.unit, each.code): each for each in values}
    sound = {(flag.unit, flag.code, flag.kind) for flag in flags(values, before=before, before_name="last")}
    measured = sum(each.state is State.MEASURED for each in values)
    print(
        f"{args.round}: {len(values)} values, {measured} measured; flags on sound values {1000 * len(sound) / len(values):.1f} per 1,000"
    )
    tried: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    by: dict[str, Counter[str]] = defaultdict(Counter)
    for name, plant in PLANTS.items():
        places = [place for place, each in enumerate(values) if each.state is State.MEASURED and plant(each, known)]
        for place in chance.sample(places, min(len(places), args.errors // len(PLANTS))):
            wrong = plant(values[place], known)
            assert wrong is not None
            changed = [*values[:place], wrong, *values[place + 1 :]]
            new = [
                flag
                for flag in flags(changed, before=before, before_name="last")
                if (flag.unit, flag.code, flag.kind) not in sound and flag.unit == wrong.unit
            ]
            tried[name] += 1
            caught[name] += bool(new)
            by[name].update({str(flag.kind) for flag in new})
    for name in PLANTS:
        share = caught[name] / tried[name] if tried[name] else 0.0
        print(f"  {name:34} {caught[name]:3}/{tried[name]:3}  {share:.2f}  {dict(by[name])}")
    print(f"  all {sum(caught.values())}/{tried.total()}  {sum(caught.values()) / max(1, tried.total()):.2f}")


if __name__ == "__main__":
    main()
