"""Figures of judgement on the labelled real pages and messages, half by half, and the floors they must not fall below.

    .venv/bin/python -m tests.cleaning.quality --raise        # writes higher floors where the figures allow it

The measures are those of `benchmarks/cleaning_quality.py`, which prints them with intervals and says how the halves are
split.
"""

import json
import sys
from pathlib import Path

from benchmarks import cleaning_quality as labelled
from cleaning.read import read
from cleaning.verdict import judge

FLOORS = Path(__file__).with_name("floors.json")
HALVES = ("development", "held-out")
_PARTS = 1000  # floors are kept in thousandths, rounded down


def present() -> bool:
    """Whether the labelled pages are on this machine."""
    return (labelled.DATA / "index.jsonl").is_file()


def measure(half: str) -> dict[str, float]:
    """Share of right answers by measure; nothing is printed of single pages."""
    counts = labelled.Counts(errors=False)
    wanted = half == "development"
    rows = [row for row in labelled.lines(labelled.DATA / "index.jsonl") if labelled.development(row["site"]) == wanted]
    pages = [(row, (labelled.DATA / row["file"]).read_bytes()) for row in rows]
    for row, body in pages:
        page = read(body, row["url"]) if row["file"].endswith(".html") else labelled.bare(body.decode("utf-8"))
        labelled.page_measures(row, page, judge(page), counts)
    labelled.transplant_measures(pages, counts)
    labelled.message_measures(labelled.DATA, lambda text: labelled.development(text) == wanted, counts)
    return {name: counts.hits[name] / of for name, of in counts.trials.items()}


def raise_floors() -> None:
    """Write what is measured wherever it is above the floor; new measures get theirs."""
    floors: dict[str, dict[str, float]] = json.loads(FLOORS.read_text("utf-8")) if FLOORS.exists() else {}
    for half in HALVES:
        held = floors.setdefault(half, {})
        for name, share in measure(half).items():
            held[name] = max(held.get(name, 0.0), int(share * _PARTS) / _PARTS)
    FLOORS.write_text(json.dumps(floors, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--raise"]:
        raise SystemExit("usage: python -m tests.cleaning.quality --raise")
    raise_floors()
