"""Every miss of the rehearsal rounds held against the truth, with its cause: makes or checks docs/values-misses.md.

    .venv/bin/python benchmarks/values_misses.py            # writes the page
    .venv/bin/python benchmarks/values_misses.py --check    # fails where it is not what this would write

`values_truth.py --keep` keeps a round's misses in `values_misses.jsonl`; what they come of stands in `values_causes.toml`,
point by point.  A miss without a cause is an error: nothing is written then.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

HERE: Final = Path(__file__).resolve().parent
KEPT: Final = HERE / "values_misses.jsonl"
CAUSES: Final = HERE / "values_causes.toml"
PAGE: Final = HERE.parent / "docs" / "values-misses.md"
AT: Final = {
    "collector": "the collector did not reach it",
    "reading": "the page is read wrongly",
    "matcher": "a rule of the point",
    "aggregation": "how pages are folded into the value",
    "truth": "the truth says too little",
}


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a point misses: at which step, and what happens there."""

    at: str
    why: str


def kept(path: Path = KEPT) -> list[dict[str, Any]]:
    """The rounds kept, by seed."""
    lines = path.read_bytes().splitlines() if path.exists() else []
    return sorted((orjson.loads(line) for line in lines), key=lambda one: int(one["seed"]))


def keep(found: Mapping[str, Any], path: Path = KEPT) -> None:
    """Keep a round in place of an earlier one of the same seed."""
    rounds = [one for one in kept(path) if one["seed"] != found["seed"]] + [dict(found)]
    rounds.sort(key=lambda one: int(one["seed"]))
    path.write_bytes(b"".join(orjson.dumps(one) + b"\n" for one in rounds))


def causes(path: Path = CAUSES) -> dict[str, Cause]:
    """By point."""
    listed = tomllib.loads(path.read_text(encoding="utf-8")).get("cause", [])
    return {point: Cause(one["at"], one["why"]) for one in listed for point in one["points"]}


def unexplained(rounds: Iterable[Mapping[str, Any]], known: Mapping[str, Cause]) -> list[str]:
    """Misses that no cause is known of, and causes of a step there is not."""
    misses = [
        f"seed {one['seed']}: {unit} {point}"
        for one in rounds
        for unit, point, *_ in one["misses"]
        if point not in known
    ]
    return misses + [f"{point}: no step {cause.at}" for point, cause in known.items() if cause.at not in AT]


def document(rounds: Sequence[Mapping[str, Any]], known: Mapping[str, Cause]) -> str:
    """The page."""
    pairs = sum(one["pairs"] for one in rounds)
    misses = [(one["seed"], *miss) for one in rounds for miss in one["misses"]]
    by_point = Counter(point for _, _, point, *_ in misses)
    share = f"{100 * (1 - len(misses) / pairs):.2f} %" if pairs else "nothing"
    lines = [
        "# Misses of the values",
        "",
        "Made by `benchmarks/values_misses.py`. How pairs are compared: [values.md](values.md#held-against-the-truth).",
        "",
        f"{len(rounds)} rehearsal rounds, {pairs:,} pairs of unit and point, {share} equal; each of the {len(misses)} misses has its cause.",
        "",
        "| seed | units | day | pairs | misses | equal |",
        "|---|---|---|---|---|---|",
        *(
            f"| {one['seed']} | {one['units']} | {one['day']} | {one['pairs']:,} | {len(one['misses'])} | {1 - len(one['misses']) / one['pairs']:.4f} |"
            for one in rounds
        ),
        "",
        "## By point",
        "",
        "| point | misses | at | cause |",
        "|---|---|---|---|",
        *(
            f"| {point} | {number} | {AT[known[point].at]} | {known[point].why} |"
            for point, number in sorted(by_point.items())
        ),
        "",
        "## Each",
        "",
        "| seed | unit | point | value | truth |",
        "|---|---|---|---|---|",
        *(f"| {seed} | {unit} | {point} | {value} | {true} |" for seed, unit, point, true, value in sorted(misses)),
        "",
    ]
    return "\n".join(lines)


def main() -> int:
    """Write or check the page; the code to end with."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    rounds, known = kept(), causes()
    missing = unexplained(rounds, known)
    if missing:
        print("\n".join(["no cause known of:", *missing]), file=sys.stderr)
        return 1
    page = document(rounds, known)
    if not args.check:
        PAGE.write_text(page, encoding="utf-8")
    elif PAGE.read_text(encoding="utf-8") != page:
        print(f"{PAGE.name} is not what benchmarks/values_misses.py writes", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
