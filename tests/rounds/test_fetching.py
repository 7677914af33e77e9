"""What share of each unit was had, and who refused."""

from __future__ import annotations

from crawler.frontier.contract import Counts
from rounds.fetching import rates
from tests.crawler.sites.crawling import plan_of


def test_rates_tell_failures_refusals_and_robots_apart() -> None:
    """Success leaves out what was never asked for; the collection rate leaves out nothing."""
    plan = plan_of("R", 80, "a.test", "b.test")
    counts = {
        "a.test": Counts(found=100, stored=60, failed=15, skipped=15, quarantined=0, queued=10),
        "b.test": Counts(found=20, stored=19, failed=0, skipped=0, quarantined=1),
    }
    reasons = {"a.test": {"forbidden": 8, "throttled": 2, "timeout": 5, "robots": 10}, "b.test": {"poison": 1}}
    (unit,) = rates(plan, counts, reasons)
    assert (unit.stored, unit.refused, unit.failed, unit.barred, unit.waiting) == (79, 10, 6, 10, 10)
    assert unit.success == 79 / 95
    assert unit.barred_share == 10 / 105
    assert unit.collected == 79 / 115


def test_nothing_asked_for_has_no_rate() -> None:
    """A unit whose hosts were not reached yet is told apart from one that gave nothing."""
    (unit,) = rates(plan_of("R", 80, "a.test"), {}, {})
    assert unit.success is unit.barred_share is unit.collected is None
