"""What the verdicts reach on the saved pages and messages, and the floors under it.

`python -m tests.cleaning.verdict_floors --raise` writes higher floors after an improvement; a floor is lowered by hand
only, with the reason in the commit.
"""

import importlib
import json
import sys
from pathlib import Path

from cleaning.read import read
from cleaning.verdict import judge

ROOT = Path(__file__).parents[2]
FLOORS = Path(__file__).with_name("verdict_floors.json")
HALVES = ("development", "held-out")
MEASURES = (
    "relevance recall: government service → kept",
    "relevance precision: kept → government service",
    "not government service → not kept",
    "harmful or ad falsely (government pages): absent",
    "false hidden-link findings absent (government pages)",
    "hidden link farm: harmful, with a finding",
    "messages: spam → ad or harmful (recall)",
    "messages: ad or harmful → spam (precision)",
    "messages, normal → neither",
    "messages, citizens' letters → neither",
    "citizens' letters on an official host → kept",
)
INJECTED = "hidden links put into saved pages: found"
LAWFUL = "saved pages about lotteries, gambling, fraud: not harmful"
CLEAN = "clean saved pages: no finding"
EVERY = 8  # every eighth page is given hidden links here; benchmarks/harm.py takes them all


def measure() -> dict[str, dict[str, float]]:
    """Shares by half and measure, and those of harm over both halves."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        quality, harm = importlib.import_module("cleaning_quality"), importlib.import_module("harm")
    finally:
        sys.path.pop(0)
    found: dict[str, dict[str, float]] = {}
    for half in HALVES:
        wanted = half == "development"
        counts = quality.Counts(errors=False)
        for row in quality.lines(quality.DATA / "index.jsonl"):
            if quality.development(row["site"]) == wanted:
                body = (quality.DATA / row["file"]).read_bytes()
                page = read(body, row["url"]) if row["file"].endswith(".html") else quality.bare(body.decode("utf-8"))
                quality.page_measures(row, page, judge(page), counts)
        quality.message_measures(quality.DATA, lambda text, wanted=wanted: quality.development(text) == wanted, counts)
        found[half] = {name: counts.hits[name] / counts.trials[name] for name in MEASURES}
    counts = quality.Counts(errors=False)
    harm.saved_measures(quality.DATA, counts, every=EVERY)
    found["harm"] = {name: counts.hits[name] / counts.trials[name] for name in (INJECTED, LAWFUL, CLEAN)}
    return found


def _raise() -> None:
    floors = json.loads(FLOORS.read_text("utf-8")) if FLOORS.exists() else {}
    for part, shares in measure().items():
        held = floors.setdefault(part, {})
        for name, share in shares.items():
            held[name] = max(held.get(name, 0.0), int(share * 1000) / 1000)
    FLOORS.write_text(json.dumps(floors, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    _raise() if sys.argv[1:] == ["--raise"] else sys.stdout.write(json.dumps(measure(), indent=2, ensure_ascii=False))
