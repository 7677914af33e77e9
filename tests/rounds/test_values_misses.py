"""The page of misses is what its command writes, and no miss goes without a cause."""

from __future__ import annotations

from pathlib import Path

from benchmarks import values_misses

ROUND = {
    "seed": 9, "units": 2, "day": "2026-12-01", "pairs": 100,
    "misses": [["990001", "1.1.3-M09", "16", "17"], ["990002", "1.1.3-M09", "16", "18"]],
}  # fmt: skip
KNOWN = {"1.1.3-M09": values_misses.Cause("matcher", "a reason")}


def test_the_page_is_what_its_command_writes() -> None:
    """Kept misses, causes and page belong together."""
    rounds, known = values_misses.kept(), values_misses.causes()
    assert values_misses.unexplained(rounds, known) == []
    assert values_misses.PAGE.read_text(encoding="utf-8") == values_misses.document(rounds, known)


def test_a_miss_without_a_cause_is_told() -> None:
    """So is a cause at a step that there is not."""
    assert values_misses.unexplained([ROUND], KNOWN) == []
    assert len(values_misses.unexplained([ROUND], {})) == 2
    assert values_misses.unexplained([], {"1.1.3-M09": values_misses.Cause("elsewhere", "")}) != []


def test_every_miss_stands_on_the_page_and_is_counted_by_point() -> None:
    """Value and truth of each, the number of each point, and the share of all pairs."""
    page = values_misses.document([ROUND], KNOWN)
    assert "98.00 %" in page
    assert f"| 1.1.3-M09 | 2 | {values_misses.AT['matcher']} | a reason |" in page
    assert "| 9 | 990002 | 1.1.3-M09 | 18 | 16 |" in page


def test_a_round_takes_the_place_of_its_seeds_earlier_one(tmp_path: Path) -> None:
    """Others stay, in the order of their seeds."""
    path = tmp_path / "kept.jsonl"
    for seed, pairs in ((9, 100), (3, 50), (9, 200)):
        values_misses.keep(ROUND | {"seed": seed, "pairs": pairs}, path)
    assert [(one["seed"], one["pairs"]) for one in values_misses.kept(path)] == [(3, 50), (9, 200)]
