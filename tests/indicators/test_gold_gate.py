"""Agreement with hand-labelled real pages never falls below the floors, and the floors only rise.

`python -m tests.indicators.gold --raise` writes higher floors after an improvement; a floor is lowered by hand only,
with the reason in the commit.
"""

import json

import pytest

from indicators.evidence import Strength
from tests.indicators import gold

FLOORS = json.loads(gold.FLOORS.read_text())


@pytest.fixture(scope="module")
def measured() -> dict[str, dict[Strength, gold.Score]]:
    if not gold.present():
        pytest.skip("the hand-labelled pages (../shared/data/points_gold.jsonl) are not on this machine: GATE NOT RUN")
    return {name: gold.measure(development=name == "development") for name in gold.HALVES}


@pytest.mark.parametrize("half", gold.HALVES)
@pytest.mark.parametrize("strength", list(Strength))
def test_agreement_holds(measured, half: str, strength: Strength) -> None:
    """Precision, recall and F1 of each half and strength stand at or above their floors."""
    figures = dict(zip(("precision", "recall", "f1"), measured[half][strength].micro(), strict=True))
    below = {name: (figures[name], floor) for name, floor in FLOORS[half][strength].items() if figures[name] < floor}
    assert not below, f"{half} {strength}: (measured, floor) {below}"


def test_the_halves_share_no_site() -> None:
    """No site is in both halves, and together they hold every labelled page."""
    if not gold.present():
        pytest.skip("the hand-labelled pages (../shared/data/points_gold.jsonl) are not on this machine")
    first, second = (gold.half(development=side) for side in (True, False))
    assert not {page.site for page in first} & {page.site for page in second}
    assert len(first) + len(second) == len(gold.pages())


def test_every_error_has_its_reason() -> None:
    """What disagrees with the labels stands in known_errors.toml, and what stands there still disagrees."""
    if not gold.present():
        pytest.skip(
            "the hand-labelled pages (../shared/data/points_gold.jsonl) are not on this machine: ERRORS NOT COMPARED"
        )
    assert gold.errors() == sorted(gold.known())


def test_the_page_of_quality_is_up_to_date() -> None:
    """`python -m tests.indicators.gold --page` was run after the last change of a rule."""
    if not gold.present():
        pytest.skip(
            "the hand-labelled pages (../shared/data/points_gold.jsonl) are not on this machine: PAGE NOT COMPARED"
        )
    assert gold.PAGE.read_text() == gold.quality_page()
