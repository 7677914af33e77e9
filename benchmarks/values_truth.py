"""A rehearsal round's values against the truth: the share of (unit, point) pairs that are equal, and every miss.

    .venv/bin/python benchmarks/values_truth.py [--seed 1] [--units 20] [--pages 5800] [--workers 2] [--round NAME] [--keep]

Crawls a rehearsal web of that size as `caifeng demo` does, works its values out, and compares them with what
`python -m rehearsal truth --values` says for the day of the crawl.  `--round` compares a round that stands already (of a
demo with the same seed, units and pages) instead.  `--keep` keeps the misses for `values_misses.py`.  Twenty units take some five minutes on two quiet cores.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
from collections import defaultdict
from datetime import UTC, date, datetime
from pathlib import Path

import orjson

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.values_misses import keep  # noqa: E402  the folder is put on the path first
from indicators.tagging import day_of_collection  # noqa: E402  the folder is put on the path first
from pipelines.store.reader import RoundReader  # noqa: E402
from rounds import life, services  # noqa: E402
from rounds.demo import demonstrate  # noqa: E402
from rounds.true_values import Miss, ValueComparison, compare_values  # noqa: E402
from rounds.values import bring_up  # noqa: E402


def truth(args: argparse.Namespace, *more: str) -> list[dict[str, object]]:
    """Lines of the rehearsal's truth."""
    size = ["--seed", str(args.seed), "--units", str(args.units), "--pages", str(args.pages)]
    command = [sys.executable, "-m", "rehearsal", "truth", *size, *more]
    printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    return [orjson.loads(line) for line in printed.splitlines()]


def compared(args: argparse.Namespace, here: services.Services, name: str) -> tuple[ValueComparison, date]:
    """The round's values against the truth for the day it was crawled, and that day."""
    record = life.get(here, name)
    bring_up(here, record, finished=True, now=datetime.now(UTC))
    with life.store(here) as database:
        reader = RoundReader(database, name, url=here.mongo_url)
        on = max(day_of_collection(page["fetched_at"]) for page in reader.pages(fields=("fetched_at",)))
        pages = truth(args)
        aliases = {alias: str(page["url"]) for page in pages for alias in page["aliases"]}  # type: ignore[attr-defined]
        lines = truth(args, "--values", "--on", on.isoformat())
        return compare_values(lines, reader.values.find(), reader.values.samples(), aliases), on


def main() -> None:
    """Print the share and the misses by point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--units", type=int, default=20)
    parser.add_argument("--pages", type=int, default=5_800)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--round", default="")
    parser.add_argument("--keep", action="store_true")
    args = parser.parse_args()
    here, name = services.ensure(), args.round
    if not name:
        size = {"units": args.units, "pages": args.pages}
        report = asyncio.run(
            demonstrate(
                here,
                args.seed,
                workers=args.workers,
                report=lambda _: None,
                step=lambda text: print(text, flush=True),
                **size,
            )
        )
        name = report.round_name
        print(
            f"crawl: {report.comparison.stored} of {report.comparison.truth} pages, {len(report.comparison.missing)} missing"
        )
    found, on = compared(args, here, name)
    print(f"{name}: {found.pairs} pairs, {len(found.misses)} misses, equal {found.equal:.4f}")
    if args.keep:
        misses = [[miss.unit, miss.point, miss.true, miss.found] for miss in found.misses]
        keep({"seed": args.seed, "units": args.units, "day": on.isoformat(), "pairs": found.pairs, "misses": misses})
    by_point: dict[str, list[Miss]] = defaultdict(list)
    for miss in found.misses:
        by_point[miss.point].append(miss)
    for point, misses in sorted(by_point.items()):
        shown = "; ".join(f"{miss.unit}: {miss.true} ≠ {miss.found}" for miss in misses[:3])
        print(f"  {point}  {len(misses):3} units  {shown}")


if __name__ == "__main__":
    main()
