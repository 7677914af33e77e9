"""Rates, time left and hosts done, from counters alone."""

from crawler.frontier.contract import Counts, Waiting
from rounds.progress import (
    Sample,
    Track,
    add_up,
    ended,
    fullest_hosts,
    hosts_done,
    pace_of,
    rate,
    remaining,
    seconds_left,
)


def sample(at: float, *, stored: int, queued: int, hosts: dict[str, Counts] | None = None) -> Sample:
    """A sample whose ledger closes."""
    return Sample(at, Counts(found=stored + queued, stored=stored, queued=queued), hosts or {})


def test_every_end_counts_as_through_and_every_place_as_left() -> None:
    """Nothing of the ledger is left out, relinks included."""
    counts = Counts(
        found=99, queued=1, delayed=2, leased=4, relinks=8, stored=16, failed=32, skipped=64, quarantined=128
    )
    assert remaining(counts) == 15
    assert ended(counts) == 240


def test_rate_is_what_ended_between_two_samples() -> None:
    """No time or work put back gives zero, never a negative or infinite rate."""
    assert rate(sample(10, stored=0, queued=50), sample(14, stored=20, queued=30)) == 5.0
    assert rate(sample(10, stored=5, queued=0), sample(10, stored=9, queued=0)) == 0.0
    assert rate(sample(10, stored=5, queued=0), sample(12, stored=1, queued=4)) == 0.0


def test_time_left_respects_the_fullest_hosts_politeness() -> None:
    """Sixty pages on one host at one second each take a minute, however fast the whole is; more grants share it."""
    hosts = {"a": Counts(found=60, queued=60), "b": Counts(found=60, queued=60)}
    now = Sample(0, Counts(found=120, queued=120), hosts)
    assert seconds_left(now, 1000.0, delay=1.0, host_concurrency=1) == 60.0
    assert seconds_left(now, 1000.0, delay=1.0, host_concurrency=2) == 30.0
    assert seconds_left(now, 1.0, delay=1.0, host_concurrency=1) == 120.0


def test_time_left_is_unknown_rather_than_invented() -> None:
    """Work without a rate or a delay has no time left to tell; no work has none at all."""
    busy = sample(0, stored=0, queued=5)
    assert seconds_left(busy, 0.0, delay=0.0, host_concurrency=1) is None
    assert seconds_left(sample(0, stored=5, queued=0), 0.0, delay=1.0, host_concurrency=1) == 0.0


def test_what_sleeps_off_a_back_off_bounds_the_time_left() -> None:
    """Four URLs due in 60 to 300 seconds: at least 300 are left, whatever the rate; once due, nothing of it is told."""
    counts = Counts(found=9, stored=5, delayed=4)
    asleep = Sample(1000.0, counts, {"a": counts}, Waiting(4, 1060.0, 1300.0))
    for pages_per_second in (0.0, 50.0):
        pace = pace_of(asleep, pages_per_second, delay=0.05, host_concurrency=1)
        assert (pace.seconds_left, pace.waiting) == (300.0, Waiting(4, 1060.0, 1300.0))
    due = Sample(1400.0, counts, {"a": counts}, Waiting(4, 1060.0, 1300.0))
    late = pace_of(due, 0.0, delay=0.05, host_concurrency=1)
    assert (late.seconds_left, late.waiting) == (None, None)


def test_the_pace_follows_the_window() -> None:
    """A fast start is forgotten once it lies behind the window."""
    track = Track(delay=0.0, host_concurrency=1, window=10)
    track.add(sample(0, stored=0, queued=2000))
    assert track.add(sample(10, stored=1000, queued=1000)).pages_per_second == 100.0
    track.add(sample(20, stored=1010, queued=990))
    pace = track.add(sample(30, stored=1020, queued=980))
    assert pace.pages_per_second == 1.0
    assert pace.seconds_left == 980.0


def test_hosts_are_done_when_nothing_is_left_and_something_was_found() -> None:
    """A host known by name only is not done."""
    hosts = {"done": Counts(found=3, stored=3), "busy": Counts(found=3, stored=2, leased=1), "new": Counts()}
    assert hosts_done(hosts) == 1


def test_the_fullest_hosts_come_first() -> None:
    """Most left, then most found, then the name."""
    hosts = {
        "b": Counts(found=5, queued=2),
        "a": Counts(found=5, queued=2),
        "c": Counts(found=9, queued=9),
        "d": Counts(found=7, stored=7),
    }
    assert [name for name, _ in fullest_hosts(hosts, 3)] == ["c", "a", "b"]


def test_counters_add_up_field_by_field() -> None:
    """The sum of hosts closes when each of them does."""
    total = add_up([Counts(found=3, stored=2, queued=1, cut=4), Counts(found=2, failed=2)])
    assert total == Counts(found=5, stored=2, queued=1, failed=2, cut=4)
    assert total.difference == 0
