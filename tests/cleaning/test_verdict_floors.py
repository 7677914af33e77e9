"""The gate of the verdicts: shares on the labelled pages and messages never fall below floors that only rise."""

import json

import pytest

from tests.cleaning import saved_pages, verdict_floors

FLOORS = json.loads(verdict_floors.FLOORS.read_text("utf-8"))
# What a city would lose a point by, or be slandered with: nothing but the whole is good enough.
WHOLE = (verdict_floors.INJECTED, verdict_floors.LAWFUL, verdict_floors.CLEAN)


@pytest.fixture(scope="module")
def measured() -> dict[str, dict[str, float]]:
    saved_pages.rows()
    return verdict_floors.measure()


@pytest.mark.parametrize("part", [*verdict_floors.HALVES, "harm"])
def test_every_share_stands_at_its_floor(measured: dict[str, dict[str, float]], part: str) -> None:
    """Relevance, harm and messages of both halves."""
    below = {
        name: (measured[part][name], floor) for name, floor in FLOORS[part].items() if measured[part][name] < floor
    }
    assert not below, f"{part}: (measured, floor) {below}"


def test_the_floors_hold_what_is_promised() -> None:
    """No floor was lowered under the aims: all hidden links, no lawful page harmful, relevance and messages at 0.95."""
    assert all(FLOORS["harm"][name] == 1.0 for name in WHOLE)
    for half in verdict_floors.HALVES:
        assert set(FLOORS[half]) == set(verdict_floors.MEASURES)
        assert FLOORS[half]["relevance recall: government service → kept"] >= 0.95
        assert FLOORS[half]["relevance precision: kept → government service"] >= 0.95
        assert FLOORS[half]["messages: spam → ad or harmful (recall)"] >= 0.95
        assert FLOORS[half]["messages: ad or harmful → spam (precision)"] >= 0.97
