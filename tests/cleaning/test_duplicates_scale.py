"""Settling many pages: the join must not compare all pairs."""

import random

from cleaning.duplicates import Candidate, settle
from tests.cleaning.judged import calls


def pages(count: int) -> list[Candidate]:
    """Pages without numbers and with random simhashes: every bucket is as full as it gets."""
    rng = random.Random(1)
    return [
        Candidate(
            str(n), ("1",), "x.gov.cn", 1, f"t{n}", rng.getrandbits(64) or 1, "none", f"s{n}", "html", eligible=True
        )
        for n in range(count)
    ]


def test_cost_is_far_from_all_pairs() -> None:
    """Eight times the pages make nothing like sixty-four times the calls."""
    few, many = pages(1_000), pages(8_000)
    assert calls(lambda: settle(many, set)) <= 14 * calls(lambda: settle(few, set))
